package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// names resolves the names on a command line. The first unknown one is wrong usage.
type names struct {
	policy *policy.Policy
	err    error
}

func (n *names) unknown(arg, what, name, help string, candidates []string) {
	if n.err != nil {
		return
	}
	if help == "" {
		help = diag.Suggest(name, candidates)
	}
	if help == "" {
		help = "this project has none"
	}
	if !strings.HasPrefix(arg, "-") {
		help = cmp.Or(pathHelp(name, what), help)
	}
	n.err = usage("%s %q: there is no such %s; %s", arg, name, what, help)
}

func (n *names) user(arg, name string) *policy.User {
	key := n.policy.Catalog.UserKey
	id := key(name)
	for _, u := range n.policy.Users {
		if key(u.ID) == id {
			return u
		}
	}
	hits, _ := titled(n.policy, name, []string{aUser})
	if len(hits) == 1 {
		return hits[0].user
	}
	n.unknown(arg, "user", name, meant(n.policy, name, []string{aUser}), nil)
	return nil
}

// idOf returns the id of the one thing of a kind that has a name in the system, or "".
func (n *names) idOf(kind, name string) string {
	ids := policy.IDsCalled(n.policy.External, kind, name)
	if len(ids) != 1 {
		return ""
	}
	return ids[0]
}

func (n *names) scope(arg, name string) *policy.Scope {
	s := n.policy.ScopeByPath[name]
	if s == nil {
		s = n.policy.ScopeByPath[n.idOf("scope", name)]
	}
	if s == nil {
		var paths []string
		for _, s := range n.policy.Scopes {
			paths = append(paths, s.Path)
		}
		n.unknown(arg, "scope", name, "", paths)
	}
	return s
}

func (n *names) permission(arg, name string) *policy.Permission {
	p, several := n.policy.Catalog.PermissionNamed(name)
	if p == nil {
		hits, _ := titled(n.policy, name, []string{aPermission})
		if len(hits) == 1 && len(several) == 0 {
			return hits[0].permission
		}
		help := cmp.Or(oneOfThese(several), meant(n.policy, name, []string{aPermission}))
		n.unknown(arg, "permission", name, help, n.policy.Catalog.PermissionIDs())
	}
	return p
}

func (n *names) role(arg, name string) *policy.Role {
	r, several := n.policy.Catalog.RoleNamed(name)
	if r == nil {
		hits, _ := titled(n.policy, name, []string{aRole})
		if len(hits) == 1 && len(several) == 0 {
			return hits[0].role
		}
		n.unknown(arg, "role", name, cmp.Or(oneOfThese(several), meant(n.policy, name, []string{aRole})), nil)
	}
	return r
}

// oneOfThese returns the help for a name that means several things.
func oneOfThese(ids []string) string {
	if len(ids) < 2 {
		return ""
	}
	return "it may mean " + strings.Join(ids, " or ")
}

func (n *names) affiliation(arg, name string) {
	var ids []string
	for _, a := range n.policy.Catalog.Affiliations {
		ids = append(ids, a.ID.Name)
	}
	if !slices.Contains(ids, name) {
		n.unknown(arg, "affiliation", name, "", ids)
	}
}

// action checks that a permission, or any if it is nil, has an action.
func (n *names) action(arg, name string, of *policy.Permission) {
	list := flags.ListActions(n.policy)
	if of != nil {
		list = of.Actions
	}
	if slices.Contains(list, name) {
		return
	}
	help := ""
	if id := n.idOf("action", name); slices.Contains(list, id) {
		help = fmt.Sprintf("write %q, the id of the action", id)
	} else if of != nil {
		help = of.ID + " has " + strings.Join(of.Actions, ", ")
	}
	n.unknown(arg, "action", name, help, list)
}

// group accepts a group of the project, or a built-in one, which may have nothing; group: before it is left out.
func (n *names) group(arg, name string) *policy.Group {
	short := strings.TrimPrefix(name, "group:")
	var ids []string
	for _, g := range n.policy.Groups {
		if g.ID == name {
			return g
		}
	}
	name = short
	if id := n.idOf("group", short); id != "" {
		short = id
	}
	for _, g := range n.policy.Groups {
		if g.ID == name || g.ID == short {
			return g
		}
		ids = append(ids, g.ID)
	}
	if builtIn := n.policy.Catalog.EveryoneIDs(); slices.Contains(builtIn, name) {
		return n.policy.EveryoneGroup(name)
	} else if strings.HasPrefix(name, policy.Everyone) {
		ids = append(ids, builtIn...)
	}
	n.unknown(arg, "group", name, "", ids)
	return nil
}
