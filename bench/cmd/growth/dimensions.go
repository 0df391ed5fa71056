package main

import (
	"slices"

	"permc.dev/permc/bench/gen"
)

// dimension holds one thing that grows.
type dimension struct {
	name     string
	from     int
	set      func(s *gen.Shape, n int)
	commands []string                  // beside check
	before   func(s *gen.Shape, n int) // undoes a change, for diff and for exports; nil: nothing changed
	broken   bool                      // commands end with 3
}

// Commands run in the folder of the project, beside what dimension.write writes there.
const (
	compile   = "compile -f csv"
	jsonTable = "compile -f json"
	diff      = "diff --against ../before"
	explain   = "explain user-00000"
	why       = "explain user-00000 permission-00000"
	who       = "who permission-00000"
	test      = "test"
	fix       = "fix --diff"
	roles     = "roles"
	compare   = "compare user-00000 user-00001"
	report    = "report -o ../report.html"
	paths     = "paths"
	ends      = "ends"
	drift     = "drift table ../export.csv"
	sheet     = "compile -f csv --review"
	review    = "review ../sheet.csv"
	edit      = "review ../sheet.csv --diff"
	byRow     = "review ../rows.csv"
	known     = "check --baseline ../known.json"
	unsilent  = "check -v"
)

// dimensions are measured in this order.
var dimensions = slices.Concat(people, catalogs, persons, rules, exceptions, changes)

var people = []dimension{
	{name: "users", from: 4000, set: func(s *gen.Shape, n int) { s.Users, s.Moved = n, 100 },
		before:   func(s *gen.Shape, _ int) { s.Moved = 0 },
		commands: []string{compile, jsonTable, sheet, explain, who, roles, report, test, diff, drift, paths}},
	{name: "users of CUE with logic", from: 500, set: func(s *gen.Shape, n int) { s.Templated = n },
		before: func(s *gen.Shape, n int) { s.Templated -= n / 10 }, commands: []string{compile, diff}},
	{name: "files", from: 400, set: func(s *gen.Shape, n int) { s.Users, s.Files = n, n },
		commands: []string{diff}},
	{name: "roles of each user", from: 4, set: func(s *gen.Shape, n int) { s.RolesPerUser = n },
		commands: []string{compile, diff, drift, report, roles}},
	{name: "grants of each user", from: 10, set: func(s *gen.Shape, n int) { s.GrantsPerUser, s.Scopes = n, 100 },
		commands: []string{compile, diff, drift, report, roles}},
	{name: "groups", from: 500, set: func(s *gen.Shape, n int) { s.Groups = n },
		commands: []string{compile, jsonTable, sheet, diff, drift, report, roles}},
	{name: "depth of groups", from: 25, set: func(s *gen.Shape, n int) { s.GroupDepth = n },
		commands: []string{compile, jsonTable, sheet, explain, "who group:nested-00000", diff, report}},
	{name: "groups inside one and around one", from: 250, set: func(s *gen.Shape, n int) { s.Middle, s.Scopes = n, n },
		commands: []string{compile, jsonTable, sheet, explain, "who group:outer", diff, roles, report, fix}},
	{name: "members of groups", from: 2000, set: func(s *gen.Shape, n int) { s.Users, s.Members = n, n },
		commands: []string{compile, "who group:group-00000", diff, drift}},
	{name: "groups of each user", from: 10, set: func(s *gen.Shape, n int) { s.Groups, s.GroupsPerUser = n, n },
		commands: []string{compile, diff, drift}},
	{name: "invitations", from: 2000, set: func(s *gen.Shape, n int) { s.Invitations = n },
		commands: []string{compile}},
	{name: "scopes", from: 2000, set: func(s *gen.Shape, n int) { s.Scopes = n },
		commands: []string{compile, explain, why, diff, report, paths}},
	{name: "depth of scopes", from: 1, set: func(s *gen.Shape, n int) { s.ScopeDepth, s.Scopes = n, 2000 },
		commands: []string{compile, diff}},
}

var catalogs = []dimension{
	{name: "permissions", from: 250, set: func(s *gen.Shape, n int) { s.Permissions = n },
		commands: []string{compile, diff, report}},
	{name: "roles", from: 500, set: func(s *gen.Shape, n int) { s.Roles = n },
		commands: []string{compile, diff, report, roles, why}},
	{name: "cells of each role", from: 25, set: func(s *gen.Shape, n int) { s.Cells, s.Permissions, s.Users = n, n, 100 },
		commands: []string{compile, diff, report, roles, "compare role-00000 role-00001"}},
	{name: "chain of includes", from: 50, set: func(s *gen.Shape, n int) { s.Includes, s.Permissions = n, 1000 },
		commands: []string{compile, explain, why, roles}},
	{name: "chain of implied", from: 50, set: func(s *gen.Shape, n int) { s.Implied = n },
		commands: []string{compile, explain, why}},
	{name: "chain of derived", from: 50, set: func(s *gen.Shape, n int) { s.Derived = n },
		commands: []string{compile, explain, "explain user-00000 derived-00000", "explain user-00001 derived-00000"}},
	{name: "alternatives", from: 100, set: func(s *gen.Shape, n int) { s.Alternatives, s.Permissions = n, n },
		commands: []string{compile, "explain user-00000 alternative"}},
}

var persons = []dimension{
	{name: "grants of one person", from: 1000, set: func(s *gen.Shape, n int) { s.PersonGrants, s.Scopes = n, 2000 },
		before:   func(s *gen.Shape, _ int) { s.PersonGrants = 0 },
		commands: []string{compile, explain, why, compare, diff, report, drift}},
	{name: "roles of one person", from: 500, set: func(s *gen.Shape, n int) { s.PersonRoles, s.Scopes = n, 1000 },
		before:   func(s *gen.Shape, _ int) { s.PersonRoles = 0 },
		commands: []string{compile, explain, why, compare, roles, diff, report, drift}},
	{name: "units of a manager", from: 500, set: func(s *gen.Shape, n int) { s.PersonUnits, s.Scopes = n, n },
		before:   func(s *gen.Shape, _ int) { s.PersonUnits = 0 },
		commands: []string{compile, explain, why, diff, roles}},
	{name: "units that reach all others", from: 250, set: func(s *gen.Shape, n int) { s.PersonTrees, s.Scopes = n, n },
		before:   func(s *gen.Shape, n int) { s.PersonTrees = n / 2 },
		commands: []string{compile, sheet, explain, why, compare, diff, roles, report, paths}},
	{name: "last days of one person", from: 25, set: func(s *gen.Shape, n int) {
		s.PersonDays, s.Scopes, s.Conflicts, s.Forbids, s.Requires, s.Holders = n, n, 1, 1, 1, 1
	}, before: func(s *gen.Shape, _ int) { s.PersonDays /= 2 }, commands: []string{compile, explain, why,
		diff, ends, roles}},
	{name: "groups of one person", from: 250, set: func(s *gen.Shape, n int) { s.PersonGroups = n },
		before: func(s *gen.Shape, _ int) { s.PersonGroups = 0 }, commands: []string{compile, explain, diff, roles}},
	{name: "values of one person", from: 500, set: func(s *gen.Shape, n int) { s.PersonValues = n },
		commands: []string{compile, explain}},
}

var rules = []dimension{
	{name: "conflict rules", from: 50, set: func(s *gen.Shape, n int) { s.Conflicts, s.Roles = n, n+1 }},
	{name: "conflict rules of two sides", from: 50, set: func(s *gen.Shape, n int) { s.Sides, s.Roles = n, n+3 }},
	{name: "items of a conflict rule", from: 100, set: func(s *gen.Shape, n int) { s.ConflictItems, s.Roles = n, n }},
	{name: "forbid rules", from: 50, set: func(s *gen.Shape, n int) { s.Forbids, s.Roles = n, n+1 }},
	{name: "forbid rules with files", from: 50, set: func(s *gen.Shape, n int) { s.FileForbids, s.Roles = n, n+1 }},
	{name: "require rules", from: 50, set: func(s *gen.Shape, n int) { s.Requires, s.Roles = n, n+1 }},
	{name: "holders rules", from: 50, set: func(s *gen.Shape, n int) { s.Holders, s.Roles = n, n+1 }},
	{name: "holders rules of permissions", from: 50, set: func(s *gen.Shape, n int) {
		s.PermissionHolders, s.Permissions = n, n+1
	}},
	{name: "per-user rules", from: 50, set: func(s *gen.Shape, n int) { s.PerUser = n }},
	{name: "labels rules", from: 50, set: func(s *gen.Shape, n int) { s.Labels, s.Scopes = n, 1000 }},
	{name: "deny rules", from: 50, set: func(s *gen.Shape, n int) { s.Denies, s.Roles = n, n+1 },
		commands: []string{compile, diff}},
}

var exceptions = []dimension{
	{name: "findings", from: 1000, set: func(s *gen.Shape, n int) { s.Faulty = n },
		before: func(s *gen.Shape, _ int) { s.Faulty = 0 },
		commands: []string{unsilent, "check -f json", "check -f sarif", fix, known,
			"check --write-baseline ../written.json",
			diff, report}},
	{name: "waivers", from: 1000, set: func(s *gen.Shape, n int) { s.Waivers, s.Faulty = n, n },
		before: func(s *gen.Shape, _ int) { s.Waivers = 0 }, commands: []string{diff, report}},
	{name: "comments", from: 1000, set: func(s *gen.Shape, n int) { s.Comments = n },
		before: func(s *gen.Shape, _ int) { s.Comments /= 2 }, commands: []string{diff, fix}},
	{name: "duplicates", from: 1000, set: func(s *gen.Shape, n int) { s.Duplicate, s.Users = n, n },
		commands: []string{fix, roles}},
	{name: "redundant groups", from: 500, set: func(s *gen.Shape, n int) { s.Redundant, s.Users = n, n },
		commands: []string{fix, roles}},
	{name: "unknown names", from: 500, set: func(s *gen.Shape, n int) { s.Unknown = n },
		broken: true, commands: []string{fix}},
	{name: "expectations", from: 1000, set: func(s *gen.Shape, n int) { s.Expectations = n },
		commands: []string{test}},
	{name: "decisions", from: 500, set: func(s *gen.Shape, n int) { s.Users = n },
		commands: []string{sheet, review, edit, byRow}},
	{name: "reviews", from: 1000, set: func(s *gen.Shape, n int) { s.Users, s.Reviews, s.GrantsPerUser = n, n, 0 },
		before: func(s *gen.Shape, _ int) { s.Reviews = 0 }, commands: []string{diff, report, review}},
}

var changes = []dimension{
	{name: "changes", from: 500, set: func(s *gen.Shape, n int) { s.Users, s.Moved = n, n },
		before: func(s *gen.Shape, _ int) { s.Moved = 0 },
		commands: []string{diff, diff + " -f json", diff + " -f markdown", diff + " -f html", drift,
			drift + " --fix --diff"}},
	{name: "new groups", from: 500, set: func(s *gen.Shape, n int) { s.Redundant, s.Users = n, n },
		before: func(s *gen.Shape, _ int) { s.Redundant = 0 }, commands: []string{diff, drift}},
	{name: "new rules", from: 50, set: func(s *gen.Shape, n int) { s.Forbids, s.Roles = n, n+1 },
		before: func(s *gen.Shape, _ int) { s.Forbids = 0 }, commands: []string{diff}},
	{name: "owners", from: 50, set: func(s *gen.Shape, n int) { s.Owners, s.Moved = n, 100 },
		before: func(s *gen.Shape, _ int) { s.Moved = 0 }, commands: []string{diff + " --owners"}},
	{name: "gates", from: 50, set: func(s *gen.Shape, n int) { s.Gates, s.Moved = n, 100 },
		before: func(s *gen.Shape, _ int) { s.Moved = 0 }, commands: []string{diff}},
	{name: "unknown names of an export", from: 500, set: func(*gen.Shape, int) {},
		before: func(s *gen.Shape, n int) { s.Unknown = n }, commands: []string{drift}},
	{name: "people who can give", from: 50, set: func(s *gen.Shape, n int) { s.Givers = n },
		commands: []string{paths}},
	{name: "scopes of who can give", from: 25, set: func(s *gen.Shape, n int) { s.GiverUnits, s.Scopes = n, n },
		commands: []string{paths, paths + " user-00000"}},
	{name: "units of an administrator", from: 100, set: func(s *gen.Shape, n int) {
		s.GiverUnits, s.PersonTrees, s.Scopes = n, n, n
	}, commands: []string{paths, report}},
	{name: "roles that can be given", from: 25, set: func(s *gen.Shape, n int) { s.Givers, s.Roles = 10, n },
		commands: []string{paths}},
	{name: "chain of gifts", from: 25, set: func(s *gen.Shape, n int) { s.Gifts = n }, commands: []string{paths}},
	{name: "groups of an owner", from: 25, set: func(s *gen.Shape, n int) { s.Owned, s.Roles = n, n },
		commands: []string{paths}},
}
