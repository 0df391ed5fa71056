package reach

import (
	"encoding/binary"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// limit judges once, for all receivers, whether somebody may give something of which they must hold as much.
type limit struct {
	s     *Finder
	p     *premise
	d     *policy.Delegate
	given policy.Entry

	judged, within bool
}

func newLimit(s *Finder, p *premise, d *policy.Delegate, a *Act) limit {
	return limit{s: s, p: p, d: d, given: entryOf(a)}
}

func (l *limit) allows() bool {
	if !l.d.Own || l.judged {
		return !l.d.Own || l.within
	}
	l.judged, l.within = true, true
	held := l.s.heldBy(l.p)
	l.s.eachPart(l.p.who, &l.given, func(part lack) bool {
		if l.within = part.isIn(held); !l.within {
			l.s.refuse(l.p, l.d, &l.given, part.key)
		}
		return l.within
	})
	return l.within
}

// heldBy returns what a giver holds after the acts that lead to a premise.
func (s *Finder) heldBy(p *premise) map[key]policy.Records {
	if p.held == nil {
		p.held = map[key]policy.Records{}
		u := s.after(p.who, p.acts)
		access := s.flatten.User(u)
		s.each(p.who, u, &access, func(x *fact, records policy.Records) { p.held[s.keyOf(x)] = records })
	}
	return p.held
}

// lack is what somebody needs in order to give something: an action, on at least some records.
type lack struct {
	key     key
	records policy.Records
}

func (l *lack) isIn(held map[key]policy.Records) bool {
	has, ok := held[l.key]
	return ok && has <= l.records
}

// eachPart calls f with all that an entry gives to somebody of the giver's affiliation, until f returns false: also
// with what is denied to the giver, since the receiver may have it.
func (s *Finder) eachPart(who int, e *policy.Entry, f func(lack) bool) {
	access := s.flatten.User(&policy.User{Affiliation: s.people[who].Affiliation, Entries: []policy.Entry{*e}})
	for i := range access.Rows {
		r := &access.Rows[i]
		x := fact{who: who, permission: r.Permission, scope: r.Scope}
		for v := range r.Via {
			for x.action = range r.Permission.Actions {
				if r.Via[v].Actions>>x.action&1 != 0 && !f(lack{s.keyOf(&x), r.Via[v].Records}) {
					return
				}
			}
		}
	}
}

// refusal is something that somebody could give if they held more.
type refusal struct {
	premise premise // with one delegate
	given   policy.Entry
}

// refuse keeps what somebody cannot give until they reach something that they lack.
func (s *Finder) refuse(p *premise, d *policy.Delegate, e *policy.Entry, lacked key) {
	x := refusal{premise: *p, given: *e}
	x.premise.held, x.premise.delegates = nil, only(p.delegates, d)
	s.refused[lacked] = append(s.refused[lacked], x)
	if _, ok := s.facts[lacked]; ok {
		s.reconsider(lacked)
	}
}

// only returns the part of a list that holds one of its items.
func only(list []policy.Delegate, d *policy.Delegate) []policy.Delegate {
	for i := range list {
		if &list[i] == d {
			return list[i : i+1 : i+1]
		}
	}
	return nil
}

// reconsider looks again at what somebody could not give, for lack of something that they have reached now.
func (s *Finder) reconsider(reached key) {
	list := s.refused[reached]
	delete(s.refused, reached)
	for i := range list {
		s.raise(&list[i])
	}
}

// raise lets somebody try again after all acts that lead to what they lack, if each part of that is reached.
func (s *Finder) raise(x *refusal) {
	p := x.premise
	acts, held := p.acts, s.heldBy(&x.premise)
	missing := false
	s.eachPart(p.who, &x.given, func(part lack) bool {
		switch {
		case part.isIn(held):
		case part.isIn(s.facts):
			acts = mergeActs(acts, s.chains[part.key])
		default:
			missing = true
			s.refused[part.key] = append(s.refused[part.key], *x)
		}
		return !missing
	})
	if missing || len(acts) == len(p.acts) {
		return
	}
	p.acts, p.held = s.leastActs(x, acts), nil
	again := retry{who: p.who, why: p.why, delegate: &p.delegates[0], acts: nameActs(acts)}
	if !s.retried[again] {
		s.retried[again] = true
		s.wait(p)
	}
}

// leastActs drops acts, one by one, that a giver does not need in order to hold what they lacked.
func (s *Finder) leastActs(x *refusal, acts []int) []int {
	for i := len(acts) - 1; i >= 0; i-- {
		if i >= len(acts) || slices.Contains(x.premise.acts, acts[i]) {
			continue
		}
		fewer := s.without(acts, acts[i:i+1])
		if !containsAll(fewer, x.premise.acts) {
			continue
		}
		enough, held := true, s.heldBy(&premise{who: x.premise.who, acts: fewer})
		s.eachPart(x.premise.who, &x.given, func(part lack) bool {
			enough = part.isIn(held)
			return enough
		})
		if enough {
			acts = fewer
		}
	}
	return acts
}

func containsAll(list, some []int) bool {
	return !slices.ContainsFunc(some, func(i int) bool { return !slices.Contains(list, i) })
}

// retry names what somebody tries again after some acts.
type retry struct {
	who      int
	why      Reason
	delegate *policy.Delegate
	acts     string
}

// mergeActs returns the acts of two sorted lists.
func mergeActs(a, b []int) []int {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func nameActs(acts []int) string {
	var b []byte
	for _, i := range acts {
		b = binary.AppendUvarint(b, uint64(i))
	}
	return string(b)
}

// trace notes by which acts somebody reaches something, for those who can give no more than they hold.
func (s *Finder) trace(g *goal) {
	for i := range g.gains {
		x := fact{who: g.who, permission: g.gains[i].Permission, scope: g.gains[i].Scope}
		if x.permission == nil {
			continue
		}
		for x.action = range x.permission.Actions {
			if g.gains[i].Actions>>x.action&1 == 0 {
				continue
			}
			k := s.keyOf(&x)
			s.chains[k] = g.acts
			s.reconsider(k)
		}
	}
}
