package silence

import (
	"math"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// waived says which waivers silence a finding, and which findings they silence.
type waived struct {
	used  []bool // by number of the waiver
	first []int  // the number of the first waiver of each finding; none: math.MaxInt
}

// markWaived marks the findings that waivers silence. The last waiver that does counts. It leaves out waivers that are
// wrong.
func markWaived(found []diag.Finding, waivers []*policy.Waiver, wrong []bool) waived {
	x := newMeant(waivers, wrong)
	s := waived{make([]bool, len(waivers)), make([]int, len(found))}
	for i := range found {
		d, last := &found[i], -1
		if s.first[i] = math.MaxInt; d.Waiver != nil {
			s.first[i] = -1
		}
		x.each(d, func(n int) {
			if d.From <= waivers[n].Expires {
				s.used[n], s.first[i], last = true, min(s.first[i], n), max(last, n)
			}
		})
		if last >= 0 {
			d.Waiver = waivers[last]
		}
	}
	return s
}

// meant finds the waivers that are about a finding without looking at all of them.
type meant struct {
	waivers []*policy.Waiver
	numbers map[subject][]int
	kinds   []subject // what waivers name: subjects with the fields that are given, without names
}

// subject is what a waiver names of a finding: its user and its group, and the role, permission and scope of a finding
// about one of a kind. Of a finding about several, it is one thing that it must name.
type subject struct {
	rule                          string
	ofUser, ofGroup, ofScope      bool
	exact, several, byRole        bool
	user, group, role, permission string
	scope                         string
}

func newMeant(waivers []*policy.Waiver, wrong []bool) *meant {
	x := &meant{waivers: waivers, numbers: map[subject][]int{}}
	known := map[subject]bool{}
	for n, w := range waivers {
		if wrong != nil && wrong[n] {
			continue
		}
		for _, s := range subjectsOf(w) {
			x.numbers[s] = append(x.numbers[s], n)
			kind := subject{ofUser: s.ofUser, ofGroup: s.ofGroup, ofScope: s.ofScope, exact: s.exact,
				several: s.several, byRole: s.byRole}
			if !known[kind] {
				known[kind], x.kinds = true, append(x.kinds, kind)
			}
		}
	}
	return x
}

// subjectsOf returns what a waiver names: of findings about one of a kind and about several, of a user whose id is
// exact and of another one.
func subjectsOf(w *policy.Waiver) (list []subject) {
	s := subject{rule: w.Rule.Name, ofUser: w.User.Given(), ofGroup: w.Group.Given()}
	if s.ofGroup {
		s.group = w.Group.Name
	}
	one, several := s, s
	one.role, one.permission, one.ofScope = w.Role.Name, w.Permission.Name, w.Scope.Given()
	if one.ofScope {
		one.scope = w.Scope.Name
	}
	list = append(list, one)
	if several.several, several.byRole = true, w.Role.Given(); several.byRole {
		several.role = w.Role.Name
	} else {
		several.permission = w.Permission.Name
	}
	if several.byRole || w.Permission.Given() {
		list = append(list, several)
	}
	for _, s := range slices.Clone(list) {
		s.exact = true
		list = append(list, s)
	}
	for i := range list {
		if list[i].ofUser {
			list[i].user = userKey(list[i].exact, w.User.Name)
		}
	}
	return list
}

func userKey(exact bool, id string) string { return (&diag.Finding{ExactUser: exact}).UserKey(id) }

// each calls a function with the number of each waiver that is about a finding, on any day.
func (x *meant) each(d *diag.Finding, f func(n int)) {
	several, user := len(d.Things) > 0, ""
	for _, s := range x.kinds {
		if s.exact != d.ExactUser || s.several != several {
			continue
		}
		s.rule = d.Rule
		if s.ofUser {
			if user == "" {
				user = d.UserKey(d.User)
			}
			s.user = user
		}
		if s.ofGroup {
			s.group = d.Group
		}
		if !several {
			if s.role, s.permission = d.Role, d.Permission; s.ofScope {
				s.scope = d.Scope
			}
			x.call(s, d, f)
			continue
		}
		for i, t := range d.Things {
			one := s
			if one.byRole {
				one.role = t.Role
			} else {
				one.permission = t.Permission
			}
			if !slices.ContainsFunc(d.Things[:i], func(o diag.Thing) bool {
				return one.byRole && o.Role == t.Role || !one.byRole && o.Permission == t.Permission
			}) {
				x.call(one, d, f)
			}
		}
	}
}

// call calls a function with the number of each waiver of a subject that is about a finding.
func (x *meant) call(s subject, d *diag.Finding, f func(n int)) {
	for _, n := range x.numbers[s] {
		if isMeant(x.waivers[n], d) {
			f(n)
		}
	}
}

// neighbours finds the findings of a rule about somebody, for waivers that silence nothing.
type neighbours struct {
	found    []diag.Finding
	silenced waived
	by       map[subject][]int // findings, in order; nil: not made yet
}

func newNeighbours(found []diag.Finding, silenced waived) *neighbours {
	return &neighbours{found: found, silenced: silenced}
}

// before returns the findings of the rule, user and group of a waiver that none before it silences.
func (x *neighbours) before(n int, w *policy.Waiver) (list []int) {
	if x.by == nil {
		x.fill()
	}
	for _, exact := range []bool{false, true} {
		s := subject{rule: w.Rule.Name, exact: exact, ofUser: w.User.Given(), ofGroup: w.Group.Given()}
		if s.ofUser {
			s.user = userKey(exact, w.User.Name)
		}
		if s.ofGroup {
			s.group = w.Group.Name
		}
		for _, i := range x.by[s] {
			if x.silenced.first[i] >= n {
				list = append(list, i)
			}
		}
	}
	slices.Sort(list)
	return list
}

// fill sorts the findings by rule, user and group.
func (x *neighbours) fill() {
	x.by = map[subject][]int{}
	for i := range x.found {
		d := &x.found[i]
		s := subject{rule: d.Rule, exact: d.ExactUser}
		for _, s.ofUser = range []bool{false, true} {
			for _, s.ofGroup = range []bool{false, true} {
				s.user, s.group = "", ""
				if s.ofUser {
					s.user = d.UserKey(d.User)
				}
				if s.ofGroup {
					s.group = d.Group
				}
				x.by[s] = append(x.by[s], i)
			}
		}
	}
}
