package redundant

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// catalog knows which roles lead to which.
type catalog struct {
	includes [][]uint64 // by role: the roles that it includes, however deep
	gives    [][]uint64 // by role: the permissions that it or an included role gives
	guessed  []bool     // by role: it is not sure that all of them come with it
	deep     bool       // an included role is reached from beside, and not only from above
}

func newCatalog(c *policy.Catalog) *catalog {
	x := &catalog{includes: make([][]uint64, len(c.Roles)), gives: make([][]uint64, len(c.Roles)),
		guessed: make([]bool, len(c.Roles))}
	for _, r := range c.Roles {
		x.read(r, len(c.Roles), len(c.Permissions))
	}
	return x
}

// thing is a role, or else a permission, by index.
type thing struct {
	role  bool
	index int
}

// giversOf returns the roles that can give, on some scope, what an entry gives. They are listed when they are first
// asked for: of a long chain of roles, few are.
func (p *person) giversOf(e *policy.Entry) []int32 {
	var of thing
	sets := p.catalog.gives
	if e.Role != nil {
		of, sets = thing{true, e.Role.Index}, p.catalog.includes
	} else {
		of = thing{false, e.Permission.Index}
	}
	list, ok := p.givers[of]
	if !ok {
		for i, set := range sets {
			if has(set, of.index) {
				list = append(list, int32(i))
			}
		}
		p.givers[of] = list
	}
	return list
}

// read fills in what is known of a role, after those that it includes.
func (x *catalog) read(r *policy.Role, roles, permissions int) {
	if x.includes[r.Index] != nil {
		return
	}
	x.includes[r.Index], x.gives[r.Index] = make([]uint64, roles/64+1), make([]uint64, permissions/64+1)
	for i := range r.Cells {
		x.deep = x.deep || r.Cells[i].Reach.Kind == policy.Tree
		add(x.gives[r.Index], r.Cells[i].Permission.Index)
	}
	for i := range r.Includes {
		inc := &r.Includes[i]
		x.read(inc.Role, roles, permissions)
		add(x.includes[r.Index], inc.Role.Index)
		join(x.includes[r.Index], x.includes[inc.Role.Index])
		join(x.gives[r.Index], x.gives[inc.Role.Index])
		x.guessed[r.Index] = x.guessed[r.Index] || x.guessed[inc.Role.Index] || inc.Confidence() != policy.Stated
		x.deep = x.deep || inc.Reach.Kind == policy.Tree
	}
}

func add(set []uint64, i int)      { set[i/64] |= 1 << (i % 64) }
func has(set []uint64, i int) bool { return set[i/64]>>(i%64)&1 != 0 }

func join(set, more []uint64) {
	for i := range set {
		set[i] |= more[i]
	}
}

// leads reports whether a role on a scope surely includes another one on a scope, and all that comes with that.
func (p *person) leads(from, to policy.RoleOn) bool {
	if !has(p.catalog.includes[from.Role.Index], to.Role.Index) || p.catalog.guessed[to.Role.Index] {
		return false
	}
	if !p.catalog.deep && !to.Scope.Within(from.Scope) {
		return false
	}
	way := [2]policy.RoleOn{from, to}
	known, ok := p.ways[way]
	if !ok {
		known = slices.Contains(p.closure(from), to)
		p.ways[way] = known
	}
	return known
}

// closure returns the roles that surely come with one on a scope, or all that come with it.
func (p *person) closure(at policy.RoleOn) []policy.RoleOn {
	if p.loose || !p.catalog.guessed[at.Role.Index] {
		list, ok := p.closures[at]
		if !ok {
			list = at.Closure()
			p.closures[at] = list
		}
		return list
	}
	list, ok := p.sure[at]
	if !ok {
		list = sureClosure(at)
		p.sure[at] = list
	}
	return list
}

// sureClosure returns RoleOn.Closure without the roles that come with others only as far as the catalog can tell.
func sureClosure(at policy.RoleOn) []policy.RoleOn {
	list, seen := []policy.RoleOn{at}, map[policy.RoleOn]bool{at: true}
	for i := 0; i < len(list); i++ {
		for _, inc := range list[i].Role.Includes {
			if inc.Confidence() != policy.Stated {
				continue
			}
			inc.Reach.Each(list[i].Scope, inc.Role.Levels, func(s *policy.Scope) {
				if next := (policy.RoleOn{Role: inc.Role, Scope: s}); !seen[next] {
					seen[next] = true
					list = append(list, next)
				}
			})
		}
	}
	return list
}

// gives returns which of the actions of a grant a role gives on the grant's scope, as surely, and on
// all records.
func (p *person) gives(r policy.RoleOn, e *policy.Entry) (actions policy.Actions) {
	if !has(p.catalog.gives[r.Role.Index], e.Permission.Index) || !p.catalog.deep && !e.Scope.Within(r.Scope) {
		return 0
	}
	if len(r.Role.Includes) == 0 {
		return p.cellsGive(r, e)
	}
	for _, held := range p.closure(r) {
		actions |= p.cellsGive(held, e)
	}
	return actions
}

func (p *person) cellsGive(r policy.RoleOn, e *policy.Entry) (actions policy.Actions) {
	for i := range r.Role.Cells {
		c := &r.Role.Cells[i]
		if c.Permission == e.Permission && !c.Own && c.When == nil && (p.loose ||
			c.Confidence == e.Permission.Confidence()) &&
			c.Reaches(r.Scope, e.Scope) {
			actions |= c.Actions
		}
	}
	return actions & e.Actions
}
