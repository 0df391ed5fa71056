package gen

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Shape is the size of a project of a product of its own, in every dimension.
type Shape struct {
	Users, Files                int // users are spread over files
	GrantsPerUser, RolesPerUser int
	// Members of each group; groups of depth n have a chain of n groups in them
	Groups, GroupDepth, Members            int
	GroupsPerUser                          int
	Scopes, ScopeDepth                     int // Scopes under the top, each at the end of a chain of ScopeDepth
	Permissions, Roles                     int
	Includes, Implied, Derived             int // lengths of chains
	PersonGrants, PersonRoles, PersonUnits int // of one person, on as many scopes
	Conflicts, Forbids, Requires           int // rules
	Holders, PerUser, Denies               int
	Waivers, Expectations                  int
	Unknown, Faulty                        int // entries that name an unknown role, or have a warning
}

// Small is a project to which one dimension is added at a time.
var Small = Shape{Users: 500, Files: 1, GrantsPerUser: 2, RolesPerUser: 1, Groups: 5, GroupDepth: 1, Members: 10,
	Scopes: 20, ScopeDepth: 1, Permissions: 20, Roles: 10}

type object = map[string]any

// names returns prefix-0000, prefix-0001, ….
func names(prefix string, n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("%s-%05d", prefix, i))
	}
	return list
}

// Write writes the project as JSON into a folder.
func (s Shape) Write(dir string) error {
	scopes, paths := s.scopes()
	project := object{
		"catalog": s.catalog(), "scopes": scopes, "groups": s.groups(paths), "rules": s.rules(),
		"waivers": s.waivers(), "expect": s.expectations(paths),
	}
	users := s.users(paths)
	files := map[string]object{"access.json": project}
	for i, id := range names("user", s.Users) {
		name := fmt.Sprintf("users-%05d.json", i*s.Files/s.Users)
		if files[name] == nil {
			files[name] = object{"users": object{}}
		}
		files[name]["users"].(object)[id] = users[id]
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		raw, err := json.MarshalIndent(content, "", " ")
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), raw, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// scopes returns the tree, and the path of the last scope of each chain.
func (s Shape) scopes() (tree object, paths []string) {
	top := object{}
	for _, name := range names("unit", s.Scopes) {
		path, at := "top", top
		for d := range s.ScopeDepth {
			next := object{}
			step := name
			if d > 0 {
				step = fmt.Sprintf("sub-%d", d)
			}
			at["scopes"] = merged(at["scopes"], step, next)
			path, at = path+"/"+step, next
		}
		paths = append(paths, path)
	}
	return object{"top": top}, paths
}

func merged(list any, key string, value object) object {
	o, ok := list.(object)
	if !ok {
		o = object{}
	}
	o[key] = value
	return o
}

func (s Shape) catalog() object {
	levels := []string{"top"}
	for d := range s.ScopeDepth {
		levels = append(levels, fmt.Sprintf("level-%d", d))
	}
	low := levels[1:]
	return object{"product": "grown", "levels": levels, "permissions": s.permissions(low), "roles": s.roles(levels)}
}

func (s Shape) permissions(low []string) object {
	permissions := object{}
	for _, id := range names("permission", s.Permissions) {
		permissions[id] = object{"level": low, "actions": []string{"view", "edit"}, "grantable": true}
	}
	chain := func(prefix string, n int, of func(i int, next string) object) {
		for i, id := range names(prefix, n) {
			next := ""
			if i+1 < n {
				next = fmt.Sprintf("%s-%05d", prefix, i+1)
			}
			permissions[id] = of(i, next)
		}
	}
	chain("implied", s.Implied, func(_ int, next string) object {
		p := object{"level": low, "grantable": true}
		if next != "" {
			p["implies"] = []string{next}
		}
		return p
	})
	chain("derived", s.Derived, func(_ int, next string) object {
		if next == "" {
			next = "permission-00000"
		}
		return object{"level": low, "grantable": false, "when": object{"permission": next, "at": "same"}}
	})
	return permissions
}

func (s Shape) roles(levels []string) object {
	roles, low := object{}, levels[1:]
	for i, id := range names("role", s.Roles) {
		cells := object{}
		for k := range 5 {
			cells[fmt.Sprintf("permission-%05d", (i+k)%s.Permissions)] = object{"actions": []string{"view"}}
		}
		roles[id] = object{"level": low, "permissions": cells}
	}
	for i, id := range names("including", s.Includes) {
		r := object{"level": low, "permissions": object{fmt.Sprintf("permission-%05d", i%s.Permissions): object{}}}
		if i+1 < s.Includes {
			r["includes"] = object{fmt.Sprintf("including-%05d", i+1): object{}}
		}
		roles[id] = r
	}
	roles["manager"] = object{"level": levels, "permissions": object{"permission-00000": object{"reach": "subtree"}}}
	return roles
}

func (s Shape) user(i int) string { return fmt.Sprintf("user-%05d", i%s.Users) }

func (s Shape) role(i int) string { return fmt.Sprintf("role-%05d", i%s.Roles) }

func (s Shape) groups(paths []string) object {
	groups := object{}
	for i, id := range names("group", s.Groups) {
		var members []string
		for k := range min(s.Members, s.Users) {
			members = append(members, s.user(i*s.Members+k))
		}
		groups[id] = object{"members": members,
			"roles": []object{{"role": s.role(i), "scope": paths[i%len(paths)]}}}
	}
	for i, id := range names("nested", s.GroupDepth) {
		inner := "group-00000"
		if i > 0 {
			inner = fmt.Sprintf("nested-%05d", i-1)
		}
		groups[id] = object{"members": []object{{"group": inner}},
			"roles": []object{{"role": s.role(i), "scope": paths[i%len(paths)]}}}
	}
	return groups
}

func (s Shape) users(paths []string) map[string]object {
	at := func(i int) string { return paths[i%len(paths)] }
	users := map[string]object{}
	for i, id := range names("user", s.Users) {
		var roles, grants []object
		for k := range s.RolesPerUser {
			roles = append(roles, object{"role": s.role(i + k), "scope": at(i + k/s.Roles)})
		}
		for k := range s.GrantsPerUser {
			p := (i + 5 + k) % s.Permissions
			grants = append(grants, object{"permission": fmt.Sprintf("permission-%05d", p),
				"scope":   at(i + 1 + k/s.Permissions),
				"actions": []string{"edit"}})
		}
		users[id] = object{"roles": roles, "grants": grants}
		if s.GroupsPerUser > 0 {
			var groups []string
			for k := range min(s.GroupsPerUser, s.Groups) {
				groups = append(groups, fmt.Sprintf("group-%05d", (i*s.GroupsPerUser+k)%s.Groups))
			}
			users[id]["groups"] = groups
		}
	}
	s.person(users[s.user(0)], at)
	add := func(i int, kind string, e object) {
		u := users[s.user(i)]
		u[kind] = append(u[kind].([]object), e)
	}
	for i := range s.Unknown {
		add(i, "roles", object{"role": fmt.Sprintf("roel-%05d", i%s.Roles), "scope": at(i)})
	}
	for i := range s.Faulty {
		add(i, "grants", object{"permission": fmt.Sprintf("permission-%05d", i/s.Users%s.Permissions),
			"scope": at(i / s.Users / s.Permissions), "expires": "2020-01-01"})
	}
	return users
}

// person adds what one person has.
func (s Shape) person(u object, at func(int) string) {
	roles, grants := u["roles"].([]object), u["grants"].([]object)
	for i := range s.PersonGrants {
		grants = append(grants, object{"permission": fmt.Sprintf("permission-%05d", i%s.Permissions),
			"scope": at(i / s.Permissions)})
	}
	for i := range s.PersonRoles {
		roles = append(roles, object{"role": s.role(i), "scope": at(i / s.Roles)})
	}
	for i := range s.PersonUnits {
		roles = append(roles, object{"role": "manager", "scope": at(i)})
	}
	for _, list := range []struct {
		n    int
		kind *[]object
		e    object
	}{
		{s.Includes, &roles, object{"role": "including-00000", "scope": at(0)}},
		{s.Implied, &grants, object{"permission": "implied-00000", "scope": at(0)}},
		{s.Derived, &grants, object{"permission": "permission-00000", "scope": at(0)}},
	} {
		if list.n > 0 {
			*list.kind = append(*list.kind, list.e)
		}
	}
	u["roles"], u["grants"] = roles, grants
}

func (s Shape) rules() object {
	rules := object{}
	add := func(prefix string, n int, rule func(i int) object) {
		for i, id := range names(prefix, n) {
			rules[id] = rule(i)
		}
	}
	add("conflict", s.Conflicts, func(i int) object {
		return object{"conflict": object{"between": []string{s.role(i), s.role(i + 1)}, "at": "same"}}
	})
	add("forbid", s.Forbids, func(i int) object {
		return object{"forbid": object{"role": s.role(i), "scope": "top",
			"permission": fmt.Sprintf("permission-%05d", (i+9)%s.Permissions)}}
	})
	add("require", s.Requires, func(i int) object {
		return object{"require": object{"holding": object{"role": s.role(i)}, "needs": object{"role": s.role(i)}}}
	})
	add("holders", s.Holders, func(i int) object {
		return object{"holders": object{"role": s.role(i), "level": "top", "max": 1_000_000}}
	})
	add("per-user", s.PerUser, func(i int) object {
		return object{"per-user": object{"level": "level-0", "max": 1_000_000}}
	})
	add("deny", s.Denies, func(i int) object {
		return object{"deny": object{"permission": fmt.Sprintf("permission-%05d", i%s.Permissions), "action": "edit",
			"role": s.role(i)}}
	})
	return rules
}

func (s Shape) waivers() []object {
	list := []object{}
	for i := range s.Waivers {
		list = append(list, object{"rule": "expired", "user": s.user(i),
			"scope":  fmt.Sprintf("top/unit-%05d", i%s.Scopes),
			"reason": fmt.Sprintf("known since review %d", i), "expires": "2027-01-31"})
	}
	return list
}

func (s Shape) expectations(paths []string) []object {
	list := []object{}
	for i := range s.Expectations {
		list = append(list, object{"user": s.user(i), "can": fmt.Sprintf("permission-%05d",
			i%s.Users%s.Roles%s.Permissions),
			"scope": paths[i%s.Users%len(paths)]})
	}
	return list
}
