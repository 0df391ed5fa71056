package expect

import (
	"maps"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Coverage counts the roles, permissions and deny rules that expectations touch. Other rules do not change the table,
// so no expectation can show whether they work.
type Coverage struct{ Roles, Permissions, Rules Part }

// Part is the coverage of one kind: roles, permissions or rules.
type Part struct {
	All       int
	Untouched []string // ids, sorted
}

// Touched returns the number touched.
func (p Part) Touched() int { return p.All - len(p.Untouched) }

// Percent returns the share touched, rounded down.
func (p Part) Percent() int {
	if p.All == 0 {
		return 100
	}
	return 100 * p.Touched() / p.All
}

// Percent returns the share of roles, permissions and rules together that is touched, rounded down.
func (c Coverage) Percent() int {
	all := Part{All: c.Roles.All + c.Permissions.All + c.Rules.All}
	all.Untouched = slices.Concat(c.Roles.Untouched, c.Permissions.Untouched, c.Rules.Untouched)
	return all.Percent()
}

// touchedParts are the roles, permissions and rules that expectations touch.
type touchedParts struct {
	roles       map[*policy.Role]bool
	permissions map[*policy.Permission]bool
	rules       map[*policy.Rule]bool
	seen        map[source]bool
}

// source is a way through an included role; each is followed once.
type source struct {
	at         policy.RoleOn // of the entry
	role       *policy.Role  // that has the permission
	permission *policy.Permission
	on         *policy.Scope
	implied    bool
}

func newTouched() touchedParts {
	return touchedParts{map[*policy.Role]bool{}, map[*policy.Permission]bool{}, map[*policy.Rule]bool{},
		map[source]bool{}}
}

// names adds everything that an expectation names.
func (t *touchedParts) names(e *Expectation) {
	for _, p := range e.permissions {
		t.permissions[p] = true
	}
	if e.role != nil {
		t.roles[e.role] = true
	}
}

// add adds the roles that give the rows an expectation looks at, and the rules that withhold an action it asks about.
func (t *touchedParts) add(e *Expectation, h *held) {
	var about *policy.Permission
	if !e.Entry.IsOnly {
		about = e.permissions[0]
	}
	for r := range h.rows(e, about) {
		if !e.Entry.IsOnly && r.Permission != e.permissions[0] || !e.covers(r.Scope) {
			continue
		}
		for j := range r.Via {
			t.via(r, &r.Via[j])
		}
		if len(r.Withheld) == 0 {
			continue
		}
		asked := r.Permission.Names(e.asked(r.Permission))
		for _, w := range r.Withheld {
			if slices.Contains(asked, w.Action) {
				t.rules[w.Rule] = true
			}
		}
	}
}

// via adds the roles of a source, and the included ones between them.
func (t *touchedParts) via(r *policy.Row, v *policy.Via) {
	if v.Role != nil {
		t.roles[v.Role] = true
	}
	if v.From == nil {
		return
	}
	key := source{policy.RoleOn{Role: v.From, Scope: v.Scope}, v.Role, r.Permission, r.Scope, v.Implier != nil}
	if t.seen[key] {
		return
	}
	t.seen[key] = true
	for _, x := range key.at.Closure() {
		if !t.roles[x.Role] && v.Through(r, x.Role) {
			t.roles[x.Role] = true
		}
	}
}

func (t *touchedParts) merge(o *touchedParts) {
	maps.Copy(t.roles, o.roles)
	maps.Copy(t.permissions, o.permissions)
	maps.Copy(t.rules, o.rules)
}

// coverage compares with everything in the policy. Nobody can hold a deprecated permission, so those do not count.
func (t *touchedParts) coverage(p *policy.Policy) (c Coverage) {
	for _, r := range p.Catalog.Roles {
		c.Roles.count(r.ID, t.roles[r])
	}
	for _, x := range p.Catalog.Permissions {
		if x.Deprecated == "" {
			c.Permissions.count(x.ID, t.permissions[x])
		}
	}
	for _, r := range p.Denies {
		c.Rules.count(r.ID, t.rules[r])
	}
	return c
}

func (p *Part) count(id string, touched bool) {
	if p.All++; !touched {
		p.Untouched = append(p.Untouched, id)
	}
}
