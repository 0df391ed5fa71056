package explain

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// foundRole says where the role is held, or which assignments are idle.
func (a *Answer) foundRole(x *policy.Requirement, s *policy.Scope, pos policy.Pos) (string, policy.Pos) {
	var list []string
	met := x.Met(&a.Access, s).OK
	for i := range a.Access.Roles {
		h := &a.Access.Roles[i]
		counts := x.Sees(a.User, s, h.Scope) && !(x.Direct && h.Group != nil)
		if h.Role != x.Role || met && !counts {
			continue
		}
		at, through := heldOn(h.Scope, x.At.Holds(s, h.Scope)), ", through group "
		if x.Direct && !counts {
			through = ", but only through group "
		}
		switch {
		case h.Group != nil:
			at += through + a.User.NameWay(h.Group, func(g *policy.Group) string { return diag.Quote(g.ID) })
		case h.From != nil:
			at += ", included in " + diag.Quote(h.From.ID)
		}
		list = append(list, at)
		pos = firstPos(pos, h.Entry.Pos)
	}
	for e, in := range allEntries(a.User) {
		if !met && e.Role == x.Role && (e.FaultFor(a.User) != 0 || !e.InForce(a.Policy.AsOf) || !in.In(a.Policy.AsOf)) {
			list = append(list, "assigned on "+diag.Quote(e.Scope.Path)+", "+a.idleWords(e, in))
			pos = firstPos(pos, e.Pos)
		}
	}
	if len(list) == 0 {
		return "not held anywhere", pos
	}
	return shortenList(list), pos
}

// idleWords says why an entry gives nothing now.
func (a *Answer) idleWords(e *policy.Entry, in *policy.Membership) string {
	switch f := e.FaultFor(a.User); {
	case !in.In(a.Policy.AsOf):
		return "but the membership of group " + diag.Quote(in.Group.ID) + " " + in.Idle(a.Policy.AsOf)
	case f != 0:
		return "but rejected: " + a.faultWords(e, f)
	case e.Ends.End() < a.Policy.AsOf:
		return "but it expired on " + e.Ends.String()
	}
	return "but it starts on " + e.Starts.String()
}

// heldOn says that something is held on a scope, or only there and not where it is needed.
func heldOn(s *policy.Scope, needed bool) string {
	if needed {
		return "held on " + diag.Quote(s.Path)
	}
	return "held only on " + diag.Quote(s.Path)
}

// foundPermission says where the permission is held, and which actions are left.
func (a *Answer) foundPermission(x *policy.Requirement, s *policy.Scope, pos policy.Pos) (string, policy.Pos) {
	var list []string
	met := x.Met(&a.Access, s).OK
	for i := range a.Access.Rows {
		r := &a.Access.Rows[i]
		counts := x.Sees(a.User, s, r.Scope)
		if r.Permission != x.Permission || met && !counts {
			continue
		}
		if !pos.IsValid() {
			pos = r.Via[0].Pos
		}
		at := heldOn(r.Scope, counts)
		if !r.Held() {
			at = "withheld on " + diag.Quote(r.Scope.Path)
		} else if x.Actions&^r.Actions != 0 {
			at += ": " + policy.JoinNames(r.Permission.Names(r.Actions), ", ")
		}
		if counts && !met && r.Held() && x.Direct {
			at += ", but only through a group"
		}
		if counts {
			list = slices.Insert(list, 0, at)
		} else {
			list = append(list, at)
		}
	}
	if len(list) == 0 {
		return "not held anywhere", pos
	}
	return shortenList(list), pos
}

// group returns the group that a requirement names, or nil.
func (a *Answer) group(x *policy.Requirement) *policy.Group {
	for _, g := range a.Policy.Groups {
		if g.ID == x.GroupName.Name {
			return g
		}
	}
	return nil
}

func (a *Answer) foundGroup(x *policy.Requirement) string {
	g := a.group(x)
	switch {
	case g == nil:
		return "the project has no such group"
	case a.User.IsIn(g, a.Policy.AsOf):
		return "a member"
	}
	for i := range a.User.Memberships {
		if m := &a.User.Memberships[i]; m.Group == g {
			return "is no member now: the membership " + m.Idle(a.Policy.AsOf)
		}
	}
	return "not a member"
}

func describeFound(name string, values []string) string {
	if len(values) == 0 {
		return "has no " + name
	}
	return "has " + shortenList(values)
}

func foundOnScope(name string, s *policy.Scope) string {
	var list []string
	for ; s != nil; s = s.Parent {
		list = append(list, s.Attributes[name]...)
	}
	if len(list) == 0 {
		return "neither this scope nor one above it has " + name
	}
	return "this scope or one above it has " + shortenList(list)
}

func (a *Answer) foundMatching(name string, s *policy.Scope) string {
	var limits []string
	for ; s != nil; s = s.Parent {
		if values := s.Attributes[name]; len(values) > 0 {
			limits = append(limits, fmt.Sprintf("%q is limited to %s", s.Path, strings.Join(values, " or ")))
		}
	}
	if len(limits) == 0 {
		return "no limit on this scope"
	}
	return strings.Join(limits, ", ") + "; " + describeFound(name, a.User.Attributes[name])
}
