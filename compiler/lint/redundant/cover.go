package redundant

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// covered returns an entry that gives what a source gives, of those that together do so on all of its
// days and as long. It returns nil if there is anything that the others do not give.
func (p *person) covered(i int) *policy.Entry { return p.coveredBy(&p.sources[i], i) }

// coveredBy asks covered about the sources but one. What a rule counts may stay through one source, and the rest
// through others.
func (p *person) coveredBy(x *source, but int) *policy.Entry {
	if x.entry.Role == nil {
		return p.grantCovered(x, but)
	}
	if !p.countsAssigned(x.entry) {
		return p.coveredIn(x, but, p.isAbove)
	}
	both := func(y, x *source) bool { return p.isAbove(y, x) && isSame(y, x) }
	if by := p.coveredIn(x, but, both); by != nil {
		return by
	}
	if p.coveredIn(x, but, p.countsAs) == nil {
		return nil
	}
	return p.coveredIn(x, but, p.isAbove)
}

// coveredIn asks covered about an assignment, in one respect: others stand for it where they are over it.
func (p *person) coveredIn(x *source, but int, over func(y, x *source) bool) *policy.Entry {
	if p.spans != nil && inForceOnce(x) {
		return p.outlasted(x, but, over)
	}
	list := p.rivals(x)
	n := 0
	for _, j := range list {
		if y := &p.sources[j]; int(j) != but && !p.isOff(y) && over(y, x) {
			if outlasts(y, x) {
				return y.entry
			}
			list[n] = j
			n++
		}
	}
	switch {
	case n == 0 && x.periods == nil, !p.daysCovered(x, list[:n]):
		return nil
	case n == 0:
		return x.entry // it never counts for the user
	}
	return p.sources[list[0]].entry
}

// isAbove reports whether a source gives all that an assignment gives, on the days on which it does.
func (p *person) isAbove(y, x *source) bool {
	if y.entry.Role == nil || p.isFarther(y, x) || p.isExcepted(y, x) ||
		p.records && y.group != nil && y.group != x.group {
		return false
	}
	return isSame(y, x) || p.leads(policy.RoleOn{Role: y.entry.Role, Scope: y.entry.Scope},
		policy.RoleOn{Role: x.entry.Role, Scope: x.entry.Scope})
}

// isSame reports whether two sources assign the same role on the same scope.
func isSame(y, x *source) bool { return y.entry.Role == x.entry.Role && y.entry.Scope == x.entry.Scope }

// countsAs reports whether a rule that counts assigned roles counts a source like another one.
func (p *person) countsAs(y, x *source) bool {
	return isSame(y, x) && !(p.countsDirect && p.isFarther(y, x))
}

// countsAssigned reports whether a rule counts an assigned role, which one that another role includes does not replace.
func (f *finder) countsAssigned(e *policy.Entry) bool {
	for _, r := range f.counted {
		if h := r.Holders; h != nil && h.Role == e.Role && h.Level == e.Scope.Level {
			return true
		}
		if u := r.PerUser; u != nil && (u.Level < 0 || u.Level == e.Scope.Level) {
			return true
		}
	}
	return false
}

// isFarther reports whether rules can tell a source through a group from one that is the user's own.
func (p *person) isFarther(y, x *source) bool { return p.direct && y.group != nil && x.group == nil }

// outlasts reports whether a source gives something on all days of another, and as long.
func outlasts(y, x *source) bool {
	if y.entry.Starts > x.entry.Starts || y.entry.Ends.End() < x.entry.Ends.End() {
		return false
	}
	return y.periods == nil || x.periods != nil && y.periods.Equal(x.periods)
}

// daysCovered reports whether on each day of a source some other gives something as long.
func (p *person) daysCovered(x *source, list []int32) bool {
	days := appendDays([]policy.Date{0}, x)
	for _, j := range list {
		days = appendDays(days, &p.sources[j])
	}
	for _, day := range policy.SortDays(days) {
		ends, ok := x.on(day)
		if ok && !slices.ContainsFunc(list, func(j int32) bool {
			other, ok := p.sources[j].on(day)
			return ok && other.End() >= ends.End()
		}) {
			return false
		}
	}
	return true
}

// on reports whether a source gives something on a day, and when that ends.
func (x *source) on(day policy.Date) (ends policy.Date, ok bool) {
	if ends, ok = x.periods.On(day); !ok || !x.entry.InForce(day) {
		return 0, false
	}
	return policy.Earlier(ends, x.entry.Ends), true
}

// appendDays appends the days on which a source begins or has ended.
func appendDays(days []policy.Date, x *source) []policy.Date {
	days = append(days, x.entry.Starts)
	if x.entry.Ends != 0 {
		days = append(days, x.entry.Ends+1)
	}
	if x.periods == nil {
		return days
	}
	for _, p := range *x.periods {
		days = append(days, p.Starts)
		if p.Ends != 0 {
			days = append(days, p.Ends+1)
		}
	}
	return days
}

// grantCovered asks coveredBy about a grant: others may give its actions together.
func (p *person) grantCovered(x *source, but int) *policy.Entry {
	if p.spans != nil && inForceOnce(x) {
		return p.outlasted(x, but, nil)
	}
	list := p.rivals(x)
	var whole policy.Actions
	var first *policy.Entry
	n := 0
	for _, j := range list {
		y := &p.sources[j]
		if int(j) == but || p.isOff(y) {
			continue
		}
		actions := p.actionsOf(y, x)
		if actions == 0 {
			continue
		}
		if first == nil {
			first = y.entry
		}
		if outlasts(y, x) {
			whole |= actions
		}
		if x.entry.Actions&^whole == 0 {
			return first
		}
		list[n] = j
		n++
	}
	for left := x.entry.Actions &^ whole; left != 0; left &= left - 1 {
		if !p.actionCovered(x, left&-left, slices.Clone(list[:n])) {
			return nil
		}
	}
	if first == nil {
		return x.entry // it never counts for the user
	}
	return first
}

// actionCovered reports whether some sources together give one action of a grant.
func (p *person) actionCovered(x *source, action policy.Actions, list []int32) bool {
	list = slices.DeleteFunc(list, func(j int32) bool { return p.actionsOf(&p.sources[j], x)&action == 0 })
	return (len(list) > 0 || x.periods != nil) && p.daysCovered(x, list)
}

// wantsEntry reports whether a rule wants a role of whoever has any entry on a scope, so that an entry on another scope
// does not replace one there.
func (f *finder) wantsEntry(s *policy.Scope) bool {
	return slices.ContainsFunc(f.counted, func(r *policy.Rule) bool {
		u := r.PerUser
		return u != nil && u.Min > 0 && (u.Level < 0 || u.Level == s.Level)
	})
}

// actionsOf returns the actions of a grant that another source gives, too.
func (p *person) actionsOf(y, x *source) policy.Actions {
	switch {
	case p.isFarther(y, x), !p.loose && (p.isExcepted(y, x) ||
		y.entry.Scope != x.entry.Scope && p.wantsEntry(x.entry.Scope)):
		return 0
	case y.entry.Role != nil:
		return p.gives(policy.RoleOn{Role: y.entry.Role, Scope: y.entry.Scope}, x.entry)
	case y.entry.Permission == x.entry.Permission && y.entry.Scope == x.entry.Scope:
		return y.entry.Actions & x.entry.Actions
	}
	return 0
}
