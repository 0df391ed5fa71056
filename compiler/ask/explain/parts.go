package explain

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Part is one thing that a derived permission takes.
type Part struct {
	Requirement string
	Permission  string // of a permission that is needed: its id,
	Where       string // and where
	Met         bool
	Found       string // what was found
	Hint        string // what would meet it
	Pos         policy.Pos
	Parts       []Part // of which one is enough, or none may be there

	withheld *policy.Rule // takes all of the permission away
}

// derived looks at the requirement of a derived permission: where it is held,
// or else where least is missing.
func (a *Answer) derived(targets []*policy.Scope) {
	least := 0
	for _, s := range targets {
		if n := a.cost(s); a.At == nil || n < least {
			a.At, least = s, n
		}
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Held() && slices.ContainsFunc(r.Via, func(v policy.Via) bool { return v.Kind == policy.FromDerived }) {
			a.At = r.Scope
			break
		}
	}
	if a.At == nil {
		return
	}
	for _, x := range atoms(a.Permission.When) {
		a.Parts = append(a.Parts, a.part(x, a.At))
	}
	a.Parts = mergeWithheld(a.Parts)
	if row := a.rowAt(a.At); row == nil && a.Permission.When.Met(&a.Access, a.At).OK {
		a.Parts = append(a.Parts, Part{Requirement: fmt.Sprintf("some role or permission in %q", a.At.Root().Path),
			Found: "holds nothing there", Hint: "a derived permission is looked for only where something is held"})
	}
}

func (a *Answer) rowAt(s *policy.Scope) *policy.Row {
	for i := range a.Rows {
		if a.Rows[i].Scope == s {
			return &a.Rows[i]
		}
	}
	return nil
}

// cost is how much is missing on a scope; what no change to the person mends
// weighs more.
func (a *Answer) cost(s *policy.Scope) (n int) {
	for _, x := range atoms(a.Permission.When) {
		switch {
		case x.Met(&a.Access, s).OK:
		case len(x.ScopeAttributes)+len(x.NoneOf) > 0:
			n += 100
		default:
			n++
		}
	}
	return n
}

// atoms are the parts of a requirement, all of which must be met.
func atoms(r *policy.Requirement) (list []*policy.Requirement) {
	add := func(x policy.Requirement) {
		x.At, x.Direct = r.At, r.Direct
		if x.Hint == "" {
			x.Hint = r.Hint
		}
		list = append(list, &x)
	}
	if r.Role != nil {
		add(policy.Requirement{Role: r.Role})
	}
	if r.Permission != nil {
		add(policy.Requirement{Permission: r.Permission, Actions: r.Actions})
	}
	if r.GroupName.Given() {
		add(policy.Requirement{GroupName: r.GroupName})
	}
	for _, x := range r.Attributes {
		add(policy.Requirement{Attributes: []policy.Attribute{x}})
	}
	for _, x := range r.ScopeAttributes {
		add(policy.Requirement{ScopeAttributes: []policy.Attribute{x}})
	}
	if r.Matching != "" {
		add(policy.Requirement{Matching: r.Matching})
	}
	for _, x := range r.AllOf {
		list = append(list, atoms(x)...)
	}
	if len(r.AnyOf) > 0 {
		add(policy.Requirement{AnyOf: r.AnyOf})
	}
	for _, x := range r.NoneOf {
		add(policy.Requirement{NoneOf: []*policy.Requirement{x}, Hint: x.Hint})
	}
	return list
}

// part looks at one atom of a requirement.
func (a *Answer) part(x *policy.Requirement, s *policy.Scope) Part {
	met := x.Met(&a.Access, s)
	p := Part{Requirement: a.say(x, s), Met: met.OK, Pos: met.Pos, Hint: x.Hint}
	switch {
	case len(x.AnyOf) > 0:
		p.Requirement = "one of these"
		for _, y := range x.AnyOf {
			p.Parts = append(p.Parts, a.whole(y, s))
		}
	case len(x.NoneOf) > 0:
		in := x.NoneOf[0].Met(&a.Access, s)
		p.Pos = in.Pos
		if p.Found = "it is not there"; in.OK {
			p.Found = "it is there, and must not be"
		}
		if p.Hint == "" {
			p.Hint = "take it away"
		}
	case x.Role != nil:
		p.Found, p.Pos = a.foundRole(x, s, met.Pos)
	case x.Permission != nil:
		p.Permission, p.Where = x.Permission.ID, where(x.At, s)
		p.Found, p.Pos = a.foundPermission(x, s, met.Pos)
		if p.withheld = a.withholds(x, s); p.withheld != nil {
			p.Found = "withheld by " + p.withheld.ID + colon(p.withheld.Message)
			p.Hint = p.withheld.Help
		}
	case x.GroupName.Given():
		p.Found = a.foundGroup(x)
	case len(x.Attributes) > 0:
		p.Found = found(x.Attributes[0].Name.Name, a.User.Attributes[x.Attributes[0].Name.Name])
	case len(x.ScopeAttributes) > 0:
		p.Found = foundOnScope(x.ScopeAttributes[0].Name.Name, s)
	case x.Matching != "":
		p.Found = a.foundMatching(x.Matching, s)
	}
	return p
}

// whole is one alternative: its only atom, or all of them together.
func (a *Answer) whole(r *policy.Requirement, s *policy.Scope) Part {
	list := atoms(r)
	if len(list) == 1 {
		return a.part(list[0], s)
	}
	met := r.Met(&a.Access, s)
	p := Part{Requirement: "all of these", Met: met.OK, Pos: met.Pos, Hint: r.Hint}
	for _, x := range list {
		p.Parts = append(p.Parts, a.part(x, s))
	}
	p.Parts = mergeWithheld(p.Parts)
	return p
}

// withholds returns the rule that takes away all that the user has of a
// permission on the scope, or nil.
func (a *Answer) withholds(x *policy.Requirement, s *policy.Scope) *policy.Rule {
	for i := range a.Access.Rows {
		if r := &a.Access.Rows[i]; r.Permission == x.Permission && r.Scope == s && x.At == policy.Same && !r.Held() && len(r.Withheld) > 0 {
			return r.Withheld[0].Rule
		}
	}
	return nil
}

// mergeWithheld makes one part of the permissions that one rule takes away: they
// have one cause, and one thing meets them all.
func mergeWithheld(parts []Part) (list []Part) {
	first := map[*policy.Rule]int{}
	for _, p := range parts {
		i, seen := first[p.withheld]
		switch {
		case p.withheld == nil:
		case !seen:
			first[p.withheld] = len(list)
		default:
			q := &list[i]
			if q.Permission != "" {
				q.Requirement, q.Permission = "permissions"+q.Where+": "+q.Permission, ""
			}
			q.Requirement += ", " + p.Permission
			continue
		}
		list = append(list, p)
	}
	return list
}

// say is an atom in words, with where it is looked for.
func (a *Answer) say(x *policy.Requirement, s *policy.Scope) string {
	switch {
	case len(x.NoneOf) > 0:
		return "without " + x.NoneOf[0].String()
	case x.Role != nil || x.Permission != nil:
		return x.String() + where(x.At, s)
	case len(x.Attributes) > 0:
		return "attribute " + x.Attributes[0].Name.Name + values(x.Attributes[0])
	case len(x.ScopeAttributes) > 0:
		return fmt.Sprintf("%q has %s%s", s.Path, x.ScopeAttributes[0].Name.Name, values(x.ScopeAttributes[0]))
	case x.Matching != "":
		return fmt.Sprintf("attribute %s: one that %q is limited to", x.Matching, s.Path)
	}
	return x.String()
}

func values(at policy.Attribute) string {
	var list []string
	for _, v := range at.Values {
		list = append(list, v.Name)
	}
	if len(list) == 0 {
		return ": any"
	}
	return ": " + strings.Join(list, " or ")
}

func where(r policy.Relation, s *policy.Scope) string {
	if s == nil {
		return ""
	}
	switch r {
	case policy.AtHome:
		return " where the user is at home"
	case policy.Same:
		return fmt.Sprintf(" on %q", s.Path)
	case policy.Above:
		return fmt.Sprintf(" on %q or above", s.Path)
	case policy.Nearby:
		return fmt.Sprintf(" on %q, above or below", s.Path)
	case policy.InTree:
		return fmt.Sprintf(" anywhere in %q", s.Root().Path)
	}
	return " on any scope"
}

// foundRole says where the role is held, or what of it is idle.
func (a *Answer) foundRole(x *policy.Requirement, s *policy.Scope, pos policy.Pos) (string, policy.Pos) {
	var list []string
	met := x.Met(&a.Access, s).OK
	for i := range a.Access.Roles {
		h := &a.Access.Roles[i]
		counts := x.Sees(a.User, s, h.Scope) && !(x.Direct && h.Group != nil)
		if h.Role != x.Role || met && !counts {
			continue
		}
		at := "held on " + diag.Quote(h.Scope.Path)
		switch {
		case h.Group != nil:
			at += ", through group " + diag.Quote(h.Group.ID)
		case h.From != nil:
			at += ", included in " + diag.Quote(h.From.ID)
		}
		if !counts {
			at += ", which does not count"
		}
		list = append(list, at)
		pos = place(pos, h.Entry.Pos)
	}
	for e, in := range entries(a.User) {
		if !met && e.Role == x.Role && (e.FaultFor(a.User) != 0 || !e.InForce(a.Policy.AsOf) || !in.In(a.Policy.AsOf)) {
			list = append(list, "assigned on "+diag.Quote(e.Scope.Path)+", "+a.idleWords(e, in))
			pos = place(pos, e.Pos)
		}
	}
	if len(list) == 0 {
		return "not held anywhere", pos
	}
	return some(list), pos
}

// idleWords say why an entry gives nothing now.
func (a *Answer) idleWords(e *policy.Entry, in *policy.Membership) string {
	switch f := e.FaultFor(a.User); {
	case !in.In(a.Policy.AsOf):
		return "but the membership of group " + diag.Quote(in.Group.ID) + " " + in.Idle(a.Policy.AsOf)
	case f != 0:
		return "but rejected: " + a.faultWords(e, f)
	case e.Ends.End() < a.Policy.AsOf:
		return "but it ended on " + e.Ends.String()
	}
	return "but it starts on " + e.Starts.String()
}

// foundPermission says where the permission is held, or what is left of it.
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
		at := "held on " + diag.Quote(r.Scope.Path)
		if !r.Held() {
			at = "withheld on " + diag.Quote(r.Scope.Path)
		} else if x.Actions&^r.Actions != 0 {
			at += ": " + policy.JoinNames(r.Permission.Names(r.Actions), ", ")
		}
		switch {
		case counts && !met && r.Held() && x.Direct:
			at += ", through a group alone"
		case !counts:
			at += ", which does not count"
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
	return some(list), pos
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
		return "is a member"
	}
	for i := range a.User.Memberships {
		if m := &a.User.Memberships[i]; m.Group == g {
			return "is no member now: the membership " + m.Idle(a.Policy.AsOf)
		}
	}
	return "is no member"
}

func found(name string, values []string) string {
	if len(values) == 0 {
		return "has no " + name
	}
	return "has " + some(values)
}

func foundOnScope(name string, s *policy.Scope) string {
	var list []string
	for ; s != nil; s = s.Parent {
		list = append(list, s.Attributes[name]...)
	}
	if len(list) == 0 {
		return "neither it nor a scope above it has " + name
	}
	return "it, or a scope above it, has " + some(list)
}

func (a *Answer) foundMatching(name string, s *policy.Scope) string {
	var limits []string
	for ; s != nil; s = s.Parent {
		if values := s.Attributes[name]; len(values) > 0 {
			limits = append(limits, fmt.Sprintf("%q is limited to %s", s.Path, strings.Join(values, " or ")))
		}
	}
	if len(limits) == 0 {
		return "no limit here"
	}
	return strings.Join(limits, ", ") + "; " + found(name, a.User.Attributes[name])
}

// unmet makes what is missing of the parts.
func (a *Answer) unmet() {
	for i := range a.Parts {
		if p := &a.Parts[i]; !p.Met {
			requirement, message := p.Requirement, p.Found
			if len(p.Parts) > 0 {
				requirement, message = "one of: "+strings.Join(names(p.Parts), "; "), "none of them is met"
			}
			m := a.miss(requirement, p.Pos, "%s", message)
			m.Help, m.InParts = p.Hint, true
		}
	}
}

func names(parts []Part) (list []string) {
	for _, p := range parts {
		name := p.Requirement
		if len(p.Parts) > 0 {
			name = "all of (" + strings.Join(names(p.Parts), ", ") + ")"
		}
		list = append(list, name)
	}
	return list
}

// Unmet are the parts that are not met.
func Unmet(parts []Part) (list []Part) {
	for _, p := range parts {
		if !p.Met {
			list = append(list, p)
		}
	}
	return list
}
