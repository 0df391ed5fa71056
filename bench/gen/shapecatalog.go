package gen

import "fmt"

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
		if s.Labels > 0 {
			at["labels"] = []string{"marked"}
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
	return object{"product": "grown", "levels": levels, "permissions": s.permissions(low), "roles": s.roles(levels),
		"labels":     object{"marked": object{"title": "Marked"}},
		"attributes": object{"user": object{"skill": object{"title": "Skills"}}}}
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
	if s.Givers+s.GiverUnits > 0 {
		permissions["giving"] = object{"level": low, "delegates": []object{
			{"gives": object{"grantable": true, "roles": true}, "to": "users"}}}
	}
	if s.Alternatives > 0 {
		var list []object
		for _, id := range names("permission", s.Alternatives) {
			list = append(list, object{"permission": id, "actions": []string{"view", "edit"}})
		}
		permissions["alternative"] = object{"level": low, "when": object{"anyOf": list}}
	}
	if s.Expectations > 0 {
		permissions["unheld"] = object{"level": low, "grantable": true}
	}
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
		for k := range s.Cells {
			cells[number("permission", (i+k)%s.Permissions)] = object{"actions": []string{"view"}}
		}
		roles[id] = object{"level": low, "permissions": cells}
	}
	for i, id := range names("including", s.Includes) {
		r := object{"level": low, "permissions": object{number("permission", i%s.Permissions): object{}}}
		if i+1 < s.Includes {
			r["includes"] = object{number("including", i+1): object{}}
		}
		roles[id] = r
	}
	for i, id := range names("gift", s.Gifts) {
		r := object{"level": low, "permissions": object{number("permission", i%s.Permissions): object{}}}
		if i+1 < s.Gifts {
			r["delegates"] = []object{{"gives": object{"roles": []string{number("gift", i+1)}}, "to": "users"}}
		}
		roles[id] = r
	}
	if s.Givers+s.GiverUnits > 0 {
		roles["giver"] = object{"level": low, "permissions": object{"giving": object{}}}
	}
	if s.PersonTrees > 0 {
		roles["director"] = object{"level": low, "permissions": object{"permission-00000": object{"reach": "tree"}}}
	}
	roles["manager"] = object{"level": levels, "permissions": object{"permission-00000": object{"reach": "subtree"}}}
	return roles
}
