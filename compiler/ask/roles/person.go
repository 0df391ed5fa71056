package roles

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// Person is a user who would have the same access with fewer assignments.
type Person struct {
	User     *policy.User
	Drop     []*policy.Entry // give nothing that the rest does not give: all of them can go
	Left     int             // assignments without them
	Replace  []*policy.Entry // of those left, can be replaced
	By       []policy.RoleOn // by these, which are fewer
	Smallest int             // the number of assignments then
	Proved   bool            // no smaller number would do
	Unsure   bool            // nothing is proposed, since deny rules and dates depend on each other
}

// finding is a Person whose entries are numbers among the user's own: users with the same profile share it.
type finding struct {
	drop, replace  []int
	by             []policy.RoleOn
	left, smallest int
	proved, unsure bool
}

// profiles remembers what was found for a profile.
type profiles struct {
	mu    sync.Mutex
	found map[string]*finding
}

// of returns the finding of a profile, or nil if there is none yet.
func (p *profiles) of(key []byte) *finding {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found[string(key)]
}

func (p *profiles) remember(key []byte, f *finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found[string(key)] = f
}

// worker looks at one user after the other.
type worker struct {
	*study
	flatten *flatten.Flattener
	sources []source
	held    int                    // how many of the sources are the user's undated assignments
	has     map[policy.RoleOn]bool // these, and each scope without a role; see addOthers
	sets    sets
	trees   trees
	weighed policy.Seen // rows
	dated   bool        // the user has something with a date
	rough   bool        // so more must stay than may be needed

	key         []byte              // memory for the profile of a user
	base        policy.User         // memory for the user without anything dated
	entries     []policy.Entry      // likewise
	memberships []policy.Membership // likewise
	tried       []policy.Entry      // memory for these and the others
}

// source is an assignment that somebody has, or could have instead.
type source struct {
	policy.RoleOn
	number int  // among the user's own entries; -1: new
	dated  bool // it is no help, but may give nothing
	extra  bool // it would give something that the user does not have
}

func newWorker(s *study) *worker { return &worker{study: s, flatten: flatten.New(s.policy)} }

// person returns what can be said about the assignments of a user, and reports whether that is anything.
func (w *worker) person(u *policy.User) (Person, bool) {
	own := countRoles(u)
	if own == 0 || w.q.User == nil && w.needsOnly(u) {
		return Person{User: u, Proved: true}, w.q.User != nil
	}
	w.key = w.appendProfile(w.key[:0], u)
	f := w.profiles.of(w.key)
	if f == nil {
		f = w.look(u)
		w.profiles.remember(w.key, f)
	}
	p := Person{User: u, Left: f.left, By: f.by, Smallest: f.smallest, Proved: f.proved, Unsure: f.unsure}
	for _, i := range f.drop {
		p.Drop = append(p.Drop, &u.Entries[i])
	}
	for _, i := range f.replace {
		p.Replace = append(p.Replace, &u.Entries[i])
	}
	return p, len(p.Drop)+len(p.By)+len(p.Replace) > 0 || w.q.User != nil
}

// needsOnly reports whether a user has just one assignment, which gives something. This is for speed.
func (w *worker) needsOnly(u *policy.User) bool {
	if len(u.Entries) != 1 || len(u.Memberships) > 0 {
		return false
	}
	e := &u.Entries[0]
	some := func(word uint64) bool { return word != 0 }
	return len(w.named[e.Role]) > 0 || slices.ContainsFunc(w.given[e.Role.Index][e.Scope.Level], some)
}

func countRoles(u *policy.User) (n int) {
	for i := range u.Entries {
		if e := &u.Entries[i]; e.Role != nil && e.FaultFor(u) == 0 {
			n++
		}
	}
	return n
}

// appendProfile appends bytes that are the same only for users whose access is the same, and given in the same way.
func (w *worker) appendProfile(b []byte, u *policy.User) []byte {
	b = append(append(b, u.Affiliation...), 0)
	b = strconv.AppendBool(strconv.AppendBool(b, u.Invited), u.Home != nil)
	number := func(list ...int) {
		for _, n := range list {
			b = append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		}
	}
	if u.Home != nil {
		number(u.Home.Index)
	}
	for i := range u.Entries {
		e := &u.Entries[i]
		what := 0
		if e.Role != nil {
			what = 2 * e.Role.Index
		} else {
			what = 2*e.Permission.Index + 1
		}
		number(what, e.Scope.Index, int(e.Fault), int(e.Starts), int(e.Ends), int(e.Actions), int(e.Actions>>32))
	}
	for i := range u.Memberships {
		m := &u.Memberships[i]
		number(m.Group.Index)
		b = strconv.AppendBool(b, m.Periods == nil)
	}
	if (len(w.policy.Denies) > 0 || w.facts) && len(u.Attributes) > 0 {
		b = fmt.Appendf(b, "%v", u.Attributes)
	}
	return b
}

// look finds the fewest assignments of a user.
func (w *worker) look(u *policy.User) *finding {
	base, dated := w.undated(u)
	f := &finding{left: countRoles(u), proved: true}
	f.smallest = f.left
	if w.byDay && dated || w.byMember && slices.ContainsFunc(u.Memberships, isDated) {
		f.unsure, f.proved = true, false
		return f
	}
	w.addDated(u)
	w.dated, w.rough = dated, false
	complete := w.addOthers(base)
	w.sets.reset(len(w.sources))
	w.weigh(base, w.sources)
	if w.direct {
		alone := *base
		alone.Memberships = withoutEntries(base.Memberships)
		w.weigh(&alone, w.sources)
	}
	w.choose(f, complete && !w.rough, u.Invited || w.policy.Catalog.DefaultForAll)
	w.verify(u, base, f)
	return f
}

// undated returns the user with what has no dates, and reports whether that is less. It lists the user's own
// assignments as sources. The user is valid until the next call.
func (w *worker) undated(u *policy.User) (base *policy.User, dated bool) {
	w.base, w.entries, w.memberships, w.sources = *u, w.entries[:0], w.memberships[:0], w.sources[:0]
	for i := range u.Entries {
		e := u.Entries[i]
		if e.FaultFor(u) != 0 {
			continue
		}
		if e.Starts != 0 || e.Ends != 0 {
			dated = true
			continue
		}
		if e.Role != nil {
			e.Pos = placeOf(len(w.sources))
			w.sources = append(w.sources, source{RoleOn: policy.RoleOn{Role: e.Role, Scope: e.Scope}, number: i})
		}
		w.entries = append(w.entries, e)
	}
	w.held = len(w.sources)
	for _, m := range u.Memberships {
		if m.Periods != nil {
			dated = true
			continue
		}
		g, less := undatedGroup(m.Group)
		dated = dated || less
		m.Group = g
		w.memberships = append(w.memberships, m)
	}
	w.base.Entries, w.base.Memberships = w.entries, w.memberships
	return &w.base, dated
}

func isDated(m policy.Membership) bool { return m.Periods != nil }

// withoutEntries returns memberships that give nothing by themselves.
func withoutEntries(list []policy.Membership) []policy.Membership {
	out := slices.Clone(list)
	for i := range out {
		g := *out[i].Group
		g.Entries, out[i].Group = nil, &g
	}
	return out
}

// undatedGroup returns a group with only the entries without dates, and reports whether that is less.
func undatedGroup(g *policy.Group) (*policy.Group, bool) {
	hasDate := func(e policy.Entry) bool { return e.Starts != 0 || e.Ends != 0 }
	if !slices.ContainsFunc(g.Entries, hasDate) {
		return g, false
	}
	h := *g
	h.Entries = slices.DeleteFunc(slices.Clone(g.Entries), hasDate)
	return &h, true
}

// placeOf returns a place that stands for a source.
func placeOf(source int) policy.Pos { return policy.Pos{File: math.MaxInt32, Off: uint32(source)} }

// sourceAt returns the source of a place, or -1: it is none.
func sourceAt(p policy.Pos) int {
	if p.File != math.MaxInt32 {
		return -1
	}
	return int(p.Off)
}

// addDated adds the user's assignments that have dates: they may give nothing beside the others.
func (w *worker) addDated(u *policy.User) {
	for i := range u.Entries {
		e := &u.Entries[i]
		if e.Role != nil && (e.Starts != 0 || e.Ends != 0) && e.FaultFor(u) == 0 && e.Ends.End() >= w.policy.AsOf {
			w.sources = append(w.sources, source{RoleOn: policy.RoleOn{Role: e.Role, Scope: e.Scope}, number: i,
				dated: true})
		}
	}
}

// choose picks the fewest sources that together give everything: of those that the user has, and of all. If somebody
// without an assignment is another case, one is left.
func (w *worker) choose(f *finding, complete, some bool) {
	if some && w.held == 0 {
		return
	}
	if some {
		w.sets.any()
	}
	usable := func(most int) func(int) bool {
		return func(i int) bool { return i < most && !w.sources[i].extra && !w.sources[i].dated }
	}
	kept, proved := w.sets.fewest(usable(w.held), w.q.Most)
	for i := range w.sources {
		x := &w.sources[i]
		if i < w.held && !isIn(kept, i) || x.dated && !x.extra {
			f.drop = append(f.drop, x.number)
		}
	}
	slices.Sort(f.drop)
	f.left -= len(f.drop)
	f.smallest, f.proved = f.left, proved && complete
	if len(w.sources) == w.held || len(kept) < 2 {
		return
	}
	best, proved := w.sets.fewest(usable(len(w.sources)), w.q.Most)
	f.proved = f.proved && proved
	if len(best) >= len(kept) {
		return
	}
	f.smallest -= len(kept) - len(best)
	for _, i := range kept {
		if !isIn(best, i) {
			f.replace = append(f.replace, w.sources[i].number)
		}
	}
	for _, i := range best {
		if !isIn(kept, i) {
			f.by = append(f.by, w.sources[i].RoleOn)
		}
	}
	slices.Sort(f.replace)
}
