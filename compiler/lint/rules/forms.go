package rules

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// Form returns the checks of a declared rule. A deny rule takes access away and reports nothing
// itself.
func Form(r *policy.Rule) lint.Form {
	switch {
	case r.Conflict != nil:
		return lint.Form{User: checkConflict}
	case r.Require != nil:
		return lint.Form{User: checkRequired}
	case r.PerUser != nil:
		return lint.Form{User: checkPerUser}
	case r.Forbid != nil:
		return lint.Form{User: checkForbidden}
	case r.Holders != nil:
		return lint.Form{User: countHolders, Scope: checkHolders}
	case r.Labels != nil:
		return lint.Form{Policy: checkLabels}
	}
	return lint.Form{}
}

// declaredFinding starts a finding of a declared rule: the rule's message, then what was found.
func declaredFinding(r *policy.Rule, pos policy.Pos, format string, args ...any) diag.Finding {
	d := lint.Findingf(pos, format, args...)
	d.Help = r.Help
	if r.Message != "" {
		d.Message = strings.TrimRight(r.Message, ". ") + ": " + d.Message
	}
	return d
}

// place is one place where a user holds a role or permission.
type place struct {
	id    string
	item  policy.Item
	scope *policy.Scope
	group *policy.Group
	pos   policy.Pos
}

// findPlaces returns where the user holds an item: a role where it is assigned, a permission at its
// row's scope.
func findPlaces(a *policy.Access, item policy.Item) (list []place) {
	if item.Role != nil {
		for i := range a.Roles {
			if h := &a.Roles[i]; h.Role == item.Role && item.On(h.Scope) {
				list = append(list, place{item.Role.ID, item, h.Scope, h.Group, h.Entry.Pos})
			}
		}
		return list
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Permission == item.Permission && r.Held() && item.On(r.Scope) {
			list = append(list, place{item.Permission.ID, item, r.Scope, r.Via[0].Group, r.Via[0].Pos})
		}
	}
	return list
}

// thing describes the place as one of several things that a finding is about.
func (x *place) thing() diag.Thing {
	if x.item.Role != nil {
		return diag.Thing{Role: x.id, Scope: x.scope.Path}
	}
	return diag.Thing{Permission: x.id, Scope: x.scope.Path}
}

// name returns the kind and id of the item held at the place.
func (x *place) name() string {
	if x.item.Role != nil {
		return "role:" + x.id
	}
	return "permission:" + x.id
}

// at fills in what a finding at a place is about.
func (x *place) at(d diag.Finding, u *policy.User) diag.Finding {
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
