package roles

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// atom is the least that a role can give: an action of a permission on some records, on the scopes of a level that are
// reached from an assignment on a level. A role that something asks for by name is one, too.
type atom struct {
	from, at   int
	permission int // -1: the role
	action     int // or the number of the role
	records    policy.Records
	when       int    // the number of the condition: who has it without one, has it under each condition, too
	where      string // how the scopes are reached
}

// The ways in which scopes are reached. Others name labels, or several steps.
const (
	onScope = "."  // the scope of the assignment
	under   = "./" // those below it
	inTree  = "/"
)

// atoms numbers atoms and makes sets of them.
type atoms struct {
	*study
	numbers map[atom]int
	list    []atom
	labels  [][]string            // that roles reach scopes by
	when    []*policy.Requirement // conditions of cells; 0: none
	under   [][]int               // by permission: the conditions of cells that give it, as numbers
	below   []policy.LevelSet
	root    policy.LevelSet // levels of scopes that are always the root of their tree
}

func newAtoms(s *study) *atoms {
	x := &atoms{study: s, numbers: map[atom]int{}, when: []*policy.Requirement{nil}}
	c := s.policy.Catalog
	inner := policy.LevelSet(0)
	for l := range c.Levels {
		x.below = append(x.below, c.BelowAny(c.Inside[l]))
		inner |= c.Inside[l]
	}
	x.root = ^inner
	note := func(r policy.Reach) {
		known := func(l []string) bool { return slices.Equal(l, r.Labels) }
		if r.Kind == policy.Labelled && !slices.ContainsFunc(x.labels, known) {
			x.labels = append(x.labels, r.Labels)
		}
	}
	x.under = make([][]int, len(c.Permissions))
	for _, r := range c.Roles {
		for i := range r.Cells {
			note(r.Cells[i].Reach)
			x.noteCondition(&r.Cells[i])
		}
		for i := range r.Includes {
			note(r.Includes[i].Reach)
		}
	}
	return x
}

// part is a role that comes with another one, on the scopes that a way leads to.
type part struct {
	role  *policy.Role
	level int    // of the scope, if the way is onScope
	way   string // from the assignment
}

// of returns all that a role gives.
func (x *atoms) of(r *policy.Role) (set []int) {
	for l := range x.policy.Catalog.Levels {
		if r.Levels.Has(l) {
			x.from(r, l, func(a atom) { set = append(set, x.number(a)) })
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

func (x *atoms) number(a atom) int {
	n, ok := x.numbers[a]
	if !ok {
		n = len(x.list)
		x.numbers[a], x.list = n, append(x.list, a)
	}
	return n
}

// from calls f with what a role gives that is assigned on a level, and with all that is part of that.
func (x *atoms) from(r *policy.Role, level int, f func(atom)) {
	parts := []part{{role: r, level: level, way: onScope}}
	seen := map[part]bool{}
	for i := 0; i < len(parts); i++ {
		p := parts[i]
		if seen[p] {
			continue
		}
		seen[p] = true
		if len(x.named[p.role]) > 0 {
			x.eachPlace(level, p, policy.Reach{}, p.role.Levels, func(at int, where string) {
				f(atom{from: level, at: at, permission: -1, action: p.role.Index, where: where})
			})
		}
		for j := range p.role.Cells {
			x.cell(level, p, &p.role.Cells[j], f)
		}
		for j := range p.role.Includes {
			inc := &p.role.Includes[j]
			for _, next := range x.next(p, inc) {
				if len(parts) < mostParts {
					parts = append(parts, next)
				}
			}
		}
	}
}

// mostParts bounds the ways in which roles come with others.
const mostParts = 1000

// next returns the roles that an include leads to.
func (x *atoms) next(p part, inc *policy.Include) []part {
	switch {
	case inc.Reach.Kind == policy.Self && p.way == onScope:
		if !inc.Role.Levels.Has(p.level) {
			return nil
		}
		return []part{{inc.Role, p.level, onScope}}
	case inc.Reach.Kind == policy.Self:
		return []part{{inc.Role, 0, fmt.Sprintf("%s %x.", p.way, inc.Role.Levels)}}
	}
	return []part{{inc.Role, 0, fmt.Sprintf("%s %d%q%x", p.way, inc.Reach.Kind, inc.Reach.Labels, inc.Role.Levels)}}
}

// cell calls f with what a cell gives by itself and by the permissions that it implies.
func (x *atoms) cell(level int, p part, c *policy.Cell, f func(atom)) {
	give := func(q *policy.Permission, actions policy.Actions) {
		conditions := x.conditionsOf(c, q)
		x.eachPlace(level, p, c.Reach, c.Permission.Levels, func(at int, where string) {
			for action := range q.Actions {
				if actions>>action&1 == 0 {
					continue
				}
				for _, records := range recordsOf(c, p.role) {
					for _, when := range conditions {
						f(atom{level, at, q.Index, action, records, when, where})
					}
				}
			}
		})
	}
	give(c.Permission, c.Actions)
	for _, q := range withImplied(c.Permission)[1:] {
		give(q, q.All())
	}
}

// recordsOf returns the kinds of records that a cell reaches, whichever way its role is held.
func recordsOf(c *policy.Cell, r *policy.Role) []policy.Records {
	all := []policy.Records{policy.AllRecords, policy.OwnRecords, policy.GroupRecords}
	switch {
	case !c.Own:
		return all
	case !r.GroupRecords:
		return all[1:]
	}
	return all[2:]
}

// eachPlace calls f with the levels on which something counts, and the ways there: also with those ways that are part
// of one.
func (x *atoms) eachPlace(from int, p part, r policy.Reach, levels policy.LevelSet, f func(at int, where string)) {
	if p.way != onScope {
		way := fmt.Sprintf("%s %d%q", p.way, r.Kind, r.Labels)
		for at := range x.policy.Catalog.Levels {
			if levels.Has(at) {
				f(at, way)
			}
		}
		return
	}
	on := p.level
	switch r.Kind {
	case policy.Self:
		if levels.Has(on) {
			x.place(on, nil, true, f)
		}
	case policy.Labelled:
		for at := range x.policy.Catalog.Levels {
			if levels.Has(at) && (at == on || x.below[on].Has(at)) {
				x.labelled(at, r.Labels, at == on, x.below[on].Has(at), f)
			}
		}
	case policy.Subtree:
		x.subtree(on, levels, f)
	case policy.Tree:
		x.subtree(on, levels, f)
		if !x.root.Has(on) {
			for at := range x.policy.Catalog.Levels {
				if levels.Has(at) {
					f(at, inTree)
				}
			}
		}
	}
}

// subtree calls f with the scope itself and those below.
func (x *atoms) subtree(on int, levels policy.LevelSet, f func(at int, where string)) {
	for at := range x.policy.Catalog.Levels {
		if !levels.Has(at) {
			continue
		}
		if at == on {
			x.place(at, nil, true, f)
		}
		if x.below[on].Has(at) {
			x.place(at, nil, false, f)
		}
	}
}

// place calls f with scopes that have all of some labels, or of more.
func (x *atoms) place(at int, labels []string, itself bool, f func(at int, where string)) {
	way := under
	if itself {
		way = onScope
	}
	if len(labels) == 0 {
		f(at, way)
	}
	for _, more := range x.labels {
		if contains(more, labels) {
			f(at, way+" "+strings.Join(more, " "))
		}
	}
}

func (x *atoms) labelled(at int, labels []string, itself, below bool, f func(at int, where string)) {
	if itself {
		x.place(at, labels, true, f)
	}
	if below {
		x.place(at, labels, false, f)
	}
}

func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// permissionsOf returns the permissions of some atoms.
func (x *atoms) permissionsOf(set []int) (list []*policy.Permission) {
	for _, n := range set {
		if x.list[n].permission >= 0 {
			list = append(list, x.policy.Catalog.Permissions[x.list[n].permission])
		}
	}
	slices.SortFunc(list, func(a, b *policy.Permission) int { return cmp.Compare(a.Index, b.Index) })
	return slices.Compact(list)
}
