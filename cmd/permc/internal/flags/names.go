package flags

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Names lists names of a project, each with a tab and its title.
type Names func(p *policy.Policy) []string

// User, Scope, Permission, Role, Affiliation, Action and Group return flags for a name of the project. Which names
// there are is known only once the project is read.
func User(to *string) Value        { return nameFlag(to, "USER", ListUsers) }
func Scope(to *string) Value       { return nameFlag(to, "SCOPE", ListScopes) }
func Permission(to *string) Value  { return nameFlag(to, "PERMISSION", ListPermissions) }
func Role(to *string) Value        { return nameFlag(to, "ROLE", ListRoles) }
func Affiliation(to *string) Value { return nameFlag(to, "AFFILIATION", ListAffiliations) }
func Action(to *string) Value      { return nameFlag(to, "ACTION", ListActions) }
func Group(to *string) Value       { return nameFlag(to, "GROUP", ListGroups) }

// PermissionOrRole returns a flag for the name of either.
func PermissionOrRole(to *string) Value {
	return nameFlag(to, "PERMISSION|ROLE", func(p *policy.Policy) []string {
		return append(ListPermissions(p), ListRoles(p)...)
	})
}

func nameFlag(to *string, word string, names Names) Value {
	return &value[string]{to: to, word: word, complete: named(names), parse: keep}
}

// ListUsers lists the users that a shell can take as one word.
func ListUsers(p *policy.Policy) (list []string) {
	for _, u := range p.Users {
		if policy.Fold(u.ID) != "" && !strings.ContainsRune(u.ID, '\t') {
			list = append(list, Described(u.ID, u.Name))
		}
	}
	return list
}

// ListScopes lists the scopes.
func ListScopes(p *policy.Policy) (list []string) {
	for _, s := range p.Scopes {
		list = append(list, Described(s.Path, s.Title))
	}
	return list
}

// ListPermissions lists the permissions of the catalog.
func ListPermissions(p *policy.Policy) (list []string) {
	for _, x := range p.Catalog.Permissions {
		list = append(list, Described(x.ID, x.Title))
	}
	return list
}

// ListRoles lists the roles of the catalog.
func ListRoles(p *policy.Policy) (list []string) {
	for _, r := range p.Catalog.Roles {
		list = append(list, Described(r.ID, r.Title))
	}
	return list
}

// ListAffiliations lists the affiliations of the catalog.
func ListAffiliations(p *policy.Policy) (list []string) {
	for _, a := range p.Catalog.Affiliations {
		list = append(list, Described(a.ID.Name, a.Title))
	}
	return list
}

// ListGroups lists the groups that are declared or named.
func ListGroups(p *policy.Policy) (list []string) {
	for _, g := range p.Groups {
		list = append(list, Described(g.ID, g.Title))
	}
	return list
}

// ListLevels lists the levels of scopes.
func ListLevels(p *policy.Policy) []string { return p.Catalog.Levels }

// ListActions lists the actions of all permissions, each once.
func ListActions(p *policy.Policy) (list []string) {
	for _, x := range p.Catalog.Permissions {
		list = append(list, x.Actions...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Actions returns a flag for some actions, which may be repeated.
func Actions(to *[]string) Value {
	l := &list[string]{all: to}
	l.word, l.complete, l.parse = "ACTION", named(ListActions), refuseEmpty(keep)
	return l
}
