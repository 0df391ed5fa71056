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
	name := func(s reach.Somebody) string {
		if !s.Other {
			return u.User.ID
		}
		return otherName(s)
	}
	to := name(a.To)
	switch {
	case a.ToGroup():
		to = "group " + a.Group.ID
	case a.To == a.By:
		to = "themselves"
	}
	text := name(a.By) + " gives " + to + " " + what
	if a.Join {
		text = name(a.By) + " adds " + to + " to group " + a.Group.ID
	}
	if a.Scope != nil {
		text += " on " + u.At(a.Scope).Path
	}
	var on []*policy.Scope
	if a.Why.Scope != nil {
		on = append(on, a.Why.Scope)
	}
	return text + ", " + describeReason(u, a, on)
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
	return string(appendReason(nil, u, a, on))
}

func appendReason(b []byte, u *paths.User, a *reach.Act, on []*policy.Scope) []byte {
	switch w := a.Why; {
	case w.Owned != nil:
		return append(b, "as an owner of the group"...)
	case w.Permission != nil:
		b = append(append(b, "by "...), w.Permission.ID...)
	case w.Role != nil:
		b = append(append(b, "by role "...), w.Role.ID...)
	default:
		b = append(append(b, "by attribute "...), w.Attribute...)
	}
	b = appendScopes(b, u, on)
	if a.ToGroup() && a.UserIn {
		b = append(b, ", and the user is in the group"...)
	}
	if c := a.Why.Delegate.Confidence; c != policy.Stated {
		b = append(append(append(b, " ("...), c.String()...), ')')
	}
	return b
}
