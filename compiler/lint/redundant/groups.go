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
	for _, m := range p.membersOf(g) {
		u := p.policy.Users[m.user]
		p.recall(u)
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

// bypassed reports whether the members of a group are in all groups around it by other ways, too.
func (p *person) bypassed(g *policy.Group) bool {
	if len(g.Outer) == 0 {
		return true
	}
	if p.dated {
		return false
	}
	for _, m := range p.membersOf(g) {
		reached := p.reached(p.policy.Users[m.user], g, edge{})
		if slices.ContainsFunc(g.Outer, func(m policy.Membership) bool {
			return !reached[m.Group] &&
				!p.groups[m.Group]
		}) {
			return false
		}
	}
	p.detoured = true
	return true
}

// edge is the membership of a group in another.
type edge struct{ inner, outer *policy.Group }

// reached returns the groups that a user is in without a group, or without the membership of one.
func (f *finder) reached(u *policy.User, but *policy.Group, cut edge) map[*policy.Group]bool {
	in := map[*policy.Group]bool{}
	for _, m := range u.Memberships {
		if m.Direct > 0 && !f.quits[stay{u, m.Group}] {
			f.visit(in, m.Group, but, cut)
		}
	}
	return in
}

func (f *finder) visit(in map[*policy.Group]bool, g, but *policy.Group, cut edge) {
	if in[g] || g == but || f.groups[g] {
		return
	}
	in[g] = true
	for _, o := range f.around()[g] {
		if e := (edge{g, o.Group}); e != cut && !f.cuts[e] {
			f.visit(in, o.Group, but, cut)
		}
	}
}

// around returns the groups that name each group as a member.
func (f *finder) around() map[*policy.Group][]policy.Membership {
	if f.outer != nil {
		return f.outer
	}
	f.outer = map[*policy.Group][]policy.Membership{}
	byID := map[string]*policy.Group{}
	for _, g := range f.policy.Groups {
		byID[g.ID] = g
	}
	for _, g := range f.policy.Groups {
		for i := range g.Members {
			name, ok := strings.CutPrefix(g.Members[i].Name, "group:")
			if inner := byID[name]; ok && inner != nil {
				f.outer[inner] = append(f.outer[inner], policy.Membership{Group: g, Pos: g.Members[i].Pos})
			}
		}
	}
	return f.outer
}

// outerOf returns the groups around a group that are not removed, and not reached through removed ones alone.
func (f *finder) outerOf(g *policy.Group) []policy.Membership {
	if !f.detoured {
		return g.Outer
	}
	in := map[*policy.Group]bool{}
	f.visit(in, g, nil, edge{})
	return slices.DeleteFunc(slices.Clone(g.Outer), func(m policy.Membership) bool { return !in[m.Group] })
}

// innerGroups finds the memberships of groups that no user needs.
func (f *finder) innerGroups(found *Found) {
	if f.records || f.dated && f.staysDated(found.Memberships) {
		return
	}
	p := newPerson(f)
	for _, g := range f.policy.Groups {
		for _, o := range f.around()[g] {
			if len(f.membersOf(g)) == 0 || f.groups[g] || f.groups[o.Group] || f.isTwice(o) || !p.givesAny(o.Group) {
				continue
			}
			if cut := (edge{g, o.Group}); p.canCut(cut) {
				f.cuts[cut] = true
				found.Memberships = append(found.Memberships,
					Membership{Inner: g, Group: o.Group, Pos: o.Pos, Through: f.between(g, o.Group)})
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

// isTwice reports whether a membership of a group is declared twice: that has a finding of its own.
func (f *finder) isTwice(o policy.Membership) bool {
	return slices.ContainsFunc(o.Group.Special, func(m policy.Member) bool {
		return m.Pos == o.Pos ||
			m.First == o.Pos
	})
}

// canCut reports whether everybody has the same if a group is not a member of another.
func (p *person) canCut(cut edge) bool {
	for _, m := range p.membersOf(cut.inner) {
		u := p.policy.Users[m.user]
		before := p.reached(u, nil, edge{})
		after := p.reached(u, nil, cut)
		if len(before) == len(after) {
			continue
		}
		p.load(u)
		if !p.canLose(before, after) {
			return false
		}
	}
	return true
}

// canLose reports whether the user has the same in fewer groups.
func (p *person) canLose(before, after map[*policy.Group]bool) bool {
	for g := range before {
		if !after[g] && p.isSeen(g) {
			return false
		}
	}
	if !p.keepsRole(func(m *policy.Membership) bool { return after[m.Group] }) {
		return false
	}
	for i := range p.sources {
		if x := &p.sources[i]; x.group != nil && !after[x.group] {
			x.off = true
		}
	}
	for i := range p.sources {
		if x := &p.sources[i]; x.off && before[x.group] && p.covered(i) == nil {
			return false
		}
	}
	return true
}

// between returns a group in another one that a group is in, too, or nil.
func (f *finder) between(inner, outer *policy.Group) *policy.Group {
	for _, o := range f.around()[inner] {
		in := map[*policy.Group]bool{}
		f.visit(in, o.Group, nil, edge{inner, outer})
		if o.Group != outer && in[outer] {
			return o.Group
		}
	}
	return nil
}
