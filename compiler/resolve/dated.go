package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// stay is when somebody is in a group, and where the best way in is declared.
type stay struct {
	periods policy.Periods
	pos     policy.Pos
	best    policy.Period // of the way that pos declares
	direct  int32         // how many declarations name the group itself
}

// joinDated makes everybody in a group its member, for a group with dated memberships. A way into the group counts on
// the days on which all of its memberships do; all ways together make a user's periods.
func (b *policyBinder) joinDated(n *nesting) {
	ways := map[*nesting]*stay{n: {periods: policy.Periods{{}}}}
	users := map[*policy.User]*stay{}
	var order []*policy.User
	for _, x := range n.outermostFirst() {
		from := ways[x]
		if x != n {
			x.outerDated = append(x.outerDated, policy.Membership{Group: n.group, Pos: from.pos, Periods: from.kept()})
		}
		for i := range x.members {
			m := &x.members[i]
			if users[m.user] == nil {
				users[m.user] = &stay{}
				order = append(order, m.user)
			}
			users[m.user].through(from, m.pos, m.terms, b.opts.AsOf)
			if x == n {
				users[m.user].direct++
				n.group.NoteNamed(m.user, m.terms)
			}
		}
		for _, y := range x.inner {
			if ways[y.nesting] == nil {
				ways[y.nesting] = &stay{}
			}
			ways[y.nesting].through(from, y.pos, y.terms, b.opts.AsOf)
		}
	}
	for _, u := range order {
		m := policy.Membership{Group: n.group, Pos: users[u].pos, Direct: users[u].direct, Periods: users[u].kept()}
		u.Memberships = append(u.Memberships, m)
		if !m.Periods.Over(b.opts.AsOf) {
			n.group.Users = append(n.group.Users, u)
		}
	}
	slices.SortFunc(n.group.Users, func(x, y *policy.User) int { return strings.Compare(x.ID, y.ID) })
	n.membersTwice()
	n.innerTwice()
}

// outermostFirst returns a group and all groups in it, each after those that it is in.
func (n *nesting) outermostFirst() (list []*nesting) {
	seen := map[*nesting]bool{}
	var visit func(x *nesting)
	visit = func(x *nesting) {
		if seen[x] {
			return
		}
		seen[x] = true
		for _, y := range x.inner {
			visit(y.nesting)
		}
		list = append(list, x)
	}
	visit(n)
	slices.Reverse(list)
	return list
}

// through adds the days of a membership in a group that is itself reached on some days.
func (s *stay) through(from *stay, pos policy.Pos, terms *policy.Terms, today policy.Date) {
	if !s.pos.IsValid() {
		s.pos = pos
	}
	own, ok := terms.Period()
	if !ok {
		return
	}
	for _, p := range from.periods {
		both, ok := p.And(own)
		if !ok {
			continue
		}
		if len(s.periods) == 0 || better(both, s.best, today) || both == s.best && comparePos(pos, s.pos) < 0 {
			s.best, s.pos = both, pos
		}
		s.periods = s.periods.Add(both)
	}
}

// better reports whether a period says more about a day than another: it is in force, and longer, or else the next.
func better(a, b policy.Period, day policy.Date) bool {
	switch {
	case a.Covers(day) || b.Covers(day):
		return a.Covers(day) && (!b.Covers(day) || a.Ends.End() > b.Ends.End())
	case a.Starts > day && b.Starts > day:
		return a.Starts < b.Starts
	}
	return a.Starts > day
}

// kept returns the periods as a membership has them.
func (s *stay) kept() *policy.Periods {
	if len(s.periods) == 1 && s.periods[0] == (policy.Period{}) {
		return nil
	}
	if s.periods == nil {
		return &policy.Periods{}
	}
	return &s.periods
}

// membersTwice finds the users who are in a group more than once for the same period.
func (n *nesting) membersTwice() {
	type stay struct {
		user   *policy.User
		period policy.Period
	}
	list := slices.Clone(n.members)
	slices.SortStableFunc(list, func(x, y member) int { return comparePos(x.pos, y.pos) })
	first := map[stay]policy.Pos{}
	for _, m := range list {
		p, _ := m.terms.Period()
		if k := (stay{m.user, p}); !n.repeats(first[k], m.pos) {
			first[k] = m.pos
		}
	}
}

// innerTwice does the same for groups.
func (n *nesting) innerTwice() {
	if len(n.inner) < 2 {
		return
	}
	type stay struct {
		inner  *nesting
		period policy.Period
	}
	list := slices.Clone(n.inner)
	slices.SortStableFunc(list, func(x, y inner) int { return comparePos(x.pos, y.pos) })
	first := map[stay]policy.Pos{}
	for _, in := range list {
		p, _ := in.terms.Period()
		if k := (stay{in.nesting, p}); !n.repeats(first[k], in.pos) {
			first[k] = in.pos
		}
	}
}

// repeats reports whether there is an earlier membership like the one at pos, and notes it.
func (n *nesting) repeats(first, pos policy.Pos) bool {
	if !first.IsValid() {
		return false
	}
	if n.twice == nil {
		n.twice = map[policy.Pos]policy.Pos{}
	}
	n.twice[pos] = first
	return true
}

// special lists the memberships that say more than a name, or repeat another one, in the order of the files: several
// goroutines found them.
func (n *nesting) special() {
	if !n.termed && len(n.twice) == 0 {
		return
	}
	for i := range n.members {
		if m := &n.members[i]; m.terms != nil || n.twice[m.pos].IsValid() {
			n.group.Special = append(n.group.Special, policy.Member{User: m.user, Pos: m.pos, Terms: m.terms,
				First: n.twice[m.pos]})
		}
	}
	for _, in := range n.inner {
		if in.terms != nil || n.twice[in.pos].IsValid() {
			n.group.Special = append(n.group.Special, policy.Member{Inner: in.group, Pos: in.pos, Terms: in.terms,
				First: n.twice[in.pos]})
		}
	}
	slices.SortStableFunc(n.group.Special, func(x, y policy.Member) int { return comparePos(x.Pos, y.Pos) })
}
