package reference_test

import (
	"cmp"
	"slices"
)

// derived: "Derived permissions (when) are held where their requirement is met.
// A derived permission has all its actions, on all records." "A derived
// permission is looked for at each scope of its levels."
func (pr project) derived(p person, s place, permission string) []Source {
	def := pr.Catalog.Permissions[permission]
	if def.When == nil || !slices.Contains(def.Level, s.level) {
		return nil
	}
	presence := pr.presence(p, s.path, def.When)
	if len(presence) == 0 {
		return nil
	}
	end, met := pr.meets(p, s.path, def.When, defaults{role: "above", permission: "same"})
	if !met {
		return nil
	}
	sure, _ := pr.sureness(p, s.path, def.When)
	return []Source{{Kind: "derived", Scope: s.path, Actions: pr.actions(permission), Access: "all",
		Expires: earlier(end, latest(presence)),
		sure:    max(1, guessed(def.Inferred), sure), files: pr.filesOfDerived(p, s.path, def.When)}}
}

// presence are the ends of all for which a tree is looked at. "Where its requirement needs some role or permission at
// all, only in the trees in which the user holds one": a role, a permission other than as a derived one, or a derived
// one that is needed.
func (pr project) presence(p person, scope string, r *Requirement) (ends []string) {
	if !needsHolding(r) {
		return nothing
	}
	for _, h := range pr.holds(p) {
		if pr.sameTree(h.scope, scope) {
			ends = append(ends, h.expires)
		}
	}
	for _, s := range pr.places() {
		for _, permission := range sorted(pr.Catalog.Permissions) {
			via := append(pr.given(p, s, permission), pr.implied(p, s, permission)...)
			if needsPermission(r, permission) {
				via = pr.sources(p, s, permission)
			}
			for _, source := range via {
				if pr.sameTree(s.path, scope) && len(pr.left(p, s.path, permission, source.Actions)) > 0 {
					ends = append(ends, source.Expires)
				}
			}
		}
	}
	return ends
}

func needsPermission(r *Requirement, permission string) bool {
	inner := func(r *Requirement) bool { return needsPermission(r, permission) }
	return r.Permission == permission || slices.ContainsFunc(r.AllOf, inner) || slices.ContainsFunc(r.AnyOf, inner)
}

// needsHolding reports whether nobody without a role and a permission can meet
// a requirement.
func needsHolding(r *Requirement) bool {
	return r.Role != "" || r.Permission != "" || slices.ContainsFunc(r.AllOf, needsHolding) ||
		len(r.AnyOf) > 0 && !slices.ContainsFunc(r.AnyOf, func(a *Requirement) bool { return !needsHolding(a) })
}

// defaults are the relations of a requirement that names none. "Left out, at is
// above in a when, and the rule's at in a require rule, where that is any if
// left out. In a when, at for a permission is same if left out."
type defaults struct {
	role, permission string
}

// meets reports whether a person meets a requirement at a scope, and until
// when. "All that a requirement names must be true." "A derived source ends at
// the earliest end among what it needs all of, the latest among alternatives
// that are met. What it needs absent has no end."
func (pr project) meets(p person, scope string, r *Requirement, def defaults) (end string, met bool) {
	if !pr.meetsFacts(p, scope, r) {
		return "", false
	}
	for _, none := range r.NoneOf {
		if _, met := pr.meets(p, scope, none, def); met {
			return "", false
		}
	}
	for _, all := range r.AllOf {
		e, met := pr.meets(p, scope, all, def)
		if !met {
			return "", false
		}
		end = earlier(end, e)
	}
	for _, ends := range [][]string{
		pr.endsOfGroup(p, r),
		pr.endsOfAlternatives(p, scope, r, def),
		pr.endsOfRole(p, scope, r, def),
		pr.endsOfPermission(p, scope, r, def),
	} {
		if len(ends) == 0 {
			return "", false
		}
		end = earlier(end, latest(ends))
	}
	return end, true
}

// meetsFacts judges what has no end: attribute, scopeAttribute ("so does
// the scope, or one above it") and matching ("the user shares a value with the
// scope and with each scope above it, so far as they have the attribute").
func (pr project) meetsFacts(p person, scope string, r *Requirement) bool {
	if !hasEach(p.Attributes, r.Attribute) {
		return false
	}
	for name, values := range r.ScopeAttribute {
		if !slices.ContainsFunc(pr.upwards(scope), func(s place) bool {
			return hasEach(s.Attributes, Attributes{name: values})
		}) {
			return false
		}
	}
	for _, s := range pr.upwards(scope) {
		values := s.Attributes[r.Matching]
		if len(values) > 0 && !containsAny(p.Attributes[r.Matching], values) {
			return false
		}
	}
	return true
}

// nothing is the end of what a requirement does not ask for.
var nothing = []string{""}

func (pr project) endsOfAlternatives(p person, scope string, r *Requirement, def defaults) []string {
	if r.AnyOf == nil {
		return nothing
	}
	var ends []string
	for _, any := range r.AnyOf {
		if end, met := pr.meets(p, scope, any, def); met {
			ends = append(ends, end)
		}
	}
	return ends
}

// endsOfGroup: the user is a member, for as long as the last stay that is in force.
func (pr project) endsOfGroup(p person, r *Requirement) []string {
	if r.Group == "" {
		return nothing
	}
	var ends []string
	for _, s := range pr.stays(p.id, r.Group) {
		if pr.isNow(s) {
			ends = append(ends, s.expires)
		}
	}
	return ends
}

// endsOfRole: "role is held at a scope seen from the one in question." "through:
// direct: what comes through groups does not count."
func (pr project) endsOfRole(p person, scope string, r *Requirement, def defaults) []string {
	if r.Role == "" {
		return nothing
	}
	var ends []string
	for _, h := range pr.holds(p) {
		if h.role == r.Role && pr.stands(p, h.scope, cmp.Or(r.At, def.role), scope) && (r.Through == "" ||
			h.group == "") {
			ends = append(ends, h.expires)
		}
	}
	return ends
}

// stands is where something is held, seen from a scope: at "home", where the
// person is at home; if that is nowhere, anywhere.
func (pr project) stands(p person, path, at, scope string) bool {
	if at == "home" {
		return p.Home == "" || p.Home == path
	}
	return pr.isAt(path, at, scope)
}

// endsOfPermission: "permission likewise, with all of actions left."
func (pr project) endsOfPermission(p person, scope string, r *Requirement, def defaults) []string {
	if r.Permission == "" {
		return nothing
	}
	var ends []string
	for _, s := range pr.places() {
		if pr.stands(p, s.path, cmp.Or(r.At, def.permission), scope) {
			ends = append(ends, pr.endsAt(p, s, r)...)
		}
	}
	return ends
}

// endsAt is the end of the required permission at one scope, if it is held
// there: of each action that is required, or of any action at all.
func (pr project) endsAt(p person, s place, r *Requirement) []string {
	ends := map[string][]string{} // by action
	var any []string
	for _, source := range pr.sources(p, s, r.Permission) {
		if r.Through == "direct" && source.Group != "" {
			continue
		}
		for _, action := range pr.left(p, s.path, r.Permission, source.Actions) {
			ends[action] = append(ends[action], source.Expires)
			any = append(any, source.Expires)
		}
	}
	if len(r.Actions) == 0 {
		return any
	}
	end := ""
	for _, action := range r.Actions {
		if len(ends[action]) == 0 {
			return nil
		}
		end = earlier(end, latest(ends[action]))
	}
	return []string{end}
}

func latest(ends []string) string {
	end := ends[0]
	for _, e := range ends {
		end = later(end, e)
	}
	return end
}
