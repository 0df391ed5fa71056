package redundant

import (
	"iter"
	"slices"
	"sort"

	"permc.dev/permc/compiler/policy"
)

// source is an entry that gives a user something, with the group through which it does.
type source struct {
	entry   *policy.Entry
	group   *policy.Group // nil: the user's own
	periods *policy.Periods
	number  int32 // among the user's own entries, or among those of all groups; -1: nobody wrote it
	off     bool
}

// person is the user whom a worker looks at. It uses its memory again.
type person struct {
	*finder
	user    *policy.User
	sources []source
	own     int   // how many sources are the user's own
	starts  []int // the first source of each membership of a user who was loaded last
	removed []*policy.Entry
	by      *policy.Entry // that gives what was found last
	loose   bool          // it does not matter how sure the catalog is
	periods bool          // a source counts in some periods

	kept    map[*policy.User]*loaded // users with many sources
	keeps   int                      // their sources
	again   []source                 // memory for the others
	restart []int                    // likewise

	some     []int32
	index    *index           // of users with many sources, or nil
	sorted   index            // memory for it
	firsts   map[saying]int32 // the first source that says something; nil until asked for
	spans    map[uint64]*spanTree
	counts   []int32 // ways into a group, by its index
	left     []bool  // memberships that the user has left
	lost     []int32
	lapsed   []*policy.Group           // into which no way leads although none is left yet
	leaders  map[*policy.Group][]int32 // see leadsInto; nil until asked for
	into     []way
	waysInto map[*policy.Group][]int                 // the ways that are in a group or lead into it
	all      walk                                    // groups that a user is in
	allOf    *policy.User                            // whose they are, or nil
	rest     walk                                    // those that are left without something
	out      walk                                    // those that the user loses
	outAt    []int                                   // the user's memberships in them
	leftBy   map[*policy.User]map[*policy.Group]bool // groups that users were in, see noteQuits
	outers   map[*policy.Group][]policy.Membership   // see outerOf
	giving   func(*policy.Group) bool                // see givesAny; nil: not asked yet
	before   []changed
	ways     map[[2]policy.RoleOn]bool
	closures map[policy.RoleOn][]policy.RoleOn
	givers   map[thing][]int32
	sure     map[policy.RoleOn][]policy.RoleOn // likewise, of what surely comes with a role
}

func newPerson(f *finder) *person {
	return &person{finder: f, counts: make([]int32, len(f.policy.Groups)), all: newWalk(f), rest: newWalk(f), out: newWalk(f),
		outers: map[*policy.Group][]policy.Membership{},
		kept:   map[*policy.User]*loaded{}, ways: map[[2]policy.RoleOn]bool{},
		closures: map[policy.RoleOn][]policy.RoleOn{}, givers: map[thing][]int32{}, sure: map[policy.RoleOn][]policy.RoleOn{}}
}

// index lists sources in order of a key.
type index struct {
	keys []uint64
	at   []int32
}

func (x *index) Len() int { return len(x.keys) }
func (x *index) Less(i, j int) bool {
	return x.keys[i] < x.keys[j] || x.keys[i] == x.keys[j] && x.at[i] < x.at[j]
}
func (x *index) Swap(i, j int) {
	x.keys[i], x.keys[j] = x.keys[j], x.keys[i]
	x.at[i], x.at[j] = x.at[j], x.at[i]
}

// of returns the sources with a key.
func (x *index) of(key uint64) []int32 {
	from, _ := slices.BinarySearch(x.keys, key)
	to, _ := slices.BinarySearch(x.keys[from:], key+1)
	return x.at[from : from+to]
}

// load lists what gives a user something and is not removed.
func (p *person) load(u *policy.User) {
	p.sources = p.sources[:0]
	p.loadAll(u, false)
}

// loadAll appends what gives a user something, with or without what is removed.
func (p *person) loadAll(u *policy.User, removed bool) {
	p.loadOwn(u)
	p.starts = p.starts[:0]
	for i := range u.Memberships {
		m := &u.Memberships[i]
		p.starts = append(p.starts, len(p.sources))
		for j := range m.Group.Entries {
			e, number := &m.Group.Entries[j], p.first[m.Group.Index]+int32(j)
			switch {
			case p.gone[number] && !removed:
			case e.FaultFor(u) == 0:
				p.sources = append(p.sources, source{e, m.Group, m.Periods, number, false})
				p.periods = p.periods || m.Periods != nil
			case !p.needed[number].Load() && !m.Periods.Over(p.policy.AsOf):
				p.needed[number].Store(true) // its own finding comes first
			}
		}
	}
}

// loadOwn appends what gives a user something by itself.
func (p *person) loadOwn(u *policy.User) {
	p.user, p.index, p.firsts, p.spans, p.periods = u, nil, nil, nil, false
	for i := range u.Entries {
		if e := &u.Entries[i]; e.FaultFor(u) == 0 && (len(p.spent) == 0 || !p.spent[e]) {
			p.sources = append(p.sources, source{entry: e, number: int32(i)})
		}
	}
	p.own = len(p.sources)
	if u.Default != nil {
		p.sources = append(p.sources, source{entry: u.Default, number: -1})
	}
}

// ownEntries removes the user's own assignments that are not needed, the last ones first.
func (p *person) ownEntries(list []Entry) []Entry {
	if !p.periods && len(p.sources) > few {
		p.spans = map[uint64]*spanTree{}
	}
	for i := p.own - 1; i >= 0; i-- {
		x := &p.sources[i]
		if x.entry.Ends.End() < p.policy.AsOf {
			continue
		}
		if p.repeats(i) {
			p.turnOff(i)
			p.removed = append(p.removed, x.entry)
			continue
		}
		if x.entry.Role == nil {
			if p.hasGrantRule(i) {
				p.turnOff(i)
			}
			continue
		}
		if p.user.Invited && p.lastRole(i) {
			continue // an invitation names a role
		}
		if by := p.covered(i); by != nil {
			p.turnOff(i)
			p.removed = append(p.removed, x.entry)
			list = append(list, Entry{User: p.user, Index: int(x.number), By: by})
		}
	}
	return list
}

// lastRole reports whether a source is the only assignment that the user has left.
func (p *person) lastRole(i int) bool {
	for j := range p.own {
		if j != i && !p.sources[j].off && p.sources[j].entry.Role != nil {
			return false
		}
	}
	return true
}

// hasGrantRule reports whether the rest gives a grant, too, so that nothing else should rest on it: if a role gives it,
// another rule asks to remove it.
func (p *person) hasGrantRule(i int) bool {
	p.loose = true
	defer func() { p.loose = false }()
	if p.covered(i) == nil {
		return false
	}
	p.removed = append(p.removed, p.sources[i].entry)
	return true
}

// repeats reports whether an earlier entry says the same: that has a finding of its own.
func (p *person) repeats(i int) bool {
	if i > few {
		list := p.listed(keyOf(p.sources[i].entry))
		if len(list) > few {
			return int(p.firstOf(p.sources[i].entry)) < i
		}
		return slices.ContainsFunc(list, func(j int32) bool {
			return int(j) < i && same(p.sources[i].entry, p.sources[j].entry)
		})
	}
	for j := range i {
		if same(p.sources[i].entry, p.sources[j].entry) {
			return true
		}
	}
	return false
}

// saying is all that two entries that are the same have alike.
type saying struct {
	key          uint64
	starts, ends policy.Date
	actions      policy.Actions
}

func sayingOf(e *policy.Entry) saying { return saying{keyOf(e), e.Starts, e.Ends, e.Actions} }

// firstOf returns the first source that says the same as an entry.
func (p *person) firstOf(e *policy.Entry) int32 {
	if p.firsts == nil {
		p.firsts = make(map[saying]int32, len(p.sources))
		for i := range slices.Backward(p.sources) {
			p.firsts[sayingOf(p.sources[i].entry)] = int32(i)
		}
	}
	return p.firsts[sayingOf(e)]
}

func same(a, b *policy.Entry) bool {
	return a.Role == b.Role && a.Permission == b.Permission && a.Scope == b.Scope && a.Starts == b.Starts &&
		a.Ends == b.Ends &&
		a.Actions == b.Actions
}

// noteNeeded notes the entries of groups that the user needs.
func (p *person) noteNeeded() {
	for i := p.own; i < len(p.sources); i++ {
		x := &p.sources[i]
		if x.group == nil || p.needed[x.number].Load() {
			continue
		}
		if x.entry.Ends.End() < p.policy.AsOf || p.covered(i) == nil {
			p.needed[x.number].Store(true)
		}
	}
}

// few is how many sources are compared with each other. More are looked up by what they give.
const few = 24

// keyOf returns what an entry gives on which scope.
func keyOf(e *policy.Entry) uint64 {
	if e.Role != nil {
		return uint64(e.Scope.Index)<<32 | uint64(e.Role.Index)
	}
	return uint64(e.Scope.Index)<<32 | uint64(e.Permission.Index) | 1<<31
}

// listed returns the sources with a key.
func (p *person) listed(key uint64) []int32 {
	if p.index == nil {
		x := &p.sorted
		x.keys, x.at = x.keys[:0], x.at[:0]
		for i := range p.sources {
			x.keys, x.at = append(x.keys, keyOf(p.sources[i].entry)), append(x.at, int32(i))
			if p.catalog.deep {
				x.keys, x.at = append(x.keys, anywhere(p.sources[i].entry)), append(x.at, int32(i))
			}
		}
		sort.Sort(x)
		p.index = x
	}
	return p.index.of(key)
}

// anywhere returns what an entry gives.
func anywhere(e *policy.Entry) uint64 { return keyOf(e) | (1<<32-1)<<32 }

// rivals returns the sources that may give what one gives. It is valid until the next call.
func (p *person) rivals(x *source) []int32 {
	p.some = p.some[:0]
	if len(p.sources) <= few {
		for i := range p.sources {
			p.some = append(p.some, int32(i))
		}
		return p.some
	}
	for key := range p.rivalKeys(x) {
		p.some = append(p.some, p.listed(key)...)
	}
	return p.some
}

// rivalKeys iterates over the keys of the sources that may give what one gives.
func (p *person) rivalKeys(x *source) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		if !yield(keyOf(x.entry)) {
			return
		}
		for _, r := range p.giversOf(x.entry) {
			if p.catalog.deep {
				if !yield(uint64(r) | (1<<32-1)<<32) {
					return
				}
				continue
			}
			for s := x.entry.Scope; s != nil; s = s.Parent {
				if !yield(uint64(s.Index)<<32 | uint64(r)) {
					return
				}
			}
		}
	}
}

// isOff reports whether a source counts for nothing, as it is removed.
func (p *person) isOff(x *source) bool { return x.off || x.group != nil && p.gone[x.number] }
