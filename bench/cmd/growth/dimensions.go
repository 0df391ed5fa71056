package main

import "permc.dev/permc/bench/gen"

const (
	compile = "compile -f csv"
	explain = "explain user-00000"
	who     = "who permission-00000"
	test    = "test"
	fix     = "fix --diff"
	roles   = "roles"
	report  = "report -o report.html"
)

// dimensions are measured in this order.
var dimensions = []dimension{
	{"users", 8000, func(s *gen.Shape, n int) { s.Users = n }, []string{compile, explain, who, roles, report}},
	{"files", 400, func(s *gen.Shape, n int) { s.Users, s.Files = n, n }, nil},
	{"roles of each user", 4, func(s *gen.Shape, n int) { s.RolesPerUser = n }, []string{compile}},
	{"grants of each user", 10, func(s *gen.Shape, n int) { s.GrantsPerUser, s.Scopes = n, 100 }, []string{compile}},
	{"groups", 1000, func(s *gen.Shape, n int) { s.Groups = n }, []string{compile}},
	{"depth of groups", 50, func(s *gen.Shape, n int) { s.GroupDepth = n }, []string{compile, explain}},
	{"members of groups", 2000, func(s *gen.Shape, n int) { s.Users, s.Members = n, n }, []string{compile}},
	{"groups of each user", 10, func(s *gen.Shape, n int) { s.Groups, s.GroupsPerUser = n, n }, []string{compile}},
	{"scopes", 4000, func(s *gen.Shape, n int) { s.Scopes = n }, []string{compile, explain}},
	{"depth of scopes", 1, func(s *gen.Shape, n int) { s.ScopeDepth, s.Scopes = n, 2000 }, []string{compile}},
	{"permissions", 250, func(s *gen.Shape, n int) { s.Permissions = n }, []string{compile}},
	{"roles", 500, func(s *gen.Shape, n int) { s.Roles = n }, []string{compile}},
	{"chain of includes", 50, func(s *gen.Shape, n int) { s.Includes, s.Permissions = n, 1000 },
		[]string{compile, explain}},
	{"chain of implied", 50, func(s *gen.Shape, n int) { s.Implied = n }, []string{compile, explain}},
	{"chain of derived", 50, func(s *gen.Shape, n int) { s.Derived = n }, []string{compile, explain}},
	{"grants of one person", 2000, func(s *gen.Shape, n int) { s.PersonGrants, s.Scopes = n, 2000 },
		[]string{compile, explain}},
	{"roles of one person", 500, func(s *gen.Shape, n int) { s.PersonRoles, s.Scopes = n, 1000 },
		[]string{compile, explain}},
	{"units of a manager", 500, func(s *gen.Shape, n int) { s.PersonUnits, s.Scopes = n, n },
		[]string{compile, explain}},
	{"conflict rules", 50, func(s *gen.Shape, n int) { s.Conflicts, s.Roles = n, n+1 }, nil},
	{"forbid rules", 50, func(s *gen.Shape, n int) { s.Forbids, s.Roles = n, n+1 }, nil},
	{"require rules", 50, func(s *gen.Shape, n int) { s.Requires, s.Roles = n, n+1 }, nil},
	{"holders rules", 50, func(s *gen.Shape, n int) { s.Holders, s.Roles = n, n+1 }, nil},
	{"per-user rules", 50, func(s *gen.Shape, n int) { s.PerUser = n }, nil},
	{"deny rules", 50, func(s *gen.Shape, n int) { s.Denies, s.Roles = n, n+1 }, []string{compile}},
	{"waivers", 1000, func(s *gen.Shape, n int) { s.Waivers, s.Faulty = n, n }, nil},
	{"expectations", 1000, func(s *gen.Shape, n int) { s.Expectations = n }, []string{test}},
	{"unknown names", 500, func(s *gen.Shape, n int) { s.Unknown = n }, []string{fix}},
	{"findings", 2000, func(s *gen.Shape, n int) { s.Faulty = n }, []string{fix, "check -f json", "check -f sarif"}},
}
