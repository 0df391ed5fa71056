package gen

import "fmt"

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
	add("sides", s.Sides, func(i int) object {
		return object{"conflict": object{"between": object{"anyOf": []string{s.role(i), s.role(i + 2)}},
			"and": object{"allOf": []string{s.role(i + 1), s.role(i + 3)}}, "at": "related"}}
	})
	if s.ConflictItems > 0 {
		rules["items"] = object{"conflict": object{"between": names("role", s.ConflictItems), "at": "same"}}
	}
	if s.PersonValues > 0 {
		rules["values"] = object{"require": object{"holding": object{"attribute": object{
			"skill": names("skill", s.PersonValues)}}, "needs": object{"attribute": object{"skill": names("skill", 1)}}}}
	}
	add("forbid", s.Forbids, func(i int) object {
		return object{"forbid": object{"role": s.role(i), "scope": "top",
			"permission": number("permission", (i+9)%s.Permissions)}}
	})
	add("file-forbid", s.FileForbids, func(i int) object {
		return object{"forbid": object{"role": s.role(i), "permission": number("permission", (i+9)%s.Permissions),
			"exceptFiles": "users-*.json"}}
	})
	add("require", s.Requires, func(i int) object {
		return object{"require": object{"holding": object{"role": s.role(i)}, "needs": object{"role": s.role(i)}}}
	})
	add("holders", s.Holders, func(i int) object {
		return object{"holders": object{"role": s.role(i), "level": "level-0", "max": 1_000_000}}
	})
	add("permission-holders", s.PermissionHolders, func(i int) object {
		return object{"holders": object{"permission": number("permission", i%s.Permissions),
			"actions": []string{"view"}, "level": "level-0", "max": 1_000_000}}
	})
	add("labels", s.Labels, func(i int) object {
		return object{"labels": object{"label": "marked", "level": "top", "max": 1_000_000}}
	})
	add("per-user", s.PerUser, func(i int) object {
		return object{"per-user": object{"level": "level-0", "max": 1_000_000}}
	})
	add("deny", s.Denies, func(i int) object {
		return object{"deny": object{"permission": number("permission", i%s.Permissions), "action": "edit",
			"role": s.role(i)}}
	})
	return rules
}

func (s Shape) waivers() []object {
	list := []object{}
	for i := range s.Waivers {
		list = append(list, object{"rule": "expired", "user": s.User(i),
			"scope":  fmt.Sprintf("top/unit-%05d", i%s.Scopes),
			"reason": fmt.Sprintf("known since review %d", i), "expires": "2027-01-31"})
	}
	return list
}

func (s Shape) expectations(paths []string) []object {
	list := []object{}
	for i := range s.Expectations {
		e := object{"user": s.User(i), "scope": paths[i%s.Users%len(paths)]}
		if i%2 == 0 {
			e["can"] = number("permission", i%s.Users%s.Roles%s.Permissions)
		} else {
			e["cannot"] = "unheld"
		}
		list = append(list, e)
	}
	return list
}

// reviews confirm the first role of users.
func (s Shape) reviews(paths []string) []object {
	list := []object{}
	for i := range s.Reviews {
		list = append(list, object{"user": s.User(i), "role": s.role(i), "scope": paths[i%len(paths)],
			"by": s.User(i + 1), "on": "2026-11-01"})
	}
	return list
}

func (s Shape) settings() object {
	if s.Reviews == 0 {
		return object{}
	}
	return object{"reviewEvery": "90d"}
}

// owners returns logins and what they own.
func (s Shape) owners() (people object, owners []object) {
	people, owners = object{}, []object{}
	for i := range s.Owners {
		login := number("gh:owner", i)
		people[login] = []string{s.User(i)}
		owners = append(owners, object{"match": object{"permission": number("permission", i%s.Permissions),
			"role": s.role(i)}, "approvers": []string{login}, "on": []string{"gain", "loss"}})
	}
	return people, owners
}

func (s Shape) gates() object {
	list := []object{}
	for i := range s.Gates {
		list = append(list, object{"permission": number("permission", i%s.Permissions), "user": s.User(i)})
	}
	return object{"forbid": list}
}
