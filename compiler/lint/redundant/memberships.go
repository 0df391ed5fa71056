package redundant

import (
	"slices"

	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// memberships finds the redundant memberships of some users.
func (f *finder) memberships(maybe []int, found *Found) {
	parts := make([][]Membership, (len(maybe)+chunk-1)/chunk)
	parallel.Chunks(len(maybe), chunk, func() func(from, to int) {
		p := newPerson(f)
		return func(from, to int) {
			for _, i := range maybe[from:to] {
				p.load(f.policy.Users[i])
				parts[from/chunk] = p.leave(parts[from/chunk])
			}
		}
	})
	found.Memberships = slices.Concat(parts...)
	removed := map[stay]int{}
	for i := range found.Memberships {
		m := &found.Memberships[i]
		if !m.Pos.IsValid() {
			m.Pos = f.placeOf(m.User, m.Group, m.plain)
		}
		at := stay{m.User, m.Group}
		removed[at]++
		f.quits[at] = !m.plain || removed[at] >= f.countWays(at)
	}
}

// countWays counts the declarations that make a user a member of a group, as leaveDated removes them.
func (f *finder) countWays(at stay) int {
	n := len(f.specials[at])
	if m := at.user.MembershipIn(at.group); m != nil && int(m.Direct) > n {
		return n + 1
	}
	return n
}

// namesOf is the members of a group, or only those of whom there is just a name.
type namesOf struct {
	group *policy.Group
	plain bool
}

// placeOf returns where a membership is declared first, or first as just a name.
func (f *finder) placeOf(u *policy.User, g *policy.Group, plain bool) (pos policy.Pos) {
	names := f.places[namesOf{g, plain}]
	if names == nil {
		names = map[string]policy.Pos{}
		for _, m := range slices.Backward(g.Members) {
			if !plain || m.Terms == nil {
				names[f.policy.Catalog.UserKey(m.Name)] = m.Pos
			}
		}
		f.places[namesOf{g, plain}] = names
	}
	pos = names[f.policy.Catalog.UserKey(u.ID)]
	for _, j := range g.JoinsOf(u) {
		if (!plain || j.Terms == nil) && (!pos.IsValid() || j.Pos.Before(pos)) {
			pos = j.Pos
		}
	}
	return pos
}

// canLeave reports whether a membership of the user may be redundant.
func (p *person) canLeave() bool { return len(p.leave(nil)) > 0 }

// leave removes the memberships that the user can do without: first those in groups that others lead
// into, too.
func (p *person) leave(list []Membership) []Membership {
	ms := p.user.Memberships
	p.spans = nil // sources come back
	if p.termed && slices.ContainsFunc(ms, p.isTermed) {
		return p.leaveDated(list)
	}
	p.left = slices.Grow(p.left[:0], len(ms))[:len(ms)]
	for i := range ms {
		if p.left[i] = ms[i].Direct == 0 || p.groups[ms[i].Group]; !p.left[i] {
			p.count(ms[i].Group, 1)
		}
	}
	p.noteLapsed()
	for _, pure := range [...]bool{true, false} {
		for i := len(ms) - 1; i >= 0; i-- {
			g := ms[i].Group
			if p.left[i] || !g.ListsMembers() || (p.counts[g.Index] > 1) != pure || !p.canQuit(g) {
				continue
			}
			p.left[i] = true
			list = append(list, Membership{User: p.user, Group: g, Through: p.through(g)})
		}
	}
	for i := range ms {
		if !p.left[i] {
			p.count(ms[i].Group, -1)
		}
	}
	return list
}

// isTermed reports whether a declaration of the user's membership says more than a name, or the membership or one that
// it leads to may not count on all days.
func (p *person) isTermed(m policy.Membership) bool {
	return m.Periods != nil || m.Direct > 0 && len(p.specials[stay{p.user, m.Group}]) > 0 ||
		m.Group.HasDatedOuter()
}

// count counts a way into a group and those around it.
func (p *person) count(g *policy.Group, n int32) {
	p.counts[g.Index] += n
	for _, o := range p.outerOf(g) {
		p.counts[o.Group.Index] += n
	}
}

// noteLapsed notes the groups of the user into which no way leads from the start.
func (p *person) noteLapsed() {
	p.lapsed, p.leaders = p.lapsed[:0], nil
	for i := range p.user.Memberships {
		if g := p.user.Memberships[i].Group; p.counts[g.Index] == 0 {
			p.lapsed = append(p.lapsed, g)
		}
	}
}

// through returns another group of the user that leads into a group, or nil.
func (p *person) through(g *policy.Group) *policy.Group {
	for _, i := range p.leadsInto(g) {
		if !p.left[i] {
			return p.user.Memberships[i].Group
		}
	}
	return nil
}

// leadsInto returns the memberships in groups that lead into a group, of those that the user has not left.
func (p *person) leadsInto(g *policy.Group) []int32 {
	if p.leaders == nil {
		p.leaders = map[*policy.Group][]int32{}
		for i := range p.user.Memberships {
			if p.left[i] {
				continue
			}
			for _, o := range p.outerOf(p.user.Memberships[i].Group) {
				p.leaders[o.Group] = append(p.leaders[o.Group], int32(i))
			}
		}
	}
	return p.leaders[g]
}

// canQuit reports whether the user has the same without being named in a group. If so, it is not
// counted any longer.
func (p *person) canQuit(g *policy.Group) bool {
	if !p.givesAny(g) {
		return false // the group has a finding of its own
	}
	p.count(g, -1)
	if p.mayLose(g) && p.loses(g) {
		return true
	}
	p.count(g, 1)
	return false
}

// givesAny reports whether a group or one around it has an entry.
func (p *person) givesAny(g *policy.Group) bool {
	if p.giving == nil {
		p.giving = policy.OrAround(func(g *policy.Group) bool { return len(g.Entries) > 0 })
	}
	return p.giving(g)
}

// mayLose reports whether nothing but access can tell whether the user is in the groups that no way
// leads into any longer.
func (p *person) mayLose(g *policy.Group) bool {
	lost := func(g *policy.Group) bool { return p.counts[g.Index] == 0 }
	seen := func(g *policy.Group) bool { return lost(g) && p.isSeen(g) }
	if seen(g) || slices.ContainsFunc(p.outerOf(g), func(m policy.Membership) bool { return seen(m.Group) }) {
		return false
	}
	return p.keepsRole(func(m *policy.Membership) bool { return !lost(m.Group) })
}

// isSeen reports whether something other than access depends on whether the user is in a group: a rule, whose records
// are reached, or a finding about an entry that gives the user nothing.
func (p *person) isSeen(g *policy.Group) bool {
	return p.records || p.named[g.ID] || slices.ContainsFunc(g.Entries,
		func(e policy.Entry) bool { return e.FaultFor(p.user) != 0 })
}

// keepsRole reports whether the product will not give the user a default role, as some groups stay.
func (p *person) keepsRole(stays func(*policy.Membership) bool) bool {
	if !p.policy.Catalog.DefaultForAll || p.user.Invited || p.user.Default != nil || hasRole(p.user.Entries) {
		return true
	}
	for i := range p.user.Memberships {
		if m := &p.user.Memberships[i]; hasRole(m.Group.Entries) && stays(m) {
			return true
		}
	}
	return false
}

func hasRole(list []policy.Entry) bool {
	return slices.ContainsFunc(list, func(e policy.Entry) bool { return e.Role != nil })
}

// loses takes away what the groups give that no way leads into any longer, now that none does through a group, if the
// rest gives the same.
func (p *person) loses(g *policy.Group) bool {
	p.lost = p.lost[:0]
	p.take(g)
	for _, o := range p.outerOf(g) {
		p.take(o.Group)
	}
	for _, o := range p.lapsed {
		p.take(o)
	}
	for _, i := range p.lost {
		if p.covered(int(i)) == nil {
			for _, j := range p.lost {
				p.sources[j].off = false
			}
			return false
		}
	}
	return true
}

// take takes away what a group gives, if no way leads into it.
func (p *person) take(g *policy.Group) {
	if p.counts[g.Index] > 0 {
		return
	}
	from, to := p.sourcesOf(g)
	for i := from; i < to; i++ {
		if x := &p.sources[i]; !x.off {
			x.off = true
			p.lost = append(p.lost, int32(i))
		}
	}
}

// sourcesOf returns which sources of a user who was loaded last come through a group.
func (p *person) sourcesOf(g *policy.Group) (from, to int) {
	i, ok := p.user.FindMembership(g)
	if !ok {
		return 0, 0
	}
	return p.sourcesAt(i)
}

// sourcesAt returns which sources of a user who was loaded last come through a membership.
func (p *person) sourcesAt(i int) (from, to int) {
	if i+1 < len(p.starts) {
		return p.starts[i], p.starts[i+1]
	}
	return p.starts[i], len(p.sources)
}
