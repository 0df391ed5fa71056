package diff

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// handovers are the things of the head that have another id or name in the system than in the base. Whatever is held
// through them is held somewhere else from then on, although no row says so.
type handovers struct {
	groups      map[*policy.Group]bool
	scopes      map[*policy.Scope]bool
	roles       map[*policy.Role]bool
	permissions map[*policy.Permission]bool
}

func (m *handovers) any() bool {
	return len(m.groups)+len(m.scopes)+len(m.roles)+len(m.permissions) > 0
}

// handovers finds the things that have another id or name in the system, of those whose files count.
func (p *Policies) handovers(counts func(policy.Pos) bool) (m handovers) {
	m = handovers{map[*policy.Group]bool{}, map[*policy.Scope]bool{}, map[*policy.Role]bool{},
		map[*policy.Permission]bool{}}
	for _, h := range p.head.Groups {
		if b := groupOf(p.base, h.ID); b != nil && counts(h.Pos) && (groupName(b) != groupName(h) ||
			addsID(b.IDs, h.IDs)) {
			m.groups[h] = true
		}
	}
	for _, h := range p.head.Scopes {
		if b := p.base.ScopeByPath[h.Path]; b != nil && counts(h.Pos) && (systemPath(b) != systemPath(h) ||
			addsID(b.IDs, h.IDs)) {
			m.scopes[h] = true
		}
	}
	for _, h := range p.head.Catalog.Roles {
		if b := p.base.Catalog.RoleByID[h.ID]; b != nil && counts(h.Pos) && (roleName(b) != roleName(h) ||
			addsID(b.IDs, h.IDs)) {
			m.roles[h] = true
		}
	}
	for _, h := range p.head.Catalog.Permissions {
		if b := p.base.Catalog.PermissionByID[h.ID]; b != nil && counts(h.Pos) && len(nameFacts(b, h)) > 0 {
			m.permissions[h] = true
		}
	}
	return m
}

// The names that something has in the system.
func groupName(g *policy.Group) string           { return cmp.Or(g.External, g.ID) }
func systemPath(s *policy.Scope) string          { return cmp.Or(s.SystemPath, s.Path) }
func roleName(r *policy.Role) string             { return cmp.Or(r.External, r.ID) }
func permissionName(p *policy.Permission) string { return cmp.Or(p.External, p.ID) }

// actionNamesOf returns the names in the system of those actions that have others than their ids.
func actionNamesOf(p *policy.Permission) map[string]string {
	names := map[string]string{}
	for i, name := range p.ActionExternal {
		if name != "" {
			names[p.Actions[i]] = name
		}
	}
	return names
}

// addsID reports whether something has an id in another system that it did not have before.
func addsID(before, after policy.Identities) bool {
	for system, ids := range after {
		for _, id := range ids {
			if !hasID(before[system], id) {
				return true
			}
		}
	}
	return false
}

func hasID(list []string, id string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return policy.IdentityKey(x) == policy.IdentityKey(id) })
}

// row reports whether a row is held through something that is another one in the system.
func (m *handovers) row(r *policy.Row, through map[*policy.Group]bool) bool {
	return m.permissions[r.Permission] || m.scopes[r.Scope] || slices.ContainsFunc(r.Via, func(v policy.Via) bool {
		return through[v.Group] || m.scopes[v.Scope] || m.roles[v.Role] || m.roles[v.From] ||
			m.permissions[v.Implier]
	})
}

func (m *handovers) role(c *RoleChange, through map[*policy.Group]bool) bool {
	return through[c.Group] || m.scopes[c.Scope] || m.roles[c.Role]
}

// through returns the groups of a user that are others in the system, and those around them: whoever is in the other
// inner group is in these as well.
func (m *handovers) through(u *policy.User) map[*policy.Group]bool {
	list := map[*policy.Group]bool{}
	for i := range u.Memberships {
		g := u.Memberships[i].Group
		if !m.groups[g] {
			continue
		}
		list[g] = true
		for _, o := range g.Outer() {
			list[o.Group] = true
		}
	}
	return list
}

// judgeHandovers notes which gates are hit by what goes to another id or name in the system: whoever has that now holds
// it. People for whom nothing else changes are kept apart.
func (c *Comparison) judgeHandovers(ctx context.Context, g *Gates, counts func(policy.Pos) bool) error {
	if c.base == nil || !g.FailOnGain && len(g.Forbid) == 0 && g.Owners == nil {
		return nil
	}
	alone := *c.policies
	alone.tally = nil
	things := alone.handovers(counts)
	known := map[*policy.User]*Person{}
	for i := range c.People {
		known[c.People[i].Head] = &c.People[i]
	}
	for _, pair := range pairUsers(c.base.Policy.Users, c.head.Policy.Users, userKey(c.base, c.head)) {
		b, h := pair[0], pair[1]
		if b == nil || h == nil {
			continue
		}
		user := counts(h.Pos) && addsID(b.IDs, h.IDs)
		if !user && !things.any() {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		x := known[h]
		if x == nil {
			x = &Person{Base: b, Head: h}
		}
		alone.judgeHandover(g, c.worker, x, user, &things)
		if known[h] == nil && (len(x.hits) > 0 || len(x.owned) > 0) {
			c.handed = append(c.handed, *x)
		}
	}
	return nil
}

// everybody returns the people of the comparison, with those who only hold something under another id or name.
func (c *Comparison) everybody() []Person {
	return append(c.People[:len(c.People):len(c.People)], c.handed...)
}

// judgeHandover adds what a person holds under another id or name to the gates that it hits, as if it were gained.
func (p *Policies) judgeHandover(g *Gates, w *pairWorker, x *Person, user bool, things *handovers) {
	gains := p.gains(w, x)
	all := p.User(w.start([2]*policy.User{nil, x.Head}))
	through := things.through(x.Head)
	y := Person{Base: x.Base, Head: x.Head}
	for _, c := range all.Changes {
		if !gains[rowKey{c.After.Scope.Path, c.After.Permission.ID}] && (user || things.row(c.After, through)) {
			y.Changes = append(y.Changes, c)
			y.Counts[c.Kind]++
		}
	}
	for _, c := range all.Roles {
		gained := slices.ContainsFunc(x.Roles, func(r RoleChange) bool {
			return r.Kind.More() && r.Role == c.Role && r.Scope == c.Scope
		})
		if !gained && (user || things.role(&c, through)) {
			y.Roles = append(y.Roles, c)
		}
	}
	p.Judge(g, &y)
	x.joinHits(&y)
	x.owned = joinOwned(x.owned, y.owned)
}

// gains returns the rows that somebody gains or has more of, which count anyway.
func (p *Policies) gains(w *pairWorker, x *Person) map[rowKey]bool {
	if !x.More() {
		return nil
	}
	keys := map[rowKey]bool{}
	for _, c := range p.Changes(w.start([2]*policy.User{x.Base, x.Head})) {
		if c.Kind.More() {
			keys[rowKey{c.After.Scope.Path, c.After.Permission.ID}] = true
		}
	}
	return keys
}

// joinHits adds what a person holds under another id or name to the gates that the person hits.
func (x *Person) joinHits(handed *Person) {
	for gate, h := range handed.hits {
		x.hitOf(gate).handOver(h)
	}
}

func joinOwned(list, handed []owned) []owned {
	if len(handed) > 0 && len(list) == 0 {
		list = make([]owned, len(handed))
	}
	for i := range handed {
		list[i].gains.handOver(&handed[i].gains)
	}
	return list
}

// handOver lets a gate also count what another id or name took over.
func (h *gateHit) handOver(other *gateHit) {
	if !other.any() {
		return
	}
	other.handed = other.rows + other.roles
	h.join(other)
}

// join adds up two hits of a gate.
func (h *gateHit) join(other *gateHit) {
	h.add(other.from, other.gravity, func() string { return other.first })
	h.rows += other.rows
	h.roles += other.roles
	h.handed += other.handed
}

// identityFacts lists what differs between the ids that something has in other systems.
func identityFacts(before, after policy.Identities, add func(what, before, after string)) {
	if len(before)+len(after) == 0 {
		return
	}
	for _, system := range attributeNames(before, after) {
		b, h := before[system], after[system]
		if addsID(policy.Identities{system: b}, policy.Identities{system: h}) ||
			addsID(policy.Identities{system: h}, policy.Identities{system: b}) {
			add("id in "+system, strings.Join(b, ", "), strings.Join(h, ", "))
		}
	}
}

// identity locates the first id of a user in another system.
func (w *written) identity(u *policy.User, system string) policy.Pos {
	if d := w.user(u); d != nil {
		for _, a := range d.IDs {
			if a.Name.Name == system && len(a.Values) > 0 {
				return a.Values[0].Pos
			}
		}
	}
	return policy.Pos{}
}
