// Package redundant finds assignments, memberships and groups without which everybody has the same
// access on every day, with the same expiry, and which no rule can tell from the others.
//
// It takes away one thing after the other, and compares the rest with what is left at that time. So
// all that it finds can be removed together, and of two that cover each other one stays. The order is:
// users' own entries, groups and their entries, memberships of users, memberships of groups.
package redundant

import (
	"maps"
	"slices"
	"sync/atomic"

	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// Found is what a policy can do without.
type Found struct {
	Entries     []Entry // of users and of groups, assignments alone
	Groups      []*policy.Group
	Memberships []Membership
}

// Entry is a redundant assignment of a user or of a group.
type Entry struct {
	User  *policy.User
	Group *policy.Group
	Index int
	By    *policy.Entry // one that gives the same to the user, or to a member
}

// Membership is a redundant membership of a user or of an inner group.
type Membership struct {
	User    *policy.User
	Inner   *policy.Group
	Group   *policy.Group
	Pos     policy.Pos
	Through *policy.Group // another group that leads into the group, or nil if nothing does

	plain bool // the declaration is just a name
}

// finder holds what does not depend on a user.
type finder struct {
	policy       *policy.Policy
	catalog      *catalog
	direct       bool            // rules ask whether something is held directly
	counted      []*policy.Rule  // count the roles that are assigned, and not those that these include
	countsDirect bool            // one of them counts only those that are held directly
	excepted     []excepted      // what rules do not count
	records      bool            // a role gives the records of the group through which it is held
	named        map[string]bool // groups that something asks for by name
	ending       map[string]bool // of these, groups with whose membership a permission ends
	specials     map[stay][]*policy.Member
	dated        bool // some membership has a period
	termed       bool // some membership says more than a name

	first  []int32                // number of each group's first entry, by the group's index
	needed []atomic.Bool          // by number of the entry: somebody has less without it
	gone   []bool                 // likewise: it is removed
	spent  map[*policy.Entry]bool // users' own entries that are removed
	groups map[*policy.Group]bool // that are removed
	quits  map[stay]bool          // users' memberships that are removed
	places map[namesOf]map[string]policy.Pos

	outer    [][]policy.Membership // by the group's index: groups that name it; filled on first use
	edges    [][]*policy.Group     // likewise, without those that are removed
	inner    [][]*policy.Group     // likewise: the groups that it names, without those that are removed
	links    map[edge]bool         // all of these memberships
	brief    map[edge]bool         // memberships of groups with a period
	detoured bool                  // a removed group led into others

	byKey map[uint64][]groupEntry // by what they give; filled on first use

	members [][]member // users of each group, by the group's index; filled on first use
}

// member is a user in a group: the user's index, and that of the membership among the user's.
type member struct{ user, at int32 }

// stay is who is in which group.
type stay struct {
	user  *policy.User
	group *policy.Group
}

// Find finds what a policy can do without.
func Find(p *policy.Policy) *Found {
	f := newFinder(p)
	var found Found
	maybe := f.ownEntries(&found)
	f.wholeGroups(&found)
	f.memberships(maybe, &found)
	f.innerGroups(&found)
	return &found
}

func newFinder(p *policy.Policy) *finder {
	f := &finder{policy: p, catalog: newCatalog(p.Catalog), named: map[string]bool{}, spent: map[*policy.Entry]bool{},
		groups: map[*policy.Group]bool{}, quits: map[stay]bool{},
		places: map[namesOf]map[string]policy.Pos{}}
	f.records = slices.ContainsFunc(p.Catalog.Roles, func(r *policy.Role) bool { return r.GroupRecords })
	p.Catalog.Conditions(f.note)
	f.ending = maps.Clone(f.named)
	f.noteNamed()
	for _, r := range p.Rules {
		switch {
		case r.Require != nil:
			f.note(r.Require.Needs)
			f.noteSelector(&r.Require.Holding)
		case r.Deny != nil:
			f.noteSelector(r.Deny)
		case r.Forbid != nil:
			f.noteSelector(r.Forbid)
		case r.Holders != nil:
			f.noteSelector(&policy.Selector{GroupNames: r.Holders.Groups, Direct: r.Holders.Direct})
			f.noteExcepted(r.Holders)
			if r.Holders.Role != nil && r.Holders.Limits() {
				f.counted = append(f.counted, r)
				f.countsDirect = f.countsDirect || r.Holders.Direct
			}
		case r.PerUser != nil && r.PerUser.Limits():
			f.counted = append(f.counted, r)
		}
	}
	n := int32(0)
	for _, g := range p.Groups {
		f.first = append(f.first, n)
		n += int32(len(g.Entries))
		f.noteSpecial(g)
	}
	f.needed, f.gone = make([]atomic.Bool, n), make([]bool, n)
	for _, g := range p.Groups {
		f.dropRepeated(g)
	}
	return f
}

// noteNamed notes the groups that own others, and those that expectations, gates and owners of changes name.
func (f *finder) noteNamed() {
	for _, g := range f.policy.Groups {
		for _, o := range g.Owners {
			f.named[o.Group] = true
		}
	}
	for i := range f.policy.Expects {
		f.named[f.policy.Expects[i].Group.Name] = true
	}
	var matchers []policy.Matcher
	if g := f.policy.Gates; g != nil {
		matchers = slices.Concat(g.Forbid, g.ForbidPath)
	}
	for i := range f.policy.Owners {
		matchers = append(matchers, f.policy.Owners[i].Match)
	}
	for i := range matchers {
		f.named[matchers[i].Group.Name] = true
	}
}

// dropRepeated removes the entries of a group that repeat another one: they have a finding of their own.
func (f *finder) dropRepeated(g *policy.Group) {
	if len(g.Entries) < 2 {
		return
	}
	type key struct {
		what         uint64
		actions      policy.Actions
		starts, ends policy.Date
	}
	seen := map[key]bool{}
	for i := range g.Entries {
		e := &g.Entries[i]
		k := key{keyOf(e), e.Actions, e.Starts, e.Ends}
		if seen[k] {
			f.gone[int(f.first[g.Index])+i] = true
		}
		seen[k] = true
	}
}

// noteSelector notes what a selector can see besides access.
func (f *finder) noteSelector(s *policy.Selector) {
	f.note(s.Unless)
	f.direct = f.direct || s.Direct
	for _, g := range s.GroupNames {
		f.named[g.Name] = true
	}
}

// note notes what a requirement can see besides access.
func (f *finder) note(r *policy.Requirement) {
	if r == nil {
		return
	}
	f.direct = f.direct || r.Direct
	if r.GroupName.Given() {
		f.named[r.GroupName.Name] = true
	}
	for _, list := range [][]*policy.Requirement{r.AllOf, r.AnyOf, r.NoneOf} {
		for _, x := range list {
			f.note(x)
		}
	}
}

// noteSpecial notes the memberships of a group that say more than a name.
func (f *finder) noteSpecial(g *policy.Group) {
	for i := range g.Special {
		m := &g.Special[i]
		f.dated, f.termed = f.dated || m.Terms.IsDated(), f.termed || m.Terms != nil
		if m.User == nil {
			f.noteBrief(edge{m.Inner, g}, m.Terms)
			continue
		}
		if f.specials == nil {
			f.specials = map[stay][]*policy.Member{}
		}
		at := stay{m.User, g}
		f.specials[at] = append(f.specials[at], m)
	}
}

// noteBrief notes a membership of a group if it has a period.
func (f *finder) noteBrief(e edge, terms *policy.Terms) {
	if e.inner == nil || !terms.IsDated() {
		return
	}
	if f.brief == nil {
		f.brief = map[edge]bool{}
	}
	f.brief[e] = true
}

// chunk is how many users a worker takes at a time.
const chunk = 512

// ownEntries finds the redundant entries of users, notes which entries of groups somebody needs, and
// returns the users who may have a redundant membership.
func (f *finder) ownEntries(found *Found) (maybe []int) {
	users := f.policy.Users
	var workers []*person
	parts := make([][]int, (len(users)+chunk-1)/chunk)
	entries := make([][]Entry, len(parts))
	parallel.Chunks(len(users), chunk, func() func(from, to int) {
		p := newPerson(f)
		workers = append(workers, p)
		return func(from, to int) {
			at := from / chunk
			for i := from; i < to; i++ {
				u := users[i]
				if len(u.Entries) < 2 && len(u.Memberships) == 0 {
					continue
				}
				p.load(u)
				entries[at] = p.ownEntries(entries[at])
				p.noteNeeded()
				if p.canLeave() {
					parts[at] = append(parts[at], i)
				}
			}
		}
	})
	for _, p := range workers {
		for _, e := range p.removed {
			f.spent[e] = true
		}
	}
	found.Entries = slices.Concat(entries...)
	return slices.Concat(parts...)
}

// Alone finds the redundant entries of one user after the other, if a policy has no groups. Each goroutine needs its
// own.
type Alone struct{ person *person }

// NewAlone returns an Alone of a policy.
func NewAlone(p *policy.Policy) *Alone { return &Alone{newPerson(newFinder(p))} }

// Entries appends what a user can do without.
func (a *Alone) Entries(list []Entry, u *policy.User) []Entry {
	if len(u.Entries) < 2 {
		return list
	}
	a.person.load(u)
	list = a.person.ownEntries(list)
	a.person.removed = a.person.removed[:0]
	return list
}

// membersOf returns the users of a group on any day.
func (f *finder) membersOf(g *policy.Group) []member {
	if f.members == nil {
		f.members = make([][]member, len(f.policy.Groups))
		counts := make([]int, len(f.policy.Groups))
		for _, u := range f.policy.Users {
			for j := range u.Memberships {
				counts[u.Memberships[j].Group.Index]++
			}
		}
		for i, n := range counts {
			f.members[i] = make([]member, 0, n)
		}
		for i, u := range f.policy.Users {
			for j := range u.Memberships {
				at := u.Memberships[j].Group.Index
				f.members[at] = append(f.members[at], member{int32(i), int32(j)})
			}
		}
	}
	return f.members[g.Index]
}
