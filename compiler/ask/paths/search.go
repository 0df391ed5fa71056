package paths

import (
	"slices"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// search looks for the paths of one user: a least fixpoint, breadth-first. It knows people by number: 0 is the user,
// the others have nothing but an affiliation each.
type search struct {
	policy  *policy.Policy
	flatten *flatten.Flattener
	owned   *owners
	people  []*policy.User

	acts  []step
	tried map[deed]bool
	facts map[fact]policy.Records // the most records that are known to be reached
	goals []goal

	premises []premise       // all
	waiting  [][]premise     // those to try, by the number of acts that lead to them
	groups   []*policy.Group // that the user is in or may come to own
	combine  bool            // acts may give more together than one after the other
	apart    bool            // what an act gives does not depend on what the receiver has
	helpers  bool            // others take part
	bare     []*policy.User  // the people without anything that they have
	gains    []Gain          // of the goal at hand
}

// step is an act, with those before it that make it possible.
type step struct {
	Act
	by, to int // to is -1 if it is given to a group
	before []int
}

// deed is what an act does, whoever does it and why.
type deed struct {
	to         int
	group      *policy.Group
	join       bool
	role       *policy.Role
	permission *policy.Permission
	scope      *policy.Scope
}

// fact is something that somebody can reach.
type fact struct {
	who        int
	role       *policy.Role
	permission *policy.Permission
	action     int
	owned      *policy.Group
	scope      *policy.Scope
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
	Reason    // without the delegate
	delegates []policy.Delegate
	acts      []int
}

func newSearch(p *policy.Policy, f *flatten.Flattener, owned *owners, u *policy.User) *search {
	s := &search{
		policy:  p,
		flatten: f,
		owned:   owned,
		people:  []*policy.User{u},
		tried:   owned.tried,
		facts:   owned.facts,
	}
	clear(s.tried)
	clear(s.facts)
	s.people = append(s.people, owned.others...)
	s.groups = owned.around(u, p.AsOf)
	s.combine = len(p.Catalog.Derived) > 0 || len(s.groups) > 0 ||
		slices.ContainsFunc(p.Denies, func(r *policy.Rule) bool { return r.Deny.Unless != nil })
	s.apart = !s.combine && !slices.ContainsFunc(p.Denies, asksForEntries)
	if s.apart {
		s.bare = append([]*policy.User{withoutAccess(u)}, owned.bare...)
	}
	return s
}

// asksForEntries reports whether a deny rule depends on what else somebody has, and where that is written.
func asksForEntries(r *policy.Rule) bool { return len(r.Deny.Roles) > 0 || r.Deny.Written != nil }

// withoutAccess returns a user who is in the same groups, but to whom nothing is given.
func withoutAccess(u *policy.User) *policy.User {
	v := *u
	v.Entries, v.Default, v.Memberships = nil, nil, slices.Clone(u.Memberships)
	for i := range v.Memberships {
		g := *v.Memberships[i].Group
		g.Entries, v.Memberships[i].Group = nil, &g
	}
	return &v
}

// run finds first what the user reaches alone, then what others add.
func (s *search) run() *Run {
	s.reach(0, nil)
	s.goals = nil // what the user has is no goal
	for _, a := range s.owned.attributes(s.people[0]) {
		s.wait(premise{Reason: Reason{Attribute: a.ID}, delegates: a.Delegates})
	}
	s.exhaust()
	s.helpers = true
	for i := 1; i < len(s.people); i++ {
		access := s.flatten.User(s.people[i])
		s.look(i, s.people[i], &access, func(Gain) {}) // what everybody has lets nobody help
	}
	for _, p := range s.premises {
		s.waiting[len(p.acts)] = append(s.waiting[len(p.acts)], p)
	}
	s.exhaust()
	return s.result()
}

// exhaust tries what the premises allow, those with the shortest paths first, until there is nothing new.
func (s *search) exhaust() {
	for again := true; again; again = s.together() {
		for n := 0; n < len(s.waiting); n++ {
			for len(s.waiting[n]) > 0 {
				p := s.waiting[n][0]
				s.waiting[n] = s.waiting[n][1:]
				s.try(&p)
			}
		}
	}
}

// reach looks at what a person has after some acts, and notes what is new.
func (s *search) reach(who int, acts []int) {
	u := s.changedBy(who, acts)
	access := s.flatten.User(u)
	g := goal{who: who, acts: acts, gains: s.gains[:0]}
	s.look(who, u, &access, g.gain)
	s.gains = g.gains
	if len(g.gains) > 0 {
		g.gains = slices.Clone(g.gains)
		s.goals = append(s.goals, g)
		s.allow(&g)
	}
}

// changedBy returns a person after some acts: without what is known already, if the last act alone gives what is new.
func (s *search) changedBy(who int, acts []int) *policy.User {
	if !s.apart || len(acts) == 0 {
		return s.after(who, acts)
	}
	u := *s.bare[who]
	e := entryOf(&s.acts[acts[len(acts)-1]].Act)
	s.policy.Catalog.Home.Judge(&e, u.Home, false)
	u.Entries = []policy.Entry{e}
	return &u
}

// assisted reports whether somebody else does one of the acts.
func (s *search) assisted(acts []int) bool {
	return slices.ContainsFunc(acts, func(i int) bool { return s.acts[i].by != 0 })
}

// look calls f with what is new among what somebody has.
func (s *search) look(who int, u *policy.User, a *policy.Access, f func(Gain)) {
	s.each(who, u, a, func(x fact, records policy.Records) {
		if s.learn(x, records) {
			gain := Gain{Role: x.role, Permission: x.permission, Owned: x.owned, Scope: x.scope}
			if x.permission != nil {
				gain.Actions = 1 << x.action
			}
			f(gain)
		}
	})
}

// each calls f with all that somebody has, in order.
func (s *search) each(who int, u *policy.User, a *policy.Access, f func(fact, policy.Records)) {
	for i := range a.Roles {
		f(fact{who: who, role: a.Roles[i].Role, scope: a.Roles[i].Scope}, policy.AllRecords)
	}
	for i := range a.Rows {
		r := &a.Rows[i]
		for action := range r.Permission.Actions {
			if bit := policy.Actions(1) << action; r.Actions&bit != 0 {
				f(fact{who: who, permission: r.Permission, action: action, scope: r.Scope}, r.RecordsOf(bit))
			}
		}
	}
	for _, g := range s.owned.of(u, s.policy.AsOf) {
		f(fact{who: who, owned: g}, policy.AllRecords)
	}
}

// learn notes a fact, and reports whether it was unknown, or known with fewer records.
func (s *search) learn(f fact, records policy.Records) bool {
	if known, ok := s.facts[f]; ok && known <= records {
		return false
	}
	s.facts[f] = records
	return true
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
func (s *search) allow(g *goal) {
	for _, x := range g.gains {
		p := premise{who: g.who, acts: g.acts, Reason: Reason{Role: x.Role, Permission: x.Permission, Owned: x.Owned,
			Scope: x.Scope}}
		switch {
		case x.Permission != nil:
			p.delegates = x.Permission.Delegates
		case x.Role != nil:
			p.delegates = x.Role.Delegates
		}
		if len(p.delegates) > 0 || x.Owned != nil {
			s.wait(p)
		}
	}
}

// wait queues a premise.
func (s *search) wait(p premise) {
	for len(s.waiting) <= len(p.acts) {
		s.waiting = append(s.waiting, nil)
	}
	s.waiting[len(p.acts)] = append(s.waiting[len(p.acts)], p)
	s.premises = append(s.premises, p)
}

// result returns the goals as paths, the shortest first.
func (s *search) result() *Run {
	slices.SortStableFunc(s.goals, func(a, b goal) int { return len(a.acts) - len(b.acts) })
	r := &Run{}
	for i := range s.goals {
		g := &s.goals[i]
		p := Path{For: s.nameOf(g.who), Gains: g.gains}
		for _, a := range g.acts {
			p.Acts = append(p.Acts, s.acts[a].Act)
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
