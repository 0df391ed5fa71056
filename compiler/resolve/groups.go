package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// nesting holds the members of a group while groups are bound.
type nesting struct {
	group   *policy.Group
	inner   []inner
	members []policy.Membership // Group is not set
	users   []*policy.User
	seen    *nesting // the group for which it was visited last
}

type inner struct {
	*nesting
	pos policy.Pos
}

func (b *policyBinder) bindGroups() {
	b.groups = map[string]*policy.Group{}
	nest := map[*policy.Group]*nesting{}
	for i := range b.declared.Groups {
		d := &b.declared.Groups[i]
		g := &policy.Group{ID: d.ID.Name, Title: d.Title, Pos: d.ID.Pos, Members: d.Members,
			Entries: b.entries(d.Entries, "", d.ID.Name), Home: b.home(d.Home)}
		b.bindToHome(g.Home, g.Entries, true)
		b.kind(g, d)
		b.groups[g.ID] = g
		b.policy.Groups = append(b.policy.Groups, g)
		nest[g] = &nesting{group: g}
	}
	if b.byHome {
		b.homeless()
	}
	for i := range b.declared.Groups {
		b.members(&b.declared.Groups[i], nest)
	}
	slices.SortFunc(b.policy.Groups, func(x, y *policy.Group) int { return strings.Compare(x.ID, y.ID) })
	for i, g := range b.policy.Groups {
		g.Index = i
	}
	if b.groupCycles(nest) {
		return
	}
	for _, g := range b.policy.Groups {
		b.join(nest[g])
	}
	for _, u := range b.policy.Users {
		slices.SortFunc(u.Memberships, func(x, y policy.Membership) int {
			if x.Group != y.Group {
				return x.Group.Index - y.Group.Index
			}
			return comparePos(x.Pos, y.Pos)
		})
		u.Memberships = slices.CompactFunc(u.Memberships, func(x, y policy.Membership) bool {
			return x.Group == y.Group
		})
	}
}

func (b *policyBinder) members(d *policy.DeclaredGroup, nest map[*policy.Group]*nesting) {
	n := nest[b.groups[d.ID.Name]]
	if n.group.Kind != nil && n.group.Kind.AllAtHome {
		b.atHome(n)
		return
	}
	for _, m := range d.Members {
		if name, ok := strings.CutPrefix(m.Name, "group:"); ok {
			if g := b.groups[name]; g != nil {
				n.inner = append(n.inner, inner{nest[g], m.Pos})
			} else {
				b.unknown("group", policy.Ref{Name: name, Pos: m.Pos}, sortedKeys(b.groups))
			}
			continue
		}
		u := b.find(m.Name)
		if u == nil {
			f := b.unknown("user", m, b.userIDs())
			f.Group = d.ID.Name
			if b.groups[m.Name] != nil {
				f.Help, f.Right = "it is a group: write group:"+m.Name, ""
			}
			continue
		}
		n.users = append(n.users, u)
		n.members = append(n.members, policy.Membership{Pos: m.Pos})
	}
}

// groupCycles reports groups that are members of themselves, once for each cycle.
func (b *policyBinder) groupCycles(nest map[*policy.Group]*nesting) bool {
	const open, done = 1, 2
	state := map[*nesting]int{}
	var path []inner
	cycles := 0
	var visit func(n *nesting)
	visit = func(n *nesting) {
		state[n] = open
		for _, in := range n.inner {
			path = append(path, in)
			switch state[in.nesting] {
			case open:
				if cycles++; cycles <= 20 {
					b.reportCycle(path)
				}
			case 0:
				visit(in.nesting)
			}
			path = path[:len(path)-1]
		}
		state[n] = done
	}
	for _, g := range b.policy.Groups {
		if state[nest[g]] == 0 {
			visit(nest[g])
		}
	}
	return cycles > 0
}

// reportCycle reports the last step of a path of memberships that ends where it passed before.
func (b *policyBinder) reportCycle(path []inner) {
	last := path[len(path)-1]
	start := 0
	for i, in := range path[:len(path)-1] {
		if in.nesting == last.nesting {
			start = i + 1
		}
	}
	names := []string{last.group.ID}
	for _, in := range path[start:] {
		names = append(names, in.group.ID)
	}
	d := diag.Stopf("group-cycle", last.pos, "group %q is a member of itself: %s", last.group.ID,
		strings.Join(names, " > ")).
		WithHelp("remove one of these memberships")
	d.Group = last.group.ID
	for _, in := range path[start : len(path)-1] {
		d = d.WithRelated(in.pos, "group %q is a member here", in.group.ID)
	}
	b.fail(d)
}

// join makes everybody in a group, directly or through inner groups, its member.
func (b *policyBinder) join(n *nesting) {
	in := map[*policy.User]bool{}
	var visit func(x *nesting)
	visit = func(x *nesting) {
		if x.seen == n {
			return
		}
		x.seen = n
		if x != n {
			x.group.Outer = append(x.group.Outer, n.group)
		}
		for i, u := range x.users {
			u.Memberships = append(u.Memberships, policy.Membership{Group: n.group, Pos: x.members[i].Pos})
			if !in[u] {
				in[u] = true
				n.group.Users = append(n.group.Users, u)
			}
		}
		for _, y := range x.inner {
			visit(y.nesting)
		}
	}
	visit(n)
	slices.SortFunc(n.group.Users, func(x, y *policy.User) int { return strings.Compare(x.ID, y.ID) })
}
