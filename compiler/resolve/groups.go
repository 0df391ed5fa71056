package resolve

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// nesting holds the members of a group while groups are bound.
type nesting struct {
	group   *policy.Group
	inner   []inner
	members []member
	termed  bool // some membership of its own says more than a name
	dated   bool // some membership in it, however deep, has a first or last day
	twice   map[policy.Pos]policy.Pos
	seen    *nesting // the group for which it was visited last

	outer      []*nesting          // the groups that name it, but for those with dated memberships
	outerDated []policy.Membership // in these, direct or nested
}

type inner struct {
	*nesting
	pos   policy.Pos
	terms *policy.Terms
}

type member struct {
	user  *policy.User
	pos   policy.Pos
	terms *policy.Terms
}

// join is a membership that a user declares.
type join struct {
	group *policy.Group
	policy.Join
}

// declareGroups makes the groups, so that users can name them.
func (b *policyBinder) declareGroups() {
	b.groups, b.builtIn = map[string]*policy.Group{}, b.catalog.EveryoneIDs()
	for i := range b.declared.Groups {
		d := &b.declared.Groups[i]
		g := &policy.Group{ID: d.ID.Name, Title: d.Title, External: d.External.Name, Pos: d.ID.Pos, Members: d.Members}
		b.groups[g.ID] = g
		b.policy.Groups = append(b.policy.Groups, g)
		b.checkEveryone(d)
	}
	b.declareEveryone()
	b.externalGroups()
}

// joinsGroup notes that a user names a group.
func (b *policyBinder) joinsGroup(u *policy.User, m policy.DeclaredMember) {
	if slices.Contains(b.builtIn, m.Name) {
		f := isBuiltIn(m.Name, m.Pos).WithHelp("remove the group here").
			WithEdit(diag.DropItem, "removed "+diag.Quote(m.Name)+" from the user's groups")
		f.User = u.ID
		b.fail(f)
		return
	}
	if g := b.groups[m.Name]; g != nil {
		b.joins = append(b.joins, join{g, policy.Join{User: u, Pos: m.Pos, Terms: m.Terms}})
		return
	}
	name, ok := strings.CutPrefix(m.Name, "group:")
	misplaced := ok && b.groups[name] != nil
	if b.catalog.Dangling && !misplaced {
		b.dangling = append(b.dangling, policy.Dangling{Ref: m.Ref, User: u.ID})
		return
	}
	b.broken[u.ID] = true
	d := b.unknownGroup(m.Ref)
	d.User = u.ID
	if misplaced {
		d.Help, d.Right = "leave out group: here, since users are in nothing but groups", name
	}
}

func (b *policyBinder) bindGroups() {
	nest := map[*policy.Group]*nesting{}
	for _, g := range b.policy.Groups {
		nest[g] = &nesting{group: g}
	}
	for i := range b.declared.Groups {
		b.bindGroup(&b.declared.Groups[i])
	}
	if b.byHome {
		b.homeless()
	}
	for i := range b.declared.Groups {
		b.members(&b.declared.Groups[i], nest)
	}
	for _, g := range b.policy.Groups {
		if g.IsBuiltIn() {
			b.takeIn(nest[g])
		}
	}
	b.joined(nest)
	slices.SortFunc(b.policy.Groups, func(x, y *policy.Group) int { return strings.Compare(x.ID, y.ID) })
	for i, g := range b.policy.Groups {
		g.Index, g.AsOf = i, b.opts.AsOf
	}
	if b.groupCycles(nest) {
		return
	}
	if policy.AnyAsksWhere(b.catalog.Rules) || policy.AnyAsksWhere(b.declared.Rules) {
		b.policy.Ways = b.ways(nest)
	}
	b.join(nest)
	b.sortMemberships()
}

// bindGroup binds what a group has, but not who is in it.
func (b *policyBinder) bindGroup(d *policy.DeclaredGroup) {
	g := b.groups[d.ID.Name]
	g.Entries = b.entries(d.Entries, "", g.ID)
	g.Home = b.home(d.Home)
	b.bindToHome(g.Home, g.Entries, true)
	b.kind(g, d)
	b.describe(g, d)
}

func (b *policyBinder) sortMemberships() {
	for _, u := range b.policy.Users {
		slices.SortFunc(u.Memberships, func(x, y policy.Membership) int {
			if x.Group != y.Group {
				return x.Group.Index - y.Group.Index
			}
			return comparePos(x.Pos, y.Pos)
		})
		u.Memberships = mergeMemberships(u.Memberships)
	}
}

// mergeMemberships keeps the first of each group, which counts the direct ones of all.
func mergeMemberships(sorted []policy.Membership) (list []policy.Membership) {
	list = sorted[:0]
	for _, m := range sorted {
		if n := len(list); n > 0 && list[n-1].Group == m.Group {
			list[n-1].Direct += m.Direct
			continue
		}
		list = append(list, m)
	}
	return list
}

func (b *policyBinder) members(d *policy.DeclaredGroup, nest map[*policy.Group]*nesting) {
	n := nest[b.groups[d.ID.Name]]
	switch {
	case n.group.IsBuiltIn():
		return
	case !n.group.ListsMembers():
		b.atHome(n)
		return
	}
	for _, m := range d.Members {
		if name, ok := strings.CutPrefix(m.Name, "group:"); ok {
			if g := b.groups[name]; g != nil {
				n.group.Nests = true
				n.inner = append(n.inner, inner{nest[g], m.Pos, m.Terms})
				n.termed = n.termed || m.Terms != nil
				n.dated = n.dated || m.Terms.IsDated()
			} else {
				b.absentGroup(policy.Ref{Name: name, Pos: m.Pos}, d.ID.Name)
			}
			continue
		}
		u := b.find(m.Name)
		if u == nil {
			b.unknownUser(m.Ref, d.ID.Name)
			continue
		}
		n.add(member{u, m.Pos, m.Terms})
	}
}

// joined adds the members who name their groups themselves.
func (b *policyBinder) joined(nest map[*policy.Group]*nesting) {
	for i := range b.joins {
		j := &b.joins[i]
		if !j.group.ListsMembers() {
			f := noMembers(j.group, j.Pos).WithHelp("remove the group here, and say home: of the user")
			f.User = j.User.ID
			b.fail(f)
			continue
		}
		j.group.Joined = append(j.group.Joined, j.Join)
		nest[j.group].add(member{j.User, j.Pos, j.Terms})
	}
	b.joins = nil
	for _, g := range b.policy.Groups {
		slices.SortFunc(g.Joined, func(x, y policy.Join) int {
			return cmp.Or(strings.Compare(x.User.ID, y.User.ID), comparePos(x.Pos, y.Pos))
		})
	}
}

func (n *nesting) add(m member) {
	n.members = append(n.members, m)
	n.termed = n.termed || m.terms != nil
	n.dated = n.dated || m.terms.IsDated()
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
			n.dated = n.dated || in.dated
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

// joinPlain makes members of a group members of it and of the groups around it, but for groups with dated memberships.
// So it takes no time for groups in groups that nobody is in.
func (n *nesting) joinPlain() {
	if len(n.members) == 0 || n.dated {
		return
	}
	around := []*nesting{n}
	n.seen = n
	for i := 0; i < len(around); i++ {
		x := around[i]
		x.takeMembers(n)
		for _, y := range x.outer {
			if y.seen != n {
				y.seen = n
				around = append(around, y)
			}
		}
	}
}

// takeMembers makes the members of a group in it, or of the group itself, its members.
func (n *nesting) takeMembers(inner *nesting) {
	direct := int32(0)
	if n == inner {
		direct = 1
	}
	for i := range inner.members {
		m := &inner.members[i]
		m.user.Memberships = append(m.user.Memberships, policy.Membership{Group: n.group, Pos: m.pos, Direct: direct})
		n.group.Users = append(n.group.Users, m.user)
	}
}

// finishPlain sorts the members of a group without dated memberships, and notes those that are named twice.
func (n *nesting) finishPlain() {
	slices.SortFunc(n.group.Users, func(x, y *policy.User) int { return strings.Compare(x.ID, y.ID) })
	n.group.Users = slices.Clip(slices.Compact(n.group.Users))
	if n.namesTwice() {
		n.membersTwice()
	}
	n.innerTwice()
}

// namesTwice reports whether a user is named more than once.
func (n *nesting) namesTwice() bool {
	if len(n.members) < 2 {
		return false
	}
	named := map[*policy.User]bool{}
	for i := range n.members {
		named[n.members[i].user] = true
	}
	return len(named) < len(n.members)
}

// join makes everybody in a group, directly or through inner groups, its member.
func (b *policyBinder) join(nest map[*policy.Group]*nesting) {
	for _, g := range b.policy.Groups {
		n := nest[g]
		if g.Dated = n.dated; g.Dated {
			b.joinDated(n)
			continue
		}
		for _, in := range n.inner {
			if last := len(in.outer) - 1; last < 0 || in.outer[last] != n {
				in.outer = append(in.outer, n)
			}
		}
	}
	for _, g := range b.policy.Groups {
		nest[g].joinPlain()
	}
	for _, g := range b.policy.Groups {
		n := nest[g]
		if !n.dated {
			n.finishPlain()
		}
		n.special()
		var direct []*policy.Group
		for _, x := range n.outer {
			direct = append(direct, x.group)
		}
		if len(direct)+len(n.outerDated) > 0 {
			g.PutInto(direct, n.outerDated)
		}
	}
}
