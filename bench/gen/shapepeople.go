package gen

import (
	"fmt"
	"time"
)

// User returns the id of a user.
func (s Shape) User(i int) string { return number("user", i%s.Users) }

func (s Shape) role(i int) string { return number("role", i%s.Roles) }

func (s Shape) groups(paths []string) object {
	groups := object{}
	for i, id := range names("group", s.Groups) {
		var members []string
		for k := range min(s.Members, s.Users) {
			members = append(members, s.User(i*s.Members+k))
		}
		groups[id] = object{"members": members,
			"roles": []object{{"role": s.role(i), "scope": paths[i%len(paths)]}}}
	}
	for i, id := range names("nested", s.GroupDepth) {
		inner := "group-00000"
		if i > 0 {
			inner = number("nested", i-1)
		}
		groups[id] = object{"members": []object{{"group": inner}},
			"roles": []object{{"role": s.role(i), "scope": paths[i%len(paths)]}}}
	}
	var middle []object
	for i, id := range names("middle", s.Middle) {
		groups[id] = object{"members": []object{{"group": "inner"}},
			"roles": []object{{"role": s.role(i), "scope": paths[i/s.Roles%len(paths)]}}}
		middle = append(middle, object{"group": id})
	}
	if s.Middle > 0 {
		groups["inner"], groups["outer"] = object{"members": []string{s.User(0)}}, object{"members": middle,
			"roles": []object{{"role": s.role(0), "scope": paths[0]}}}
	}
	for i, id := range names("same", s.Redundant) {
		groups[id] = object{"members": []string{s.User(i)},
			"roles": []object{{"role": s.role(i % s.Users), "scope": paths[i%s.Users%len(paths)]}}}
	}
	for i, id := range names("personal", s.PersonGroups) {
		groups[id] = object{"members": []string{s.User(0)},
			"roles": []object{{"role": s.role(i), "scope": paths[i/s.Roles%len(paths)]}}}
	}
	for i, id := range names("owned", s.Owned) {
		groups[id] = object{"members": []string{s.User(i + 1)}, "owners": []string{s.User(0)},
			"roles": []object{{"role": s.role(i), "scope": paths[i%len(paths)]}}}
	}
	return groups
}

func (s Shape) invitations(paths []string) object {
	list := object{}
	for i, id := range names("invited", s.Invitations) {
		list[id] = object{"name": fmt.Sprint("Invited ", i), "via": "email",
			"roles": []object{{"role": s.role(i), "scope": paths[i%len(paths)]}}}
	}
	return list
}

func (s Shape) users(paths []string) map[string]object {
	at := func(i int) string { return paths[i%len(paths)] }
	users := map[string]object{}
	for i, id := range names("user", s.Users) {
		roles, grants := []object{}, []object{}
		for k := range s.RolesPerUser {
			roles = append(roles, object{"role": s.role(i + k), "scope": at(i + k/s.Roles)})
		}
		for k := range s.GrantsPerUser {
			p := (i + 5 + k) % s.Permissions
			grants = append(grants, object{"permission": number("permission", p),
				"scope":   at(i + 1 + k/s.Permissions),
				"actions": []string{"edit"}})
		}
		users[id] = object{"roles": roles, "grants": grants}
		if s.GroupsPerUser > 0 {
			var groups []string
			for k := range min(s.GroupsPerUser, s.Groups) {
				groups = append(groups, number("group", (i*s.GroupsPerUser+k)%s.Groups))
			}
			users[id]["groups"] = groups
		}
	}
	s.person(users[s.User(0)], at)
	add := func(i int, kind string, e object) {
		u := users[s.User(i)]
		u[kind] = append(u[kind].([]object), e)
	}
	for i := range s.Moved {
		users[s.User(i)]["roles"].([]object)[0]["role"] = s.role(i + 5)
	}
	for i := range s.Givers {
		add(i, "roles", object{"role": "giver", "scope": at(i)})
	}
	for i := range s.Duplicate {
		add(i, "roles", object{"role": s.role(i), "scope": at(i)})
	}
	for i := range s.Unknown {
		add(i, "roles", object{"role": number("roel", i%s.Roles), "scope": at(i)})
	}
	for i := range s.Faulty {
		add(i, "grants", object{"permission": number("permission", i/s.Users%s.Permissions),
			"scope": at(i / s.Users / s.Permissions), "expires": "2020-01-01"})
	}
	return users
}

// person adds what one person has.
func (s Shape) person(u object, at func(int) string) {
	roles, grants := u["roles"].([]object), u["grants"].([]object)
	for i := range s.PersonGrants {
		grants = append(grants, object{"permission": number("permission", i%s.Permissions),
			"scope": at(i / s.Permissions)})
	}
	for i := range s.PersonRoles {
		roles = append(roles, object{"role": s.role(i), "scope": at(i / s.Roles)})
	}
	for i := range s.PersonDays {
		roles = append(roles, object{"role": s.role(i), "scope": at(i / s.Roles), "expires": day(i + 1)})
	}
	for i := range s.GiverUnits {
		roles = append(roles, object{"role": "giver", "scope": at(i)})
	}
	if s.PersonValues > 0 {
		u["attributes"] = object{"skill": names("skill", s.PersonValues)}
	}
	for i := range s.PersonUnits {
		roles = append(roles, object{"role": "manager", "scope": at(i)})
	}
	for i := range s.PersonTrees {
		roles = append(roles, object{"role": "director", "scope": at(i)})
	}
	for _, list := range []struct {
		n    int
		kind *[]object
		e    object
	}{
		{s.Includes, &roles, object{"role": "including-00000", "scope": at(0)}},
		{s.Implied, &grants, object{"permission": "implied-00000", "scope": at(0)}},
		{s.Gifts, &roles, object{"role": "gift-00000", "scope": at(0)}},
		{s.Derived, &grants, object{"permission": "permission-00000", "scope": at(0)}},
	} {
		if list.n > 0 {
			*list.kind = append(*list.kind, list.e)
		}
	}
	u["roles"], u["grants"] = roles, grants
}

// day returns the day that is so many days after AsOf.
func day(n int) string {
	d, err := time.Parse(time.DateOnly, AsOf)
	if err != nil {
		panic(err)
	}
	return d.AddDate(0, 0, n).Format(time.DateOnly)
}
