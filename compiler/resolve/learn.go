package resolve

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// LearnNames adds to a catalog the names that another one has. A project written for a new version of a catalog names
// roles, permissions and attributes that an old version lacks. To compare the two, the old version accepts these names
// as well, but they give nothing.
func LearnNames(c, from *policy.DeclaredCatalog) {
	learnRoles(c, from)
	learnPermissions(c, from)
	c.Labels = learnWords(c.Labels, from.Labels)
	c.Affiliations = learnWords(c.Affiliations, from.Affiliations)
	c.UserAttributes = learnAttributes(c.UserAttributes, from.UserAttributes)
	c.ScopeAttributes = learnAttributes(c.ScopeAttributes, from.ScopeAttributes)
	c.GroupAttributes = learnAttributes(c.GroupAttributes, from.GroupAttributes)
}

// learnRoles adds roles without cells, and further aliases of known roles.
func learnRoles(c, from *policy.DeclaredCatalog) {
	for i := range from.Roles {
		r := &from.Roles[i]
		at := slices.IndexFunc(c.Roles, func(x policy.DeclaredRole) bool { return x.ID.Name == r.ID.Name })
		if at >= 0 {
			c.Roles[at].Aliases = learnNames(c.Roles[at].Title, c.Roles[at].Aliases, r.Title, r.Aliases)
			continue
		}
		if levels := knownNames(r.Levels, levelsOf(c)); len(levels) > 0 {
			c.Roles = append(c.Roles, policy.DeclaredRole{
				ID:      policy.Ref{Name: r.ID.Name},
				Title:   r.Title,
				Aliases: r.Aliases,
				Levels:  levels,
			})
		}
	}
}

// learnPermissions adds permissions that nobody can hold, and further aliases of known permissions.
func learnPermissions(c, from *policy.DeclaredCatalog) {
	at := map[string]int{}
	for i := range c.Permissions {
		at[c.Permissions[i].ID.Name] = i
	}
	for i := range from.Permissions {
		p := &from.Permissions[i]
		if n, ok := at[p.ID.Name]; ok {
			c.Permissions[n].Aliases = learnNames(c.Permissions[n].Title, c.Permissions[n].Aliases, p.Title, p.Aliases)
			continue
		}
		if levels := knownNames(p.Levels, levelsOf(c)); len(levels) > 0 {
			c.Permissions = append(c.Permissions, policy.DeclaredPermission{
				ID: policy.Ref{Name: p.ID.Name}, Title: p.Title, Aliases: p.Aliases, Levels: levels,
				Actions: noPlaces(p.Actions), ActionSensitivity: p.ActionSensitivity, Sensitivity: p.Sensitivity,
				Deprecated: "It is not in this version of the catalog.",
			})
		}
	}
}

// learnNames returns the aliases of an item, with those in another catalog.
func learnNames(title string, aliases []string, otherTitle string, others []string) []string {
	out := slices.Clone(aliases)
	for _, name := range append(slices.Clone(others), otherTitle) {
		if name != "" && name != title && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func learnWords(list, from []policy.Described) []policy.Described {
	for _, d := range from {
		if !slices.ContainsFunc(list, func(x policy.Described) bool { return x.ID.Name == d.ID.Name }) {
			list = append(list, policy.Described{ID: policy.Ref{Name: d.ID.Name}, Title: d.Title})
		}
	}
	return list
}

func learnAttributes(list, from []policy.DeclaredAttribute) []policy.DeclaredAttribute {
	for _, a := range from {
		at := slices.IndexFunc(list, func(x policy.DeclaredAttribute) bool { return x.ID.Name == a.ID.Name })
		if at < 0 {
			a = policy.Moved(a, 0)
			a.ID.Pos, a.Source, a.Values = policy.Pos{}, policy.Ref{}, noPlaces(a.Values)
			list = append(list, a)
			continue
		}
		if list[at].Closed = list[at].Closed && a.Closed; !list[at].Closed && list[at].Values == nil {
			continue // it takes any value
		}
		for _, v := range noPlaces(a.Values) {
			if !slices.ContainsFunc(list[at].Values, func(x policy.Ref) bool { return x.Name == v.Name }) {
				list[at].Values = append(slices.Clone(list[at].Values), v)
			}
		}
	}
	return list
}

// levelsOf returns the levels of a catalog, in a line or a tree.
func levelsOf(c *policy.DeclaredCatalog) []policy.Ref {
	list := slices.Clone(c.Levels)
	var walk func([]policy.DeclaredLevel)
	walk = func(levels []policy.DeclaredLevel) {
		for i := range levels {
			list = append(list, levels[i].ID)
			walk(levels[i].Levels)
		}
	}
	walk(c.LevelTree)
	return list
}

// knownNames returns the names that are in a list.
func knownNames(names, in []policy.Ref) []policy.Ref {
	return slices.DeleteFunc(noPlaces(names), func(r policy.Ref) bool {
		return !slices.ContainsFunc(in, func(x policy.Ref) bool { return x.Name == r.Name })
	})
}

// noPlaces returns names without their positions, which are in files of another catalog.
func noPlaces(list []policy.Ref) (out []policy.Ref) {
	for _, r := range list {
		out = append(out, policy.Ref{Name: r.Name})
	}
	return out
}
