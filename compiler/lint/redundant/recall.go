package redundant

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// loaded is what gives a user something, with its index.
type loaded struct {
	sources []source
	own     int
	starts  []int
	index   *index
}

// mostKept bounds the sources of all users that a worker keeps.
const mostKept = 1 << 20

// recall loads again a user who is looked at for each of many groups. What is removed stays listed, but counts for
// nothing. If the caller only compares, and there is no room left to keep the user, it loads nothing and returns false.
func (p *person) recall(u *policy.User, compared bool) bool {
	if l := p.kept[u]; l != nil {
		p.user, p.sources, p.own, p.starts, p.index = u, l.sources, l.own, l.starts, l.index
		return true
	}
	if compared && p.keeps+len(u.Memberships) > mostKept && len(u.Memberships) > few {
		return false
	}
	p.sources, p.starts = p.again[:0], p.restart[:0]
	p.loadAll(u, true)
	size := max(len(p.sources), len(p.starts))
	if size <= few || p.keeps+size > mostKept {
		p.again, p.restart = p.sources, p.starts
		return true
	}
	p.sources, p.starts = slices.Clone(p.sources), slices.Clone(p.starts)
	p.listed(0)
	p.index = &index{slices.Clone(p.sorted.keys), slices.Clone(p.sorted.at)}
	p.keeps += size
	p.kept[u] = &loaded{p.sources, p.own, p.starts, p.index}
	return true
}

// groupEntry is an entry of a group, by its place there.
type groupEntry struct {
	group *policy.Group
	entry int
}

// rivalsOf returns the entries of groups that may give what some of a group give, in their order.
func (p *person) rivalsOf(g *policy.Group, list []int) []groupEntry {
	if p.byKey == nil {
		p.byKey = map[uint64][]groupEntry{}
		for _, g := range p.policy.Groups {
			for i := range g.Entries {
				p.byKey[keyOf(&g.Entries[i])] = append(p.byKey[keyOf(&g.Entries[i])], groupEntry{g, i})
				if p.catalog.deep {
					p.byKey[anywhere(&g.Entries[i])] = append(p.byKey[anywhere(&g.Entries[i])], groupEntry{g, i})
				}
			}
		}
	}
	rivals := []groupEntry{}
	for _, i := range list {
		for key := range p.rivalKeys(&source{entry: &g.Entries[i]}) {
			rivals = append(rivals, p.byKey[key]...)
		}
	}
	slices.SortFunc(rivals, func(a, b groupEntry) int {
		return cmp.Or(cmp.Compare(a.group.Index, b.group.Index), cmp.Compare(a.entry, b.entry))
	})
	return slices.Compact(rivals)
}

// recallRivals loads a user with some entries of groups alone, besides the user's own.
func (p *person) recallRivals(u *policy.User, rivals []groupEntry) {
	p.sources = p.again[:0]
	p.loadOwn(u)
	add := func(m *policy.Membership, i int) {
		if e := &m.Group.Entries[i]; e.FaultFor(u) == 0 {
			p.sources = append(p.sources, source{e, m.Group, m.Periods, p.first[m.Group.Index] + int32(i), false})
		}
	}
	if len(rivals) <= len(u.Memberships) {
		for _, r := range rivals {
			if m := u.MembershipIn(r.group); m != nil {
				add(m, r.entry)
			}
		}
	} else {
		for i := range u.Memberships {
			m := &u.Memberships[i]
			at, _ := slices.BinarySearchFunc(rivals, m.Group.Index, func(r groupEntry, index int) int {
				return r.group.Index - index
			})
			for ; at < len(rivals) && rivals[at].group == m.Group; at++ {
				add(m, rivals[at].entry)
			}
		}
	}
	p.again = p.sources
}
