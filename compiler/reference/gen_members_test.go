package reference_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Days around today, as an entry may start and end.
var (
	startDays = []string{"", "", "", "2026-06-01", "2026-06-15", "2026-06-16"}
	endDays   = []string{"", "", "", "2026-06-14", "2026-06-15", "2026-06-20", "2027-01-31"}
)

// members draws users, invitations and groups, with what they have.
func (g *gen) members() {
	if g.affiliations != nil && g.nth("domains", 3) {
		g.Domains = map[string]string{"b.example": one(g.T, "affiliation", g.affiliations)}
	}
	ids := []string{"ana@a.example", "Bo@b.example", "cy@a.example", "di@b.example", "eve",
		"flo@c.example"}[:1+upTo(g.T, "users", 5)]
	if g.Catalog.UserIDs == "exact" && g.nth("another", 2) {
		ids = append(ids, "Ana@a.example")
	}
	for _, id := range ids {
		u := g.user(id)
		if g.nth("status", 5) {
			u.Status = one(g.T, "status", []string{"active", "disabled", "disabled"})
		}
		u.IDs = g.system("user " + id).IDs
		set(&g.Users, id, u)
		g.people = append(g.people, id)
	}
	for _, id := range []string{"Ian@a.example", "jo@b.example"}[:upTo(g.T, "invitations", 2)] {
		u := g.user(id)
		u.Name, u.Via = "Invited", one(g.T, "via", []string{"email", "url"})
		u.Roles = slices.DeleteFunc(u.Roles, func(a Assignment) bool { return a.Role == "" })
		if len(u.Roles) == 0 {
			u.Roles = []Assignment{g.assignmentOf(one(g.T, "role", g.roles))}
		}
		set(&g.Invitations, id, u)
		g.people = append(g.people, id)
	}
	g.everyone()
	groups := rapid.Permutation([]string{"leads", "Sig/Night #1", "pool", "group:x"}).Draw(g.T,
		"groups")[:upTo(g.T, "groups", 4)]
	for i, id := range groups {
		group := &Group{Roles: g.assignments(), Grants: g.grants(), Home: g.home()}
		group.System = g.system("group " + id)
		g.describe(group)
		g.settle(group.Home, group.Roles)
		if kinds := g.Catalog.GroupKinds; kinds != nil && g.nth("kind", 2) {
			group.Kind = one(g.T, "kind", sorted(kinds))
		}
		if group.Kind == "everybody" {
			set(&g.Groups, id, group)
			continue
		}
		for _, p := range g.people {
			for range one(g.T, "times", []int{1, 1, 1, 2}) {
				g.member(group, id, p)
			}
		}
		inner := slices.Concat(groups[i+1:], g.everyoneIDs(), g.gone())
		for _, inner := range slices.Sorted(slices.Values(inner)) {
			if g.nth("inner", 3) {
				group.Members = append(group.Members, g.dated(Member{Group: "group:" + inner}))
			}
		}
		set(&g.Groups, id, group)
	}
	for _, p := range g.people {
		if gone := g.gone(); gone != nil && g.nth("gone", 4) {
			g.join(p, one(g.T, "gone", gone))
		}
	}
	g.owned()
}

// describe draws what a group says of itself.
func (g *gen) describe(group *Group) {
	if g.nth("title", 4) {
		group.Title = "Those of the / night"
	}
	if g.nth("privacy", 4) {
		set(&group.Attributes, "privacy", []string{one(g.T, "privacy", attributeValues["privacy"])})
	}
}

// owned draws who owns groups. Owners change nobody's access.
func (g *gen) owned() {
	all := slices.Concat(g.everyoneIDs(), g.gone())
	for _, id := range sorted(g.Groups) {
		if !strings.HasPrefix(id, "everyone") {
			all = append(all, id)
		}
	}
	for i, id := range all {
		all[i] = "group:" + id
	}
	all = append(all, sorted(g.Users)...)
	for _, id := range sorted(g.Groups) {
		if !strings.HasPrefix(id, "everyone") && g.nth("owned", 4) {
			g.Groups[id].Owners = oneOrMore(g.T, "owner", all)
		}
	}
}

// gone are groups that are declared nowhere, where the catalog lets them be named.
func (g *gen) gone() []string {
	if g.Catalog.Dangling == "" {
		return nil
	}
	return []string{"gone", "system:Gone, all"}
}

// everyoneIDs are the groups that are built in, declared or not.
func (g *gen) everyoneIDs() []string {
	ids := []string{"everyone"}
	for _, a := range g.affiliations {
		ids = append(ids, "everyone:"+a)
	}
	return ids
}

// everyone draws what all users have, or all of an affiliation.
func (g *gen) everyone() {
	for _, id := range g.everyoneIDs() {
		if g.nth("everyone", 5) {
			set(&g.Groups, id, &Group{Roles: g.assignments(), Grants: g.grants()})
		}
	}
}

// member makes somebody a member of a group, or not, as the group or the user says.
func (g *gen) member(group *Group, id, p string) {
	switch one(g.T, "member", []string{"no", "no", "no", "as written", "in capitals", "at the user"}) {
	case "as written":
		group.Members = append(group.Members, g.dated(Member{User: p}))
	case "in capitals":
		if g.Catalog.UserIDs != "exact" {
			p = strings.ToUpper(p)
		}
		group.Members = append(group.Members, g.dated(Member{User: p}))
	case "at the user":
		g.join(p, id)
	}
}

// join lets a user or somebody invited name a group.
func (g *gen) join(p, id string) {
	u := g.Users[p]
	if u == nil {
		u = g.Invitations[p]
	}
	m := g.dated(Member{})
	u.Groups = append(u.Groups, Join{Group: id, Starts: m.Starts, Expires: m.Expires, Reason: m.Reason,
		Ticket: m.Ticket})
}

// dated draws when a membership is in force.
func (g *gen) dated(m Member) Member {
	if g.nth("dated", 2) {
		m.Starts, m.Expires = one(g.T, "starts", startDays), one(g.T, "expires", endDays)
	}
	if g.nth("reasons", 4) {
		m.Reason, m.Ticket = one(g.T, "reason", []string{"", "on call"}), "OPS-1"
	}
	return m
}

func (g *gen) user(id string) *User {
	u := &User{Roles: g.assignments(), Grants: g.grants(), Home: g.home()}
	g.settle(u.Home, u.Roles)
	_, domain, _ := strings.Cut(id, "@")
	if implied := g.Domains[domain]; g.affiliations != nil && implied == "" {
		u.Affiliation = one(g.T, "affiliation", g.affiliations)
	} else if implied != "" && g.nth("said twice", 3) {
		u.Affiliation = implied
	}
	for _, name := range []string{"region", "skill"} {
		if g.nth(name, 2) {
			set(&u.Attributes, name, append([]string{}, some(g.T, name, attributeValues[name])...))
		}
	}
	return u
}

// attributeValues are values in use, by attribute of users and scopes.
var attributeValues = map[string][]string{
	"privacy": {"closed", "secret"},
	"region":  {"east", "west"},
	"skill":   {"chat", "voice"},
	"tier":    {"gold", "iron"},
}

func (g *gen) assignments() []Assignment {
	var all []Assignment
	for range one(g.T, "assignments", []int{0, 1, 1, 2, 3}) {
		all = append(all, g.assignment())
	}
	return all
}

// assignment may leave out its role or its scope where that is said enough.
func (g *gen) assignment() Assignment {
	def := g.Catalog.Default
	if def != nil && g.nth("default", 4) {
		a := g.assignmentOf(def.Role)
		a.Role = ""
		return a
	}
	return g.assignmentOf(one(g.T, "role", g.roles))
}

func (g *gen) assignmentOf(role string) Assignment {
	return Assignment{Role: role, Scope: g.scopeAt(g.Catalog.Roles[role].Level),
		Starts: one(g.T, "starts", startDays), Expires: one(g.T, "expires", endDays), ByPath: g.nth("by path", 4)}
}

func (g *gen) grants() []Grant {
	var all []Grant
	for range one(g.T, "grants", []int{0, 0, 1, 2}) {
		all = append(all, g.grant())
	}
	return all
}

func (g *gen) grant() Grant {
	permissions := slices.Concat(g.permissions, g.derived)
	if grantable := slices.DeleteFunc(slices.Clone(permissions), func(id string) bool {
		return g.Catalog.Permissions[id].Grantable == nil
	}); len(grantable) > 0 && !g.nth("any permission", 6) {
		permissions = grantable
	}
	id := one(g.T, "permission", permissions)
	grant := Grant{Permission: id, Scope: g.scopeAt(g.Catalog.Permissions[id].Level),
		Starts: one(g.T, "starts", startDays), Expires: one(g.T, "expires", endDays)}
	if g.nth("actions", 2) {
		grant.Actions = oneOrMore(g.T, "action", project{Declaration: g.Declaration, asOf: today}.actions(id))
	}
	return grant
}

// scopeAt draws a scope of a fitting level, seldom of any level, and seldom
// leaves the only one that fits out.
func (g *gen) scopeAt(levels Names) string {
	fitting := g.fitting(levels)
	if len(fitting) == 1 && g.nth("scope left out", 3) {
		return ""
	}
	if len(fitting) == 0 || g.nth("any scope", 8) {
		fitting = g.fitting(g.Catalog.levelNames())
	}
	return one(g.T, "scope", fitting)
}

func (g *gen) fitting(levels Names) []string {
	var paths []string
	for _, p := range (project{Declaration: g.Declaration, asOf: today}).places() {
		if slices.Contains(levels, p.level) {
			paths = append(paths, p.path)
		}
	}
	return paths
}

// defaultRole may also be taken by the unassigned where it can stand at one
// scope only and everybody may hold it.
func (g *gen) defaultRole() {
	if g.nth("default", 3) {
		id := one(g.T, "default", g.roles)
		role := g.Catalog.Roles[id]
		fits := len(g.fitting(role.Level)) == 1 && (role.Affiliations == nil ||
			containsAll(role.Affiliations, g.affiliations))
		g.Catalog.Default = &Default{Role: id, Unassigned: fits && !g.nth("named only", 4)}
	}
}
