package policy

import "slices"

// MatchesUser reports whether a user has one of the affiliations, of the attributes, of the groups and of the roles
// that the selector lists. An empty list matches.
func (s *Selector) MatchesUser(a *Access) bool {
	if len(s.Affiliations) > 0 && !slices.Contains(s.Affiliations, a.User.Affiliation) {
		return false
	}
	if !hasAttributes(a.User.Attributes, s.Attributes) {
		return false
	}
	if !a.InAny(s.GroupNames) {
		return false
	}
	return len(s.Roles) == 0 || slices.ContainsFunc(a.Roles, func(h Held) bool {
		return slices.Contains(s.Roles, h.Role)
	})
}

// InAny reports whether the user is in one of some groups on that day, or none is named.
func (a *Access) InAny(groups []Ref) bool {
	return len(groups) == 0 || slices.ContainsFunc(groups, func(g Ref) bool { return meetsGroup(a, g.Name).OK })
}

// hasAttributes reports whether there is one of the values of each attribute, or any value if none is
// listed.
func hasAttributes(have map[string][]string, want []Attribute) bool {
	for _, w := range want {
		values := have[w.Name.Name]
		if len(values) == 0 {
			return false
		}
		if len(w.Values) > 0 && !slices.ContainsFunc(w.Values, func(v Ref) bool {
			return slices.Contains(values, v.Name)
		}) {
			return false
		}
	}
	return true
}

// Covers reports whether a scope is of a level and within a scope that are
// selected, if any are, and the user does not meet there what is excepted on a day.
func (s *Selector) Covers(u *User, scope *Scope, day Date) bool {
	return s.AtLevel(scope) && (len(s.Scopes) == 0 || slices.ContainsFunc(s.Scopes, scope.Within)) &&
		(s.Unless == nil || !s.Unless.Met(&Access{User: u, On: day}, scope).OK)
}

// AtLevel reports whether a scope is of a level that is selected, if any is.
func (s *Selector) AtLevel(scope *Scope) bool { return s.Levels == 0 || s.Levels.Has(scope.Level) }

// Selects returns those actions of a permission that are selected.
func (s *Selector) Selects(p *Permission) (set Actions) {
	if len(s.Permissions) > 0 && !slices.Contains(s.Permissions, p) {
		return 0
	}
	for i, a := range p.Actions {
		if len(s.Actions) == 0 || slices.Contains(s.Actions, a) {
			set |= 1 << i
		}
	}
	return set
}
