package explain

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Part is one part of the requirement of a derived permission.
type Part struct {
	Requirement string
	Permission  string // id of a needed permission
	Where       string // where it is needed
	Met         bool
	Found       string // the state found
	Hint        string // how to meet it
	Pos         policy.Pos
	Parts       []Part // alternatives, or forbidden parts

	withheld *policy.Rule // the rule that withholds the whole permission
	of       *policy.Requirement
	folded   bool // into the line of a role that gives it
}

// lookAtRequirement examines the requirement of a derived permission where the permission is held, or else where the
// least is missing.
func (a *Answer) lookAtRequirement(targets []*policy.Scope) {
	least := 0
	for _, s := range targets {
		if n := a.cost(s); a.At == nil || n < least {
			a.At, least = s, n
		}
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Held() && slices.ContainsFunc(r.Via, func(v policy.Via) bool {
			return v.Kind == policy.FromDerived
		}) {
			a.At = r.Scope
			break
		}
	}
	if a.At == nil {
		return
	}
	for _, x := range splitRequirement(a.Permission.When) {
		a.Parts = append(a.Parts, a.part(x, a.At))
	}
	a.Parts = mergeWithheld(a.Parts)
	if row := a.rowAt(a.At); row == nil && a.Permission.When.Met(&a.Access, a.At).OK {
		a.Parts = append(a.Parts, Part{Requirement: fmt.Sprintf("some role or permission in %q", a.At.Root().Path),
			Found: "holds nothing there", Hint: "a derived permission needs something held in the same tree"})
	}
}

// foldGiven says once what is missing: a missing permission that a missing role would give becomes part of the role's
// line.
func (a *Answer) foldGiven(try Try) {
	for i := range a.Parts {
		p := &a.Parts[i]
		if p.Met || p.of == nil || p.of.Role == nil || !p.of.Role.Levels.Has(a.At.Level) {
			continue
		}
		out := try([]Change{{Role: p.of.Role, Scope: a.At}})
		var given []string
		for j := range a.Parts {
			q := &a.Parts[j]
			if !q.Met && q.of != nil && q.Permission != "" && q.of.Met(&out.Access, a.At).OK {
				given = append(given, diag.Quote(q.Permission))
				q.folded = true
			}
		}
		if len(given) > 0 {
			p.Requirement += ", which gives " + strings.Join(given, ", ")
		}
	}
	a.Parts = slices.DeleteFunc(a.Parts, func(p Part) bool { return p.folded })
}

func (a *Answer) rowAt(s *policy.Scope) *policy.Row {
	for i := range a.Rows {
		if a.Rows[i].Scope == s {
			return &a.Rows[i]
		}
	}
	return nil
}

// cost returns how much is missing on a scope. Parts that no change to the user can meet weigh more.
func (a *Answer) cost(s *policy.Scope) (n int) {
	for _, x := range splitRequirement(a.Permission.When) {
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

// splitRequirement returns the parts of a requirement, all of which must be met.
func splitRequirement(r *policy.Requirement) (list []*policy.Requirement) {
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
		list = append(list, splitRequirement(x)...)
	}
	if len(r.AnyOf) > 0 {
		add(policy.Requirement{AnyOf: r.AnyOf})
	}
	for _, x := range r.NoneOf {
		add(policy.Requirement{NoneOf: []*policy.Requirement{x}, Hint: x.Hint})
	}
	return list
}

// part examines one part of a requirement.
func (a *Answer) part(x *policy.Requirement, s *policy.Scope) Part {
	met := x.Met(&a.Access, s)
	p := Part{Requirement: a.say(x, s), Met: met.OK, Pos: met.Pos, Hint: x.Hint, of: x}
	switch {
	case len(x.AnyOf) > 0:
		p.Requirement = "one of these"
		for _, y := range x.AnyOf {
			p.Parts = append(p.Parts, a.whole(y, s))
		}
	case len(x.NoneOf) > 0:
		in := x.NoneOf[0].Met(&a.Access, s)
		p.Pos = in.Pos
		if p.Found = "absent"; in.OK {
			p.Found = "present, but must not be"
		}
		if p.Hint == "" {
			p.Hint = "remove it"
		}
	case x.Role != nil:
		p.Found, p.Pos = a.foundRole(x, s, met.Pos)
	case x.Permission != nil:
		p.Permission, p.Where = x.Permission.ID, describeWhere(x.At, s)
		p.Found, p.Pos = a.foundPermission(x, s, met.Pos)
		if p.withheld = a.withholds(x, s); p.withheld != nil {
			p.Found = "withheld by " + p.withheld.ID + withColon(p.withheld.Message)
			p.Hint = p.withheld.Help
		}
	case x.GroupName.Given():
		p.Found = a.foundGroup(x)
	case len(x.Attributes) > 0:
		p.Found = describeFound(x.Attributes[0].Name.Name, a.User.Attributes[x.Attributes[0].Name.Name])
	case len(x.ScopeAttributes) > 0:
		p.Found = foundOnScope(x.ScopeAttributes[0].Name.Name, s)
	case x.Matching != "":
		p.Found = a.foundMatching(x.Matching, s)
	}
	return p
}

// whole returns one alternative: its only part, or all its parts together.
func (a *Answer) whole(r *policy.Requirement, s *policy.Scope) Part {
	list := splitRequirement(r)
	if len(list) == 1 {
		return a.part(list[0], s)
	}
	p := Part{Requirement: "all of these", Met: r.Met(&a.Access, s).OK, Hint: r.Hint}
	for _, x := range list {
		if !p.Pos.IsValid() {
			p.Pos = x.Met(&a.Access, s).Pos
		}
		p.Parts = append(p.Parts, a.part(x, s))
	}
	p.Parts = mergeWithheld(p.Parts)
	return p
}

// withholds returns the rule that withholds the whole permission from the user on the scope, or nil.
func (a *Answer) withholds(x *policy.Requirement, s *policy.Scope) *policy.Rule {
	for i := range a.Access.Rows {
		if r := &a.Access.Rows[i]; r.Permission == x.Permission && r.Scope == s && x.At == policy.Same && !r.Held() &&
			len(r.Withheld) > 0 {
			return r.Withheld[0].Rule
		}
	}
	return nil
}

// mergeWithheld merges permissions that one rule withholds into one part, because they have one cause and one remedy.
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

// say returns a part in words, with the place to look for it.
func (a *Answer) say(x *policy.Requirement, s *policy.Scope) string {
	switch {
	case len(x.NoneOf) > 0:
		return "without " + x.NoneOf[0].String()
	case x.Role != nil || x.Permission != nil:
		return x.String() + describeWhere(x.At, s)
	case len(x.Attributes) > 0:
		return "attribute " + x.Attributes[0].Name.Name + describeValues(x.Attributes[0])
	case len(x.ScopeAttributes) > 0:
		return fmt.Sprintf("%q has %s%s", s.Path, x.ScopeAttributes[0].Name.Name, describeValues(x.ScopeAttributes[0]))
	case x.Matching != "":
		return fmt.Sprintf("attribute %s: a value allowed on %q", x.Matching, s.Path)
	}
	return x.String()
}

func describeValues(at policy.Attribute) string {
	var list []string
	for _, v := range at.Values {
		list = append(list, v.Name)
	}
	if len(list) == 0 {
		return ": any"
	}
	return ": " + strings.Join(list, " or ")
}

func describeWhere(r policy.Relation, s *policy.Scope) string {
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

// unmet adds the unmet parts to what is missing.
func (a *Answer) unmet() {
	for i := range a.Parts {
		if p := &a.Parts[i]; !p.Met {
			requirement, message := p.Requirement, p.Found
			if len(p.Parts) > 0 {
				requirement, message = "one of: "+joinParts(p.Parts), "none of them is met"
			}
			m := a.miss(requirement, p.Pos, "%s", message)
			m.Help, m.InParts = p.Hint, true
		}
	}
}

func joinParts(parts []Part) string { return strings.Join(partNames(parts), "; ") }

func partNames(parts []Part) (list []string) {
	for _, p := range parts {
		name := p.Requirement
		if len(p.Parts) > 0 {
			name = "all of (" + strings.Join(partNames(p.Parts), ", ") + ")"
		}
		list = append(list, name)
	}
	return list
}

// Unmet returns the parts that are not met.
func Unmet(parts []Part) (list []Part) {
	for _, p := range parts {
		if !p.Met {
			list = append(list, p)
		}
	}
	return list
}
