package render

import (
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
)

// actWhat names what a path reaches by its last act.
func actWhat(p *reach.Path) string {
	last := p.Last()
	what := givenBy(last)
	if len(p.Acts) > 1 {
		what = describeGains(p.Gains)
	}
	return what
}

// givenBy names what an act gives.
func givenBy(a *reach.Act) string {
	switch {
	case a.Join:
		return "member of group " + a.Group.ID
	case a.Role != nil:
		return "role " + a.Role.ID
	}
	return a.Permission.ID
}

// describeGains names what a path of several acts reaches: its roles, or the permissions of no role.
func describeGains(list []reach.Gain) string {
	var names []string
	for _, g := range list {
		switch {
		case g.Role != nil:
			names = append(names, "role "+g.Role.ID)
		case g.Owned != nil:
			names = append(names, "owner of group "+g.Owned.ID)
		}
	}
	for _, g := range list {
		if g.Permission != nil && (len(names) == 0 || g.Permission.When != nil) {
			names = append(names, g.Permission.ID)
		}
	}
	return strings.Join(once(names), ", ")
}

// describeAct says in a sentence who gives what to whom, and by what.
func describeAct(u *paths.User, a *reach.Act, what string) string {
	var t gappedText
	t.act(a, what)
	return t.about(u)
}

// act says in a sentence who gives what to whom, and by what.
func (t *gappedText) act(a *reach.Act, what string) {
	t.somebody(a.By)
	t.addIf(a.Join, " adds ")
	t.addIf(!a.Join, " gives ")
	switch {
	case a.ToGroup():
		t.add("group " + a.Group.ID)
	case a.To == a.By:
		t.add("themselves")
	default:
		t.somebody(a.To)
	}
	if a.Join {
		t.add(" to group " + a.Group.ID)
	} else {
		t.add(" " + what)
	}
	if a.Scope != nil {
		t.add(" on ")
		t.scope(a.Scope)
	}
	t.add(", ")
	var on []*policy.Scope
	if a.Why.Scope != nil {
		on = append(on, a.Why.Scope)
	}
	t.reason(a, on)
}

func (t *gappedText) somebody(s reach.Somebody) {
	if s.Other {
		t.add(otherName(s))
	} else {
		t.person()
	}
}

func otherName(s reach.Somebody) string {
	if s.Affiliation == "" {
		return "somebody else"
	}
	return "somebody else (" + s.Affiliation + ")"
}

// receiverOf names who gets what an act gives; "" is the person in question.
func receiverOf(a *reach.Act) string {
	switch {
	case a.ToGroup():
		return "group " + a.Group.ID
	case a.To.Other:
		return otherName(a.To)
	}
	return ""
}

// reasonName names what lets somebody do an act.
func reasonName(a *reach.Act) string {
	switch w := a.Why; {
	case w.Owned != nil:
		return "owner of group " + w.Owned.ID
	case w.Permission != nil:
		return w.Permission.ID
	case w.Role != nil:
		return "role " + w.Role.ID
	}
	return "attribute " + a.Why.Attribute
}

// describeReason says what lets somebody do an act.
func describeReason(u *paths.User, a *reach.Act, on []*policy.Scope) string {
	var t gappedText
	t.reason(a, on)
	return t.about(u)
}

// reason says what lets somebody do an act.
func (t *gappedText) reason(a *reach.Act, on []*policy.Scope) {
	switch w := a.Why; {
	case w.Owned != nil:
		t.add("as an owner of the group")
		return
	case w.Permission != nil:
		t.add("by " + w.Permission.ID)
	case w.Role != nil:
		t.add("by role " + w.Role.ID)
	default:
		t.add("by attribute " + w.Attribute)
	}
	t.scopes(on)
	t.addIf(a.ToGroup() && a.UserIn, ", and the user is in the group")
	if c := a.Why.Delegate.Confidence; c != policy.Stated {
		t.add(" (" + c.String() + ")")
	}
}
