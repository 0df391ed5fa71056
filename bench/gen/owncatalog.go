package gen

import "fmt"

// ownCatalog has 40 roles, a chain of implied permissions, and derived ones that rest on each other.
func ownCatalog() object {
	permissions, all := object{}, []string{"company", "division", "team"}
	add := func(id string, more object) {
		p := object{"level": all, "actions": []string{"view", "edit"}}
		for k, v := range more {
			p[k] = v
		}
		permissions[id] = p
	}
	for i := range ownRoles {
		add(uniqueID(i), nil)
	}
	for i := range ownShared {
		add(sharedID(i), nil)
	}
	permissions[sharedID(0)].(object)["implies"] = []string{"implied-0"}
	for i := range ownGrantable {
		add(grantableID(i), object{"grantable": true})
	}
	for i := range 3 {
		more := object{}
		if i < 2 {
			more["implies"] = []string{fmt.Sprintf("implied-%d", i+1)}
		}
		add(fmt.Sprintf("implied-%d", i), more)
	}
	for i, when := range ownRequirements() {
		add(fmt.Sprintf("derived-%d", i), object{"when": when})
	}
	value := func(title string, values ...string) object { return object{"title": title, "values": values} }
	return object{
		"product": "own", "levels": all, "permissions": permissions, "roles": ownRolesOf(all),
		"affiliations": object{"staff": object{"title": "Staff"}, "contractor": object{"title": "Contractors"}},
		"attributes": object{"user": object{"training": value("Courses", "safety"),
			"clearance": value("Clearances", "edit", "audit")}},
		"labels": object{"first": object{"title": "The first team"}},
	}
}

func ownRequirements() []object {
	return []object{
		{"allOf": []object{{"permission": uniqueID(0), "at": "same"}, {"attribute": object{"training": []string{"safety"}}}}},
		{"role": ownRole(18), "at": "above"},
		{"allOf": []object{{"permission": "derived-0"}, {"role": ownRole(20), "at": "tree"}}},
		{"anyOf": []object{{"permission": sharedID(1)}, {"permission": "derived-1"}}},
		{"allOf": []object{{"permission": "derived-3"}, {"attribute": object{"clearance": []string{"audit"}}}}},
		{"role": ownRole(30), "at": "tree"},
	}
}

// ownRolesOf returns the roles: each gives a permission that no other gives, and three that others give, too. The
// first ones are of teams, one is of divisions, and one is of companies.
func ownRolesOf(levels []string) object {
	roles := object{}
	for i := range ownRoles {
		level, reach := levels[2:], "self"
		switch {
		case i == 18 || i == 24 || i == 25:
			level, reach = levels[1:2], "subtree"
		case i == 30:
			level, reach = levels[:1], "tree"
		}
		cells := object{uniqueID(i): object{"reach": reach}}
		for k := range 3 {
			cells[sharedID(i+k)] = object{"reach": reach, "actions": []string{"view"}}
		}
		r := object{"level": level, "permissions": cells}
		if i >= 10 && i < 18 {
			r["includes"] = object{ownRole(31 + i - 10): object{}}
		}
		roles[ownRole(i)] = r
	}
	return roles
}

// ownRules has a rule of every form.
func ownRules() object {
	return object{
		"contractors-view": object{"deny": object{"affiliation": "contractor", "action": "edit",
			"unless": object{"attribute": object{"clearance": []string{"edit"}}}}},
		"no-edit-beside-5":  object{"deny": object{"role": ownRole(5), "permission": uniqueID(7), "action": "edit"}},
		"first-company":     object{"deny": object{"scope": "company-00000", "permission": uniqueID(9)}},
		"two-offices":       object{"conflict": object{"between": []string{ownRole(38), ownRole(39)}, "at": "any"}},
		"odd-and-even":      object{"conflict": object{"between": []string{ownRole(0), ownRole(1)}, "at": "related"}},
		"no-grants-in-desk": object{"forbid": object{"role": ownRole(21), "permission": grantableID(3)}},
		"trained": object{"require": object{"holding": object{"role": ownRole(2)},
			"needs": object{"attribute": object{"training": []string{"safety"}}}}},
		"staffed": object{"holders": object{"role": ownRole(30), "level": "company", "min": 1, "max": 1000}},
		"few":     object{"per-user": object{"level": "team", "max": 8}},
		"first":   object{"labels": object{"label": "first", "level": "division", "max": 1}},
	}
}
