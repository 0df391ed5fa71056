package redundant

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// way is one declaration that makes a user a member of a group.
type way struct {
	group  *policy.Group
	period policy.Period
	pos    policy.Pos // zero: there is just a name
	fixed  bool       // nobody can remove it, or it has a finding of its own
	gone   bool
}

// leaveDated leaves as leave does, for somebody who is not always in all of the groups.
func (p *person) leaveDated(list []Membership) []Membership {
	p.listWays()
	for _, pure := range [...]bool{true, false} {
		for i := range p.into {
			w := &p.into[i]
			if w.fixed || w.gone || !p.givesAny(w.group) {
				continue
			}
			w.gone = true
			if !p.canQuitWay(w, pure) {
				w.gone = false
				continue
			}
			list = append(list, Membership{User: p.user, Group: w.group, Pos: w.pos, Through: p.otherWay(w.group),
				plain: true})
		}
	}
	return list
}

// listWays lists the declarations that make the user a member of groups.
func (p *person) listWays() {
	p.into = p.into[:0]
	for i := range p.user.Memberships {
		m := &p.user.Memberships[i]
		if m.Direct == 0 || p.groups[m.Group] {
			continue
		}
		special := p.specials[stay{p.user, m.Group}]
		if int(m.Direct) > len(special) {
			p.into = append(p.into, way{group: m.Group, fixed: !m.Group.ListsMembers()})
		}
		for _, s := range special {
			period, ok := s.Terms.Period()
			if ok && !s.First.IsValid() {
				p.into = append(p.into, way{group: m.Group, period: period, pos: s.Pos,
					fixed: period.Ends.End() < p.policy.AsOf})
			}
		}
	}
	p.waysInto = map[*policy.Group][]int{}
	for i := range p.into {
		g := p.into[i].group
		p.waysInto[g] = append(p.waysInto[g], i)
		for _, o := range p.outerOf(g) {
			p.waysInto[o.Group] = append(p.waysInto[o.Group], i)
		}
	}
}

// canQuitWay reports whether the user has the same without a way that is gone. If pure is set, no
// group may change at all.
func (p *person) canQuitWay(w *way, pure bool) bool {
	from := len(p.before)
	defer func() { p.before = p.before[:from] }()
	ok := p.rejoin(w.group, pure)
	for _, o := range p.outerOf(w.group) {
		ok = ok && p.rejoin(o.Group, pure)
	}
	for i := from; ok && i < len(p.before); i++ {
		ok = p.coveredBy(&p.before[i].source, -1) != nil
	}
	if ok {
		return true
	}
	for _, b := range p.before[from:] {
		p.sources[b.at] = b.source
	}
	return false
}

// changed is a source as it was, with its place among the sources.
type changed struct {
	source
	at int
}

// rejoin gives the sources of a group the days that are left, and reports whether that may be so.
func (p *person) rejoin(g *policy.Group, pure bool) bool {
	m := p.user.MembershipIn(g)
	left := p.periodsIn(g)
	if m == nil || left.Equal(p.current(g, m)) {
		return true
	}
	if pure {
		return false
	}
	if p.ending[g.ID] || !left.CoverSame(p.current(g, m)) {
		if p.isSeen(g) || !p.keepsRole(func(*policy.Membership) bool { return false }) {
			return false
		}
	}
	from, to := p.sourcesOf(g)
	for i := from; i < to; i++ {
		if x := &p.sources[i]; !x.off {
			p.before = append(p.before, changed{*x, i})
			x.periods, x.off = left, len(left.All()) == 0
		}
	}
	return true
}

// current returns when the user is in a group, as far as the ways that are gone now say.
func (p *person) current(g *policy.Group, m *policy.Membership) *policy.Periods {
	if from, to := p.sourcesOf(g); from < to {
		return p.sources[from].periods
	}
	return m.Periods
}

// periodsIn returns when the user is in a group by the ways that are left.
func (p *person) periodsIn(g *policy.Group) *policy.Periods {
	list := policy.Periods{}
	for _, i := range p.waysInto[g] {
		w := &p.into[i]
		if w.gone {
			continue
		}
		if w.group == g {
			list = list.Add(w.period)
		}
		for _, o := range p.outerOf(w.group) {
			if o.Group != g {
				continue
			}
			for _, x := range o.Periods.All() {
				if both, ok := x.And(w.period); ok {
					list = list.Add(both)
				}
			}
		}
	}
	if len(list) == 1 && list[0] == (policy.Period{}) {
		return nil
	}
	return &list
}

// otherWay returns a group that leads into another one, or nil.
func (p *person) otherWay(g *policy.Group) *policy.Group {
	for _, i := range p.waysInto[g] {
		w := &p.into[i]
		if !w.gone && slices.ContainsFunc(p.outerOf(w.group), func(o policy.Membership) bool { return o.Group == g }) {
			return w.group
		}
	}
	return nil
}
