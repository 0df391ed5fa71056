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
	lacked, within := l.s.judge(l.p, &l.given)
	if l.judged, l.within = true, within; !within {
		l.s.refuse(l.p, l.d, &l.given, lacked)
	}
	return l.within
}

// judgement names what a giver would give after some acts. Why they may give it does not matter: somebody with a role
// on N scopes may for N reasons.
type judgement struct {
	who   int
	acts  string
	given given
}

// verdict is what a giver lacks, unless what they would give is within what they hold.
type verdict struct {
	lacked key
	within bool
}

// judge reports whether somebody holds as much as they would give, or what they lack.
func (s *Finder) judge(p *premise, e *policy.Entry) (lacked key, within bool) {
	x := judgement{p.who, nameActs(p.acts), s.givenBy(p.who, e)}
	v, known := s.verdicts[x]
	if !known {
		v = s.weigh(p, e)
		s.verdicts[x] = v
	}
	return v.lacked, v.within
}

// weigh compares what somebody holds with what they would give.
func (s *Finder) weigh(p *premise, e *policy.Entry) (v verdict) {
	if v, ok := s.weighInTree(p, e); ok {
		return v
	}
	held, needs := s.heldBy(p.who, p.acts), s.partsOf(p.who, e)
	i := held.lacking(needs)
	if i < 0 {
		return verdict{within: true}
	}
	return verdict{lacked: s.factOf(p.who, needs[i])}
}

// part is an action of a permission on a scope, on some records: somebody holds it, or needs it in order to give
// something.
type part struct {
	what, scope int32 // as in keys
	records     policy.Records
}

// parts are sorted by scope, then by what they are.
type parts []part

// at returns where a part is on a scope, as a number to sort by.
func (x part) at() uint64 { return uint64(x.scope)<<32 | uint64(x.what) }

// find returns the number of parts before one, looking first from a guess on: others are mostly looked for in order.
func (list parts) find(x part, guess int) int {
	low, high := 0, len(list)
	if guess < high && list[guess].at() <= x.at() {
		low = guess
		for step := 1; low+step < high; step *= 2 {
			if list[low+step].at() > x.at() {
				high = low + step
				break
			}
			low += step
		}
	}
	for low < high {
		if middle := int(uint(low+high) / 2); list[middle].at() < x.at() {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// lacking returns the first of some parts that a list does not include on at least as many records, or else -1.
func (list parts) lacking(some parts) int {
	at := 0
	for i, x := range some {
		if at = list.find(x, at); at == len(list) || list[at].at() != x.at() || list[at].records > x.records {
			return i
		}
	}
	return -1
}

// factOf returns the key of what somebody reaches with a part.
func (s *Finder) factOf(who int, x part) key {
	return key{who: int32(who), what: x.what, scope: x.scope, group: -1}
}

// heldBy returns what a giver holds after some acts.
func (s *Finder) heldBy(who int, acts []int) parts {
	s.name = appendActs(binary.AppendUvarint(s.name[:0], uint64(who)), acts)
	if held, ok := s.held[string(s.name)]; ok {
		return held
	}
	if held, ok := s.before[who]; ok && len(acts) == 0 {
		return held
	}
	from := s.makeRoom()
	access := s.flatten.User(s.after(who, acts))
	for i := range access.Rows {
		r := &access.Rows[i]
		s.addParts(r, r.Actions, nil)
	}
	held := parts(slices.Clip(s.parts[from:]))
	if s.held[string(s.name)] = held; len(acts) == 0 {
		s.before[who] = held
	}
	return held
}

// mostParts limits the parts that a finder keeps for one search, about 12 MB of them.
const mostParts = 1 << 20

// makeRoom returns where the next list of parts begins. If there are too many, it forgets those that are known.
func (s *Finder) makeRoom() int {
	if len(s.parts) > mostParts {
		s.parts = nil // lists in use stay as they are
		clear(s.held)
		clear(s.partsGiven)
	}
	return len(s.parts)
}

// addParts adds a part for each of some actions of a row, on the records of a source or of all.
func (s *Finder) addParts(r *policy.Row, actions policy.Actions, by *policy.Via) {
	x := part{scope: int32(r.Scope.Index)}
	for action := range r.Permission.Actions {
		bit := policy.Actions(1) << action
		if actions&bit == 0 {
			continue
		}
		if x.what = s.permissionKey(r.Permission) + int32(action); by != nil {
			x.records = by.Records
		} else {
			x.records = r.RecordsOf(bit)
		}
		s.parts = append(s.parts, x)
	}
}

// given is an entry that somebody of an affiliation could make.
type given struct {
	affiliation string
	role        *policy.Role
	permission  *policy.Permission
	scope       *policy.Scope
}

func (s *Finder) givenBy(who int, e *policy.Entry) given {
	return given{s.people[who].Affiliation, e.Role, e.Permission, e.Scope}
}

// partsOf returns all that an entry gives to somebody of the giver's affiliation: also what is denied to the giver,
// since the receiver may have it. They need not be sorted.
func (s *Finder) partsOf(who int, e *policy.Entry) parts {
	x := s.givenBy(who, e)
	if list, ok := s.partsGiven[x]; ok {
		return list
	}
	access := s.flatten.User(&policy.User{Affiliation: x.affiliation, Entries: []policy.Entry{*e}})
	from := s.makeRoom()
	for i := range access.Rows {
		r := &access.Rows[i]
		for v := range r.Via {
			s.addParts(r, r.Via[v].Actions, &r.Via[v])
		}
	}
	list := parts(slices.Clip(s.parts[from:]))
	s.partsGiven[x] = list
	return list
}

// refusal is something that somebody could give if they held more.
type refusal struct {
	premise premise // with one delegate
	given   policy.Entry
}

// refuse keeps what somebody cannot give until they reach something that they lack.
func (s *Finder) refuse(p *premise, d *policy.Delegate, e *policy.Entry, lacked key) {
	x := refusal{premise: *p, given: *e}
	x.premise.delegates = only(p.delegates, d)
	if _, ok := s.facts[lacked]; ok {
		s.raise(&x)
		return
	}
	s.refused[lacked] = append(s.refused[lacked], x)
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
	if lacked, ok := s.unreachedThere(&p, &x.given); ok {
		s.refused[lacked] = append(s.refused[lacked], *x)
		return
	}
	acts, held := p.acts, s.heldBy(p.who, p.acts)
	needs := s.partsOf(p.who, &x.given)
	for i := held.lacking(needs); i >= 0; i = held.lacking(needs) {
		fact := s.factOf(p.who, needs[i])
		if !s.isReached(fact, needs[i]) {
			s.refused[fact] = append(s.refused[fact], *x)
			return
		}
		acts = mergeActs(acts, s.chains[fact])
		needs = needs[i+1:]
	}
	if len(acts) == len(p.acts) {
		return
	}
	p.acts = s.leastActs(x, acts)
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
		held := s.heldBy(x.premise.who, fewer)
		if held.lacking(s.partsOf(x.premise.who, &x.given)) < 0 {
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
	return string(appendActs(nil, acts))
}

func appendActs(b []byte, acts []int) []byte {
	for _, i := range acts {
		b = binary.AppendUvarint(b, uint64(i))
	}
	return b
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
