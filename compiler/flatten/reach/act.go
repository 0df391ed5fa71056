package reach

import (
	"math"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// toGroup is in place of the number of a person.
const toGroup = -1

// try does everything that a premise allows. Acts that it makes possible may add premises, so it is a number.
func (s *Finder) try(number int) {
	s.premise = s.premises[number]
	p := &s.premise
	if p.why.Owned != nil {
		why := s.keepReason(p.why)
		for to := range s.receivers() {
			s.do(p, to, Act{Group: p.why.Owned, Join: true, Why: why})
		}
		return
	}
	for i := range p.delegates {
		d := &p.delegates[i]
		if p.why.Attribute != "" && !d.Covers(s.people[0].Attributes[p.why.Attribute]) {
			continue
		}
		if s.isRepeated(p, d) {
			continue
		}
		why := p.why
		why.Delegate = d
		because := s.keepReason(why)
		for _, r := range d.Roles {
			s.eachScope(p, d, r.Levels, func(on *policy.Scope) {
				s.give(p, d, Act{Role: r, Scope: on, Why: because})
			})
		}
		for _, x := range d.Permissions {
			s.eachScope(p, d, x.Levels, func(on *policy.Scope) {
				s.give(p, d, Act{Permission: x, Scope: on, Why: because})
			})
		}
	}
}

// turn names what somebody gives in a tree after some acts.
type turn struct {
	giver
	delegate *policy.Delegate
	root     *policy.Scope
	helpers  bool
}

// isRepeated reports whether a premise allows no more than one before it: somebody can give the same in the whole tree,
// from another scope. Otherwise it notes the premise.
func (s *Finder) isRepeated(p *premise, d *policy.Delegate) bool {
	if p.why.Scope == nil || d.Reach.Kind != policy.Tree {
		return false
	}
	x := turn{giver{p.who, nameActs(p.acts)}, d, p.why.Scope.Root(), s.helpers}
	if s.turns[x] {
		return true
	}
	s.turns[x] = true
	return false
}

// keepReason returns a reason that lasts as long as the paths.
func (s *Finder) keepReason(why Reason) *Reason {
	kept := &s.kept.reasons.take(1)[0]
	*kept = why
	return kept
}

// receivers counts the people who take part.
func (s *Finder) receivers() int {
	if s.helpers {
		return len(s.people)
	}
	return 1
}

// eachScope calls f with the scopes on which something of some levels can be given.
func (s *Finder) eachScope(p *premise, d *policy.Delegate, levels policy.LevelSet, f func(*policy.Scope)) {
	if p.why.Scope != nil {
		d.Reach.Each(p.why.Scope, levels, f)
		return
	}
	for _, on := range s.policy.Scopes {
		if levels.Has(on.Level) {
			f(on)
		}
	}
}

// give gives something to everybody to whom it can be given.
func (s *Finder) give(p *premise, d *policy.Delegate, a Act) {
	limit, e := &s.limit, &s.judged
	*limit = newLimit(s, p, d, &a)
	for to := range s.receivers() {
		if to == p.who && (!d.Users || d.Others) || to == 0 && !d.Users || !d.Users && !d.Invitations ||
			s.tried[s.deedOf(to, &a)] {
			continue
		}
		*e = limit.given
		if s.policy.Catalog.Home.Judge(e, s.people[to].Home, false); e.FaultFor(s.people[to]) == 0 && limit.allows() {
			s.do(p, to, a)
		}
	}
	if !d.Groups {
		return
	}
	for _, g := range s.groups {
		x := a
		x.Group = g
		if s.tried[s.deedOf(toGroup, &x)] {
			continue
		}
		*e = limit.given
		if s.judgeGroup(e, g); e.Fault == 0 && limit.allows() {
			x.UserIn = s.isIn(g, p.acts)
			s.do(p, toGroup, x)
		}
	}
}

// isIn reports whether the user is in a group after some acts.
func (s *Finder) isIn(g *policy.Group, acts []int) bool {
	return s.people[0].IsIn(g, s.policy.AsOf) || slices.ContainsFunc(acts, func(i int) bool {
		return s.acts[i].Join && s.acts[i].to == 0 && s.acts[i].Group == g
	})
}

// judgeGroup rejects what a group cannot have.
func (s *Finder) judgeGroup(e *policy.Entry, g *policy.Group) {
	s.policy.Catalog.Home.Judge(e, g.Home, true)
	if k := g.Kind; k != nil && (e.Role != nil && k.NoRoles || e.Permission != nil && k.NoGrants) {
		e.Reject(policy.WrongGroupKind)
	}
}

// entryOf returns the entry that an act makes. It is in no file.
func entryOf(a *Act) policy.Entry {
	e := policy.Entry{Role: a.Role, Permission: a.Permission, Scope: a.Scope, Pos: policy.Pos{File: math.MaxInt32}}
	if a.Permission != nil {
		e.Actions = a.Permission.All()
	}
	e.Judge()
	return e
}

// deedOf returns the key of what an act does, whoever does it and why.
func (s *Finder) deedOf(to int, a *Act) key {
	k := key{who: int32(to), what: -1, scope: -1, group: -1}
	switch {
	case a.Role != nil:
		k.what = int32(a.Role.Index)
	case a.Permission != nil:
		k.what = s.permissionKey(a.Permission)
	}
	if a.Scope != nil {
		k.scope = int32(a.Scope.Index)
	}
	if a.Group != nil {
		k.group = int32(a.Group.Index)
	}
	return k
}

// do does something that was not done before, and looks at what it gives.
func (s *Finder) do(p *premise, to int, a Act) {
	what := s.deedOf(to, &a)
	if s.tried[what] {
		return
	}
	s.tried[what] = true
	a.By = s.nameOf(p.who)
	if to != toGroup {
		a.To = s.nameOf(to)
	}
	kept := &s.kept.acts.take(1)[0]
	*kept = a
	s.acts = append(s.acts, step{Act: kept, by: p.who, to: to, before: p.acts})
	acts := s.kept.chains.take(len(p.acts) + 1)
	acts[copy(acts, p.acts)] = len(s.acts) - 1
	if to != toGroup {
		s.reach(to, acts)
		return
	}
	for who := range s.receivers() {
		s.reach(who, acts)
	}
}

func (s *Finder) nameOf(who int) Somebody {
	return Somebody{Other: who != 0, Affiliation: s.people[who].Affiliation}
}
