package diff

import (
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// sameUser reports whether a user has the same on both sides on every day,
// since all that it comes from is the same. It may say no without need.
func (p *Policies) sameUser(b, h *policy.User) bool {
	return p.sameWorld && b.Affiliation == h.Affiliation && b.Invited == h.Invited && b.Disabled == h.Disabled &&
		slices.EqualFunc(b.Entries, h.Entries, sameEntry) &&
		slices.EqualFunc(b.Memberships, h.Memberships, func(x, y policy.Membership) bool {
			return x.Group.ID == y.Group.ID && p.sameGroups[y.Group.ID] && x.Periods.Equal(y.Periods)
		}) &&
		(b.Default == nil) == (h.Default == nil) && (b.Default == nil || sameEntry(*b.Default, *h.Default)) &&
		sameAttributes(b.Attributes, h.Attributes) && sameAttributes(b.IDs, h.IDs)
}

func sameAttributes(a, b map[string][]string) bool {
	return len(a) == len(b) && (len(a) == 0 || maps.EqualFunc(a, b, slices.Equal))
}

// sameEntry compares entries of two policies with the same catalog.
func sameEntry(a, b policy.Entry) bool {
	return a.Starts == b.Starts && a.Ends == b.Ends && a.Actions == b.Actions && a.Fault == b.Fault &&
		a.ByDefault == b.ByDefault &&
		roleID(a.Role) == roleID(b.Role) && permissionID(a.Permission) == permissionID(b.Permission) &&
		a.Scope.Path == b.Scope.Path
}

func sameScope(a, b *policy.Scope) bool {
	return a.Path == b.Path && a.Level == b.Level && a.Apart == b.Apart && slices.Equal(a.Labels, b.Labels) &&
		sameAttributes(a.Attributes, b.Attributes)
}

// groupOf finds a group, or nil.
func groupOf(p *policy.Policy, id string) *policy.Group {
	i, ok := slices.BinarySearchFunc(p.Groups, id, func(g *policy.Group, id string) int {
		return strings.Compare(g.ID, id)
	})
	if !ok {
		return nil
	}
	return p.Groups[i]
}

// sameRequirement compares what only facts meet, which is all that its words say.
func sameRequirement(a, b *policy.Requirement) bool {
	return (a == nil) == (b == nil) && (a == nil || a.String() == b.String())
}

// sameSelector compares selectors of two policies, except for levels.
func sameSelector(a, b *policy.Selector) bool {
	return sameRequirement(a.Unless, b.Unless) && slices.Equal(a.Affiliations, b.Affiliations) &&
		sameNames(a.GroupNames, b.GroupNames) &&
		slices.Equal(a.Actions, b.Actions) &&
		slices.EqualFunc(a.Roles, b.Roles, func(x, y *policy.Role) bool { return x.ID == y.ID }) &&
		slices.EqualFunc(a.Permissions, b.Permissions, func(x, y *policy.Permission) bool { return x.ID == y.ID }) &&
		slices.EqualFunc(a.Scopes, b.Scopes, func(x, y *policy.Scope) bool { return x.Path == y.Path }) &&
		slices.EqualFunc(a.Attributes, b.Attributes, func(x, y policy.Attribute) bool {
			return x.Name.Name == y.Name.Name &&
				slices.EqualFunc(x.Values, y.Values, func(v, w policy.Ref) bool { return v.Name == w.Name })
		})
}

func sameNames(a, b []policy.Ref) bool {
	return slices.EqualFunc(a, b, func(x, y policy.Ref) bool { return x.Name == y.Name })
}
