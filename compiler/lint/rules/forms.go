package rules

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// Form is how a declared rule is checked. A deny rule takes away and reports
// nothing itself.
func Form(r *policy.Rule) lint.Form {
	switch {
	case r.Conflict != nil:
		return lint.Form{User: conflict}
	case r.Require != nil:
		return lint.Form{User: require}
	case r.PerUser != nil:
		return lint.Form{User: perUser}
	case r.Forbid != nil:
		return lint.Form{User: forbid}
	case r.Holders != nil:
		return lint.Form{User: countHolders, Policy: holders}
	case r.Labels != nil:
		return lint.Form{Policy: labels}
	}
	return lint.Form{}
}

// declaredf is a finding of a declared rule: what the rule says of it, and what
// was found.
func declaredf(r *policy.Rule, pos policy.Pos, format string, args ...any) diag.Diagnostic {
	d := lint.Reportf(pos, format, args...)
	d.Help = r.Help
	if r.Message != "" {
		d.Message = strings.TrimRight(r.Message, ". ") + ": " + d.Message
	}
	return d
}

// place is where a user holds a role or permission.
type place struct {
	id    string
	item  policy.Item
	scope *policy.Scope
	group *policy.Group
	pos   policy.Pos
}

// places are where the user holds an item: a role where it is assigned, a
// permission at its row's scope.
func places(a *policy.Access, item policy.Item) (list []place) {
	if item.Role != nil {
		for i := range a.Roles {
			if h := &a.Roles[i]; h.Role == item.Role {
				list = append(list, place{item.Role.ID, item, h.Scope, h.Group, h.Entry.Pos})
			}
		}
		return list
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Permission == item.Permission && r.Held() {
			list = append(list, place{item.Permission.ID, item, r.Scope, r.Via[0].Group, r.Via[0].Pos})
		}
	}
	return list
}

// at fills in what a finding at a place is about.
func (x *place) at(d diag.Diagnostic, u *policy.User) diag.Diagnostic {
	d.User, d.Scope = u.ID, x.scope.Path
	if x.item.Role != nil {
		d.Role = x.item.Role.ID
	} else {
		d.Permission = x.item.Permission.ID
	}
	if x.group != nil {
		d.Group = x.group.ID
	}
	return d
}

// describe says a requirement in words.
func describe(r *policy.Requirement) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	through := ""
	if r.Direct {
		through = ", directly"
	}
	if r.Role != nil {
		add("role %q%s", r.Role.ID, through)
	}
	if r.Permission != nil {
		actions := ""
		if r.Actions != 0 {
			actions = " with " + strings.Join(r.Permission.Names(r.Actions), ", ")
		}
		add("permission %q%s%s", r.Permission.ID, actions, through)
	}
	if r.GroupName.Given() {
		add("membership of group %q", r.GroupName.Name)
	}
	for _, a := range slices.Concat(r.Attributes, r.ScopeAttributes) {
		var values []string
		for _, v := range a.Values {
			values = append(values, v.Name)
		}
		if len(values) == 0 {
			add("attribute %q", a.Name.Name)
		} else {
			add("attribute %q of %s", a.Name.Name, strings.Join(values, " or "))
		}
	}
	if r.Matching != "" {
		add("one of the scope's %s", r.Matching)
	}
	for _, x := range r.AllOf {
		add("%s", describe(x))
	}
	for _, x := range [...]struct {
		list []*policy.Requirement
		head string
	}{{r.AnyOf, "one of "}, {r.NoneOf, "none of "}} {
		if len(x.list) > 0 {
			add("%s(%s)", x.head, strings.Join(each(x.list), "; "))
		}
	}
	return strings.Join(parts, " and ")
}

func each(list []*policy.Requirement) (out []string) {
	for _, x := range list {
		out = append(out, describe(x))
	}
	return out
}
