package reach

import (
	"slices"
	"strconv"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// Finder finds the paths of one user after the other: a least fixpoint, breadth-first. It knows people by number: 0 is
// the user, the others have nothing but an affiliation each. It reuses its memory, so each goroutine needs its own.
type Finder struct {
	*World
	flatten *flatten.Flattener
	needed  *flatten.Flattener // of what mixed permissions need; nil: there are none
	plain   *flatten.Flattener // of others
	rows    []policy.Row
	people  []*policy.User
	bare    []policy.User   // the same people without anything that they have
	groups  []*policy.Group // that the user or somebody else is in or may come to own
	combine bool            // acts may give more together than one after the other
	helpers bool            // others take part

	acts  []step
	tried map[key]bool
	turns map[turn]bool
	facts map[key]policy.Records // the most records that are known to be reached
	known *known                 // nil: that is not worth it
	goals []goal

	premises []premise // all
	premise  premise   // that is tried
	waiting  []queue   // those to try, by the number of acts that lead to them

	refused map[key][]refusal // by what the giver lacks
	chains  map[key][]int     // the acts that lead to a fact, if somebody can give no more than they hold
	retried map[retry]bool

	parts      []part           // memory for lists of one search
	held       map[string]parts // what a giver holds, by giver and the acts before
	before     map[int]parts    // before all acts: these are never forgotten
	partsGiven map[given]parts
	verdicts   map[judgement]verdict
	name       []byte // of a giver and acts

	fact    fact         // to look at
	limit   limit        // of the act at hand
	judged  policy.Entry // that it would make
	gains   []Gain       // of the goal at hand
	entry   []policy.Entry
	kept    memory
	results Run
}

// queue is a list of premises, by number, from which the first are taken.
type queue struct {
	list []int
	at   int
}

// step is an act, with those before it that make it possible.
type step struct {
	*Act
	by, to int // to is toGroup if it is given to a group
	before []int
}

// goal is what some acts reach.
type goal struct {
	who   int
	acts  []int
	gains []Gain
}

// premise is something that lets a person give, with the acts that lead to it.
type premise struct {
	who       int
	why       Reason // without the delegate
	delegates []policy.Delegate
	acts      []int
}

// NewFinder returns a finder of paths in a policy.
func NewFinder(w *World) *Finder {
	s := &Finder{
		World:   w,
		flatten: flatten.New(w.policy),
		tried:   map[key]bool{},
		turns:   map[turn]bool{},
		facts:   map[key]policy.Records{},
		entry:   make([]policy.Entry, 1),
		refused: map[key][]refusal{},
		chains:  map[key][]int{},
		retried: map[retry]bool{},

		held:       map[string]parts{},
		before:     map[int]parts{},
		partsGiven: map[given]parts{},
		verdicts:   map[judgement]verdict{},
		known:      newKnown(w.policy),
	}
	if !w.apart {
		s.needed, s.plain = flatten.NewOf(w.policy, w.mixed.needs), flatten.NewOf(w.policy, w.mixed.unmixed())
	}
	return s
}

// Keep returns the paths of a user.
func (s *Finder) Keep(u *policy.User) *Run {
	found := s.Find(u)
	s.kept.keep()
	return &Run{slices.Clone(found.Alone), slices.Clone(found.Assisted), slices.Clone(found.Others)}
}

// Find returns the paths of a user. They are valid until the next call: first what the user reaches alone, then what
// others add.
func (s *Finder) Find(u *policy.User) *Run {
	s.exhaustAlone(u)
	s.helpers = true
	for i := 1; i < len(s.people); i++ {
		access := s.flatten.User(s.people[i])
		s.look(i, s.people[i], &access, func(Gain) {}) // what everybody has lets nobody help
	}
	for i := range s.premises {
		s.queue(i)
	}
	s.exhaust()
	return s.result()
}

// FindAlone finds as Find does, without what others add.
func (s *Finder) FindAlone(u *policy.User) *Run {
	s.exhaustAlone(u)
	return s.result()
}

func (s *Finder) exhaustAlone(u *policy.User) {
	s.start(u)
	s.reach(0, nil)
	s.goals = s.goals[:0] // what the user has is no goal
	for _, a := range s.attributes(u) {
		s.wait(premise{why: Reason{Attribute: a.ID}, delegates: a.Delegates})
	}
	s.exhaust()
}

// Held calls f with all that a user has. Each action of a permission is one.
func (s *Finder) Held(u *policy.User, f func(Gain)) {
	s.start(u)
	access := s.flatten.User(u)
	s.look(0, u, &access, f)
}

// start forgets the last search.
func (s *Finder) start(u *policy.User) {
	const large = 1 << 12
	if len(s.facts) > large { // to clear a map costs as much as it ever had
		s.tried, s.facts = map[key]bool{}, map[key]policy.Records{}
	}
	clear(s.tried)
	clear(s.turns)
	clear(s.facts)
	clear(s.refused)
	clear(s.chains)
	clear(s.retried)
	clear(s.held)
	clear(s.before)
	clear(s.partsGiven)
	clear(s.verdicts)
	s.known.reset()
	s.parts = s.parts[:0]
	s.acts, s.goals, s.premises = s.acts[:0], s.goals[:0], s.premises[:0]
	for i := range s.waiting {
		s.waiting[i] = queue{list: s.waiting[i].list[:0]}
	}
	s.kept.reset()
	s.people = append(append(s.people[:0], u), s.others...)
	s.bare = append(append(s.bare[:0], *withoutAccess(u)), s.bareOthers...)
	s.groups = s.around(u, s.policy.AsOf)
	if len(s.common) > 0 {
		s.groups = sortGroups(append(s.groups, s.common...))
	}
	if len(s.byUser)+len(s.byGroup) == 0 {
		s.groups = s.oneOfEach(s.groups)
	}
	s.combine = s.mayCombine || len(s.groups) > 0
	s.helpers = false
}

// oneOfEach returns one of each kind of groups, the first: others with the same people, home and kind give nothing
// else, as nobody can join them.
func (s *Finder) oneOfEach(groups []*policy.Group) (list []*policy.Group) {
	type alike struct {
		people string
		home   *policy.Scope
		kind   *policy.GroupKind
	}
	known := map[alike]bool{}
	for _, g := range groups {
		var in []byte
		for _, u := range s.people {
			in = strconv.AppendBool(in, u.IsIn(g, s.policy.AsOf))
		}
		x := alike{string(in), g.Home, g.Kind}
		if !known[x] {
			known[x] = true
			list = append(list, g)
		}
	}
	return list
}

// exhaust tries what the premises allow, those with the shortest paths first, until there is nothing new.
func (s *Finder) exhaust() {
	for again := true; again; again = s.together() {
		for n := 0; n < len(s.waiting); n++ {
			for s.waiting[n].at < len(s.waiting[n].list) {
				q := &s.waiting[n]
				q.at++
				s.try(q.list[q.at-1])
			}
		}
	}
}

// reach looks at what a person has after some acts.
func (s *Finder) reach(who int, acts []int) {
	if f := s.flattenerOfNew(who, acts); f != nil {
		if u := s.changedBy(who, acts); u != nil {
			access := f.User(u)
			s.note(who, acts, u, &access)
		}
		return
	}
	if s.apart || len(acts) == 0 {
		if u := s.changedBy(who, acts); u != nil {
			access := s.flatten.User(u)
			s.note(who, acts, u, &access)
		}
		return
	}
	u, access := s.accessAfter(who, acts)
	s.note(who, acts, u, &access)
}

// note notes what is new in what a person has after some acts.
func (s *Finder) note(who int, acts []int, u *policy.User, a *policy.Access) {
	g := goal{who: who, acts: acts, gains: s.gains[:0]}
	s.look(who, u, a, g.gain)
	s.gains = g.gains
	if len(g.gains) == 0 {
		return
	}
	g.gains = s.kept.gains.take(len(g.gains))
	copy(g.gains, s.gains)
	s.goals = append(s.goals, g)
	if s.bounds {
		s.trace(&g)
	}
	s.allow(&g)
}

// assisted reports whether somebody else does one of the acts.
func (s *Finder) assisted(acts []int) bool {
	return slices.ContainsFunc(acts, func(i int) bool { return s.acts[i].by != 0 })
}

// gain adds a gain. Actions of one permission are one gain.
func (g *goal) gain(x Gain) {
	if n := len(g.gains); n > 0 && x.Permission != nil {
		if last := &g.gains[n-1]; last.Permission == x.Permission && last.Scope == x.Scope {
			last.Actions |= x.Actions
			return
		}
	}
	g.gains = append(g.gains, x)
}

// allow notes what in some gains lets the person give something.
func (s *Finder) allow(g *goal) {
	for i := range g.gains {
		x := &g.gains[i]
		var delegates []policy.Delegate
		switch {
		case x.Permission != nil:
			delegates = x.Permission.Delegates
		case x.Role != nil:
			delegates = x.Role.Delegates
		}
		if len(delegates) > 0 || x.Owned != nil {
			s.wait(premise{who: g.who, acts: g.acts, delegates: delegates,
				why: Reason{Role: x.Role, Permission: x.Permission, Owned: x.Owned, Scope: x.Scope}})
		}
	}
}

// wait adds a premise.
func (s *Finder) wait(p premise) {
	s.premises = append(s.premises, p)
	s.queue(len(s.premises) - 1)
}

// queue queues a premise, to be tried when its turn comes.
func (s *Finder) queue(i int) {
	n := len(s.premises[i].acts)
	for len(s.waiting) <= n {
		s.waiting = append(s.waiting, queue{})
	}
	s.waiting[n].list = append(s.waiting[n].list, i)
}

// result returns the goals as paths, the shortest first.
func (s *Finder) result() *Run {
	slices.SortStableFunc(s.goals, func(a, b goal) int { return len(a.acts) - len(b.acts) })
	r := &s.results
	r.Alone, r.Assisted, r.Others = r.Alone[:0], r.Assisted[:0], r.Others[:0]
	for i := range s.goals {
		g := &s.goals[i]
		p := Path{For: s.nameOf(g.who), Gains: g.gains, Acts: s.kept.paths.take(len(g.acts))}
		for j, a := range g.acts {
			p.Acts[j] = s.acts[a].Act
		}
		switch {
		case g.who != 0:
			r.Others = append(r.Others, p)
		case s.assisted(g.acts):
			r.Assisted = append(r.Assisted, p)
		default:
			r.Alone = append(r.Alone, p)
		}
	}
	return r
}
