package expect

import (
	"maps"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Coverage is how much of a policy its expectations touch: of the roles and
// permissions of the catalog, and of the rules that deny. Other rules change
// nothing in the table, so that no expectation can tell whether they work.
type Coverage struct{ Roles, Permissions, Rules Part }

// Part is how much of one kind of thing is touched.
type Part struct {
	All       int
	Untouched []string // ids, sorted
}

// Touched is how many are touched.
func (p Part) Touched() int { return p.All - len(p.Untouched) }

// Percent is the share that is touched, rounded down.
func (p Part) Percent() int {
	if p.All == 0 {
		return 100
	}
	return 100 * p.Touched() / p.All
}

// Percent is the share of roles, permissions and rules together that is
// touched, rounded down.
func (c Coverage) Percent() int {
	all := Part{All: c.Roles.All + c.Permissions.All + c.Rules.All}
	all.Untouched = slices.Concat(c.Roles.Untouched, c.Permissions.Untouched, c.Rules.Untouched)
	return all.Percent()
}

// touched is what expectations have named or looked at.
type touched struct {
	roles       map[*policy.Role]bool
	permissions map[*policy.Permission]bool
	rules       map[*policy.Rule]bool
	seen        map[source]bool
}

// source is a way through an included role, looked at once.
type source struct {
	at         policy.RoleOn // of the entry
	role       *policy.Role  // that has the permission
	permission *policy.Permission
	on         *policy.Scope
	implied    bool
}

func newTouched() touched {
	return touched{map[*policy.Role]bool{}, map[*policy.Permission]bool{}, map[*policy.Rule]bool{}, map[source]bool{}}
}

// names adds what an expectation names.
func (t *touched) names(e *Expectation) {
	for _, p := range e.permissions {
		t.permissions[p] = true
	}
	if e.role != nil {
		t.roles[e.role] = true
	}
}

// add adds the roles that the rows come through that an expectation looks at,
// and the rules that withhold there what it asks about.
func (t *touched) add(e *Expectation, a *policy.Access) {
	for i := range a.Rows {
		r := &a.Rows[i]
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

// via adds the roles that a source comes through, those between included.
func (t *touched) via(r *policy.Row, v *policy.Via) {
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

func (t *touched) merge(o *touched) {
	maps.Copy(t.roles, o.roles)
	maps.Copy(t.permissions, o.permissions)
	maps.Copy(t.rules, o.rules)
}

// coverage compares with what there is. What is deprecated nobody can hold.
func (t *touched) coverage(p *policy.Policy) (c Coverage) {
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
