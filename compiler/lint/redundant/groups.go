package redundant

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// wholeGroups finds the groups that nobody needs, and those of their assignments that nobody needs:
// first in groups with few members.
func (f *finder) wholeGroups(found *Found) {
	var list []*policy.Group
	for _, g := range f.policy.Groups {
		if len(f.spare(g)) > 0 && len(f.membersOf(g)) > 0 {
			list = append(list, g)
		}
	}
	slices.SortStableFunc(list, func(a, b *policy.Group) int {
		return cmp.Or(cmp.Compare(len(f.membersOf(a)), len(f.membersOf(b))), cmp.Compare(b.Index, a.Index))
	})
	p := newPerson(f)
	for _, g := range list {
		spare := f.spare(g)
		if len(spare) == f.written(g) && !f.named[g.ID] && !f.records && p.nobodyNeeds(g, spare) && p.bypassed(g) {
			f.groups[g] = true
			found.Groups = append(found.Groups, g)
			continue
		}
		f.remain(g, spare)
		for _, i := range slices.Backward(spare) {
			if e := &g.Entries[i]; e.Role != nil && p.nobodyNeeds(g, []int{i}) {
				found.Entries = append(found.Entries, Entry{Group: g, Index: i, By: p.by})
			}
		}
	}
}

// spare returns the entries of a group that no member needs as long as there are all others.
func (f *finder) spare(g *policy.Group) (list []int) {
	for i := range g.Entries {
		if n := int(f.first[g.Index]) + i; !f.gone[n] && !f.needed[n].Load() {
			list = append(list, i)
		}
	}
	return list
}

// written counts the entries of a group, but for those that repeat another.
func (f *finder) written(g *policy.Group) (n int) {
	for i := range g.Entries {
		if !f.gone[int(f.first[g.Index])+i] {
			n++
		}
	}
	return n
}

// remain puts entries back.
func (f *finder) remain(g *policy.Group, list []int) {
	for _, i := range list {
		f.gone[int(f.first[g.Index])+i] = false
	}
}

// nobodyNeeds removes entries of a group if its members have the same without them.
func (p *person) nobodyNeeds(g *policy.Group, list []int) bool {
	for _, i := range list {
		p.gone[int(p.first[g.Index])+i] = true
	}
	var rivals []groupEntry
	for _, m := range p.membersOf(g) {
		u := p.policy.Users[m.user]
		if !p.recall(u, true) {
			if rivals == nil {
				rivals = p.rivalsOf(g, list)
			}
			p.recallRivals(u, rivals)
		}
		for _, i := range list {
			x := source{entry: &g.Entries[i], group: g, periods: u.Memberships[m.at].Periods}
			if p.by = p.coveredBy(&x, -1); p.by == nil {
				p.remain(g, list)
				return false
			}
		}
	}
	return true
}

// bypassed reports whether the members of a group are in all groups around it by other ways, too. It looks at those
// that name the group alone: they lead to the others, but for ways through removed groups, which were bypassed
// themselves.
func (p *person) bypassed(g *policy.Group) bool {
	if !g.IsNested() {
		return true
	}
	p.around(g)
	if p.dated {
		if !p.bypassedDated(g) {
			return false
		}
		p.detoured = true
		return true
	}
	p.out.clear()
	p.out.enter(g, nil)
	for _, m := range p.membersOf(g) {
		u := p.policy.Users[m.user]
		for _, o := range p.edges[g.Index] {
			if at, ok := p.membershipIn(u, o); ok && !p.stays(u, &u.Memberships[at], edge{}) {
				return false
			}
		}
	}
	p.detoured = true
	return true
}

// bypassedDated asks bypassed where memberships have periods: the other ways must have none, and no group may lead
// through this one.
func (p *person) bypassedDated(g *policy.Group) bool {
	if len(p.inner[g.Index]) > 0 {
		return false
	}
	p.rest.lasting = true
	defer func() { p.rest.lasting = false }()
	for _, m := range p.membersOf(g) {
		p.rest.reach(p.policy.Users[m.user], g, edge{})
		if slices.ContainsFunc(p.edges[g.Index], func(o *policy.Group) bool { return !p.rest.has(o) && !p.groups[o] }) {
			return false
		}
	}
	return true
}

// around returns the groups that name a group as a member.
func (f *finder) around(g *policy.Group) []policy.Membership {
	if f.outer != nil {
		return f.outer[g.Index]
	}
	f.outer, f.edges = make([][]policy.Membership, len(f.policy.Groups)), make([][]*policy.Group, len(f.policy.Groups))
	f.inner, f.links = make([][]*policy.Group, len(f.policy.Groups)), map[edge]bool{}
	byID := map[string]*policy.Group{}
	for _, g := range f.policy.Groups {
		byID[g.ID] = g
	}
	for _, g := range f.policy.Groups {
		for i := range g.Members {
			name, ok := strings.CutPrefix(g.Members[i].Name, "group:")
			if inner := byID[name]; ok && inner != nil {
				f.outer[inner.Index] = append(f.outer[inner.Index], policy.Membership{Group: g, Pos: g.Members[i].Pos})
				f.edges[inner.Index] = append(f.edges[inner.Index], g)
				f.inner[g.Index] = append(f.inner[g.Index], inner)
				f.links[edge{inner, g}] = true
			}
		}
	}
	return f.outer[g.Index]
}

// outerOf returns the groups around a group that are not removed, and not reached through removed ones alone.
func (p *person) outerOf(g *policy.Group) []policy.Membership {
	if !p.detoured {
		return g.Outer()
	}
	list, ok := p.outers[g]
	if !ok {
		p.all.clear()
		p.all.visit(g, nil, edge{})
		list = slices.DeleteFunc(slices.Clone(g.Outer()), func(m policy.Membership) bool { return !p.all.has(m.Group) })
		p.outers[g] = list
	}
	return list
}

// innerGroups finds the memberships of groups that no user needs.
func (f *finder) innerGroups(found *Found) {
	if f.records || f.dated && f.staysDated(found.Memberships) {
		return
	}
	p, twice := newPerson(f), f.repeated()
	p.noteQuits()
	for _, g := range f.policy.Groups {
		for _, o := range f.around(g) {
			if len(f.membersOf(g)) == 0 || f.groups[g] || f.groups[o.Group] || twice[o.Pos] || !p.givesAny(o.Group) {
				continue
			}
			if p.canCut(edge{g, o.Group}) {
				f.cut(edge{g, o.Group})
				found.Memberships = append(found.Memberships,
					Membership{Inner: g, Group: o.Group, Pos: o.Pos, Through: p.between(g, o.Group)})
			}
		}
	}
}

// staysDated reports whether a membership with a period is left when some are removed.
func (f *finder) staysDated(removed []Membership) bool {
	gone := map[policy.Pos]bool{}
	for i := range removed {
		gone[removed[i].Pos] = true
	}
	return slices.ContainsFunc(f.policy.Groups, func(g *policy.Group) bool {
		return !f.groups[g] && slices.ContainsFunc(g.Special, func(m policy.Member) bool {
			return m.Terms.IsDated() && !gone[m.Pos]
		})
	})
}

// repeated returns the memberships of groups that are declared twice: they have a finding of their own.
func (f *finder) repeated() map[policy.Pos]bool {
	twice := map[policy.Pos]bool{}
	for _, g := range f.policy.Groups {
		for i := range g.Special {
			if m := &g.Special[i]; m.Inner != nil && m.First.IsValid() {
				twice[m.Pos], twice[m.First] = true, true
			}
		}
	}
	return twice
}

// cut takes away the membership of a group in another.
func (f *finder) cut(e edge) {
	f.edges[e.inner.Index] = slices.DeleteFunc(f.edges[e.inner.Index], func(g *policy.Group) bool { return g == e.outer })
	f.inner[e.outer.Index] = slices.DeleteFunc(f.inner[e.outer.Index], func(g *policy.Group) bool { return g == e.inner })
	delete(f.links, e)
}

// canCut reports whether everybody has the same if a group is not a member of another.
func (p *person) canCut(cut edge) bool {
	if p.rest.detours(cut) {
		return true // everybody is in the same groups
	}
	if p.dated {
		return p.canCutDated(cut)
	}
	var leaving []stay
	for _, m := range p.membersOf(cut.inner) {
		u := p.policy.Users[m.user]
		p.out.clear()
		p.outAt = p.outAt[:0]
		if p.isIn(u, cut.inner) {
			p.lose(u, cut.outer, cut)
		}
		if len(p.outAt) > 0 && !p.canLose(u, cut) {
			return false
		}
		for _, g := range p.out.list {
			leaving = append(leaving, stay{u, g})
		}
	}
	for _, s := range leaving {
		p.leftGroup(s)
	}
	return true
}

// lose notes that a user loses a group, unless the user stays there.
func (p *person) lose(u *policy.User, g *policy.Group, cut edge) {
	if p.out.has(g) {
		return
	}
	if at, ok := p.membershipIn(u, g); ok && !p.stays(u, &u.Memberships[at], cut) {
		p.out.enter(g, nil)
		p.outAt = append(p.outAt, at)
	}
}

// canLose reports whether a user has the same without the groups that are noted, and notes those that only they lead
// to.
func (p *person) canLose(u *policy.User, cut edge) bool {
	p.recall(u, false)
	for g := range p.leftBy[u] {
		if at, ok := u.FindMembership(g); ok {
			p.turn(at, true)
		}
	}
	defer func() {
		for _, at := range p.outAt {
			p.turn(at, false)
		}
	}()
	for i := 0; i < len(p.outAt); i++ {
		p.turn(p.outAt[i], true)
		if p.isSeen(p.out.list[i]) || !p.isCovered(p.outAt[i]) { // the more is lost, the less is covered
			return false
		}
		for _, o := range p.edges[p.out.list[i].Index] {
			p.lose(u, o, cut)
		}
	}
	for _, at := range p.outAt {
		if !p.isCovered(at) {
			return false
		}
	}
	return p.keepsRole(func(m *policy.Membership) bool { return !p.out.has(m.Group) && p.isIn(u, m.Group) })
}

// turn turns what a membership gives off, or on again.
func (p *person) turn(at int, off bool) {
	from, to := p.sourcesAt(at)
	for i := from; i < to; i++ {
		p.sources[i].off = off
	}
}

// isCovered reports whether the rest gives what a membership gives.
func (p *person) isCovered(at int) bool {
	from, to := p.sourcesAt(at)
	for i := from; i < to; i++ {
		if !p.gone[p.sources[i].number] && p.covered(i) == nil {
			return false
		}
	}
	return true
}

// canCutDated asks canCut where memberships have periods.
func (p *person) canCutDated(cut edge) bool {
	for _, m := range p.membersOf(cut.inner) {
		u := p.policy.Users[m.user]
		if p.allOf != u {
			p.all.reach(u, nil, edge{})
			p.allOf = u
		}
		p.rest.reach(u, nil, cut)
		if len(p.all.list) > len(p.rest.list) && !p.canLoseRest(u) {
			return false
		}
	}
	p.allOf = nil
	return true
}

// canLoseRest reports whether a user has the same in the rest of all groups.
func (p *person) canLoseRest(u *policy.User) bool {
	p.user = u
	for _, g := range p.all.list {
		if !p.rest.has(g) && p.isSeen(g) {
			return false
		}
	}
	if !p.keepsRole(func(m *policy.Membership) bool { return p.rest.has(m.Group) }) {
		return false
	}
	p.recall(u, false)
	for i := range p.sources {
		x := &p.sources[i]
		x.off = x.group != nil && !p.rest.has(x.group)
	}
	for i := range p.sources {
		x := &p.sources[i]
		if x.off && !p.gone[x.number] && p.all.has(x.group) && p.covered(i) == nil {
			return false
		}
	}
	return true
}

// between returns a group in another one that a group is in, too, or nil.
func (p *person) between(inner, outer *policy.Group) *policy.Group {
	p.rest.clear()
	for _, o := range p.around(inner) {
		if o.Group == outer || !o.Group.IsWithin(outer) {
			continue
		}
		if p.rest.visit(o.Group, nil, edge{}); p.rest.has(outer) {
			return o.Group
		}
	}
	return nil
}
