package reference_test

import (
	"cmp"
	"slices"
	"strings"
)

// person is a user or somebody invited.
type person struct {
	id, status, affiliation string
	*User
}

func (pr project) people() []person {
	var all []person
	for _, id := range sorted(pr.Users) {
		all = append(all, pr.user(id))
	}
	for _, id := range sorted(pr.Invitations) {
		all = append(all, pr.invited(id))
	}
	return all
}

func (pr project) user(id string) person {
	u := pr.Users[id]
	return person{id, cmp.Or(u.Status, "active"), pr.affiliation(id, u), u}
}

func (pr project) invited(id string) person {
	u := pr.Invitations[id]
	return person{id, "invited", pr.affiliation(id, u), u}
}

func (pr project) person(id string) person {
	switch {
	case pr.Users[id] != nil:
		return pr.user(id)
	case pr.Invitations[id] != nil:
		return pr.invited(id)
	}
	panic("nobody is " + id)
}

// affiliation: "Where the catalog lists affiliations, each user and invitation
// has one, from its own field or from domains."
func (pr project) affiliation(id string, u *User) string {
	if u.Affiliation != "" {
		return u.Affiliation
	}
	_, domain, _ := strings.Cut(id, "@")
	return pr.Domains[domain]
}

// sameUser: "Users differ in more than case, unless the catalog says userIds: exact."
func (c *Catalog) sameUser(a, b string) bool {
	return a == b || c.UserIDs != "exact" && strings.EqualFold(a, b)
}

// isMember: "Groups hold users and other groups; a member of an inner group is
// a member of the outer. Invited people may be members." "A reference (a group
// member, a waiver) may be spelt in any case."
func (pr project) isMember(id, group string) bool {
	return slices.ContainsFunc(pr.stays(id, group), pr.isNow)
}

// stay is a period in which somebody is in a group, by one way into it.
type stay struct{ starts, expires string }

// isNow: "A membership is in force from starts through expires, both days included."
func (pr project) isNow(s stay) bool {
	return s.starts <= pr.asOf && (s.expires == "" || pr.asOf <= s.expires)
}

// comes reports whether a stay is not over, and not one that never is.
func (pr project) comes(s stay) bool {
	return s.expires == "" || s.expires >= pr.asOf && s.starts <= s.expires
}

// stays are the periods of all ways into a group that no other has within it.
func (pr project) stays(id, group string) []stay {
	var all []stay
	for _, s := range pr.ways(id, group) {
		if s.expires != "" && s.starts > s.expires || !slices.ContainsFunc(all, s.within) {
			all = append(slices.DeleteFunc(all, func(o stay) bool { return o.within(s) }), s)
		}
	}
	return all
}

func (s stay) within(o stay) bool {
	return o.starts <= s.starts && later(o.expires, s.expires) == o.expires
}

// ways are the periods of all ways into a group: of each, the days on which all of its memberships are in force.
func (pr project) ways(id, group string) []stay {
	if of, ok := pr.everyone(group); ok {
		if of != "" && pr.person(id).affiliation != of {
			return nil
		}
		return []stay{{}}
	}
	if pr.Groups[group] == nil {
		return nil // a rule of the other side of a change names it
	}
	if pr.allAtHome(group) {
		if home := pr.person(id).Home; home == "" || home != pr.Groups[group].Home {
			return nil
		}
		return []stay{{}}
	}
	var all []stay
	for _, m := range pr.Groups[group].Members {
		if m.Group != "" {
			for _, s := range pr.ways(id, m.plain()) {
				all = append(all, m.during(s))
			}
		} else if pr.Catalog.sameUser(m.User, id) {
			all = append(all, stay{m.Starts, m.Expires})
		}
	}
	for _, users := range []map[string]*User{pr.Users, pr.Invitations} {
		if u := users[id]; u != nil {
			for _, m := range u.Groups {
				if m.Group == group {
					all = append(all, stay{m.Starts, m.Expires})
				}
			}
		}
	}
	return all
}

// staysWithin are the same of a group in another.
func (pr project) staysWithin(inner, outer string) []stay {
	var all []stay
	if pr.Groups[outer] == nil {
		return nil
	}
	for _, m := range pr.Groups[outer].Members {
		if m.Group == "" {
			continue
		}
		if m.plain() == inner {
			all = append(all, stay{m.Starts, m.Expires})
		}
		for _, s := range pr.staysWithin(inner, m.plain()) {
			all = append(all, m.during(s))
		}
	}
	return all
}

func (m Member) during(s stay) stay {
	return stay{max(m.Starts, s.starts), earlier(m.Expires, s.expires)}
}

// everyone: "The groups everyone and everyone:AFFILIATION are built in: they have all
// users and invitations, or all of the affiliation, and list nobody."
func (pr project) everyone(group string) (affiliation string, ok bool) {
	first, rest, _ := strings.Cut(group, ":")
	return rest, first == "everyone"
}

// during is an entry as long as somebody is in its group.
func (e entry) during(s stay) entry {
	e.starts, e.expires = max(e.starts, s.starts), earlier(e.expires, s.expires)
	return e
}

// allAtHome: "A kind with members: home has exactly those as members who are at
// home where the group is."
func (pr project) allAtHome(group string) bool {
	kind := pr.Catalog.GroupKinds[pr.Groups[group].kind()]
	return kind != nil && kind.Members == "home"
}

// entry is an assignment or a grant as one person has it.
type entry struct {
	group            string // whose entry it is; empty for the person's own
	byDefault        bool   // nobody named the role
	role, permission string
	scope            string
	home             string // of whoever has it, if any
	actions          []string
	named            bool // the actions are
	starts, expires  string
	files            []string // where it and the memberships that lead to it are written
}

// entries of a person: its own, those of its groups, and the default role. "A
// user with no assignment at all, direct or through a group, of any date, takes
// the default role at the only scope of its level where the catalog says so.
// Invitations name their role."
func (pr project) entries(p person) []entry {
	all := pr.entriesOf("", p.Home, p.Roles, p.Grants)
	for _, id := range sorted(pr.Groups) {
		stays := pr.stays(p.id, id)
		ends := ""
		in := slices.ContainsFunc(stays, pr.isNow)
		for i, s := range slices.DeleteFunc(slices.Clone(stays), func(s stay) bool { return !pr.isNow(s) }) {
			if ends = later(ends, s.expires); i == 0 {
				ends = s.expires
			}
		}
		for _, e := range pr.entriesOf(id, pr.Groups[id].Home, pr.Groups[id].Roles, pr.Groups[id].Grants) {
			if in {
				e.files = append(e.files, pr.filesOfWays(p.id, id)...)
				all = append(all, e.during(stay{"", ends}))
			}
			for _, s := range stays {
				if !pr.isNow(s) {
					all = append(all, e.during(s))
				}
			}
		}
	}
	assigned := slices.ContainsFunc(all, func(e entry) bool { return e.role != "" })
	if def := pr.Catalog.Default; def != nil && def.Unassigned && p.status != "invited" && !assigned {
		levels := pr.Catalog.Roles[def.Role].Level
		all = append(all, entry{byDefault: true, role: def.Role, scope: pr.onlyScope(levels), files: fileOf("")})
	}
	return all
}

// rolesInStays are the assignments of a person, once for each stay in a group.
func (pr project) rolesInStays(p person) []entry {
	all := slices.DeleteFunc(pr.entries(p), func(e entry) bool { return e.group != "" })
	for _, id := range sorted(pr.Groups) {
		for _, s := range pr.stays(p.id, id) {
			for _, e := range pr.entriesOf(id, pr.Groups[id].Home, pr.Groups[id].Roles, nil) {
				all = append(all, e.during(s))
			}
		}
	}
	return slices.DeleteFunc(all, func(e entry) bool { return e.role == "" })
}

// entriesOf fills in what was left out. "A scope left out of an assignment or
// grant is the only scope of a fitting level." "A role left out of an
// assignment is the catalog's default role." Actions left out are all of them.
func (pr project) entriesOf(group, home string, assignments []Assignment, grants []Grant) []entry {
	var all []entry
	for _, a := range assignments {
		byDefault := a.Role == ""
		if byDefault {
			a.Role = pr.Catalog.Default.Role
		}
		if a.Scope == "" {
			a.Scope = pr.onlyScope(pr.Catalog.Roles[a.Role].Level)
		}
		all = append(all, entry{group: group, byDefault: byDefault, role: a.Role, scope: a.Scope, home: home,
			starts: a.Starts, expires: a.Expires, files: fileOf(a.File)})
	}
	for _, g := range grants {
		if g.Scope == "" {
			g.Scope = pr.onlyScope(pr.Catalog.Permissions[g.Permission].Level)
		}
		named := g.Actions != nil
		if !named {
			g.Actions = pr.actions(g.Permission)
		}
		all = append(all, entry{group: group, permission: g.Permission, scope: g.Scope, actions: g.Actions,
			named:  named,
			starts: g.Starts, expires: g.Expires, files: fileOf(g.File)})
	}
	return all
}

// fault is the rule that rejects an entry for a holder who is admitted or not;
// empty if none does. "Where one entry has several faults only the first is
// reported, in this order: wrong-level, wrong-group-kind, wrong-home,
// deprecated-permission, wrong-affiliation, not-grantable, invalid-period."
func (pr project) fault(e entry, admitted bool) string {
	level := pr.place(e.scope).level
	permission := pr.Catalog.Permissions[e.permission]
	switch {
	case e.role != "" && !slices.Contains(pr.Catalog.Roles[e.role].Level, level),
		permission != nil && !slices.Contains(permission.Level, level):
		return "wrong-level"
	case pr.holdsNone(e):
		return "wrong-group-kind"
	case pr.isElsewhere(e):
		return "wrong-home"
	case permission != nil && permission.Deprecated != "":
		return "deprecated-permission"
	case !admitted:
		return "wrong-affiliation"
	case permission != nil && (permission.Grantable == nil ||
		permission.Grantable.To == nil && !permission.Grantable.Anybody):
		return "not-grantable"
	case e.starts != "" && e.expires != "" && e.starts > e.expires:
		return "invalid-period"
	}
	return ""
}

// holdsNone: "groups of the kind hold no roles, or no grants".
func (pr project) holdsNone(e entry) bool {
	kind := pr.Catalog.GroupKinds[pr.Groups[e.group].kind()]
	if kind == nil {
		return false
	}
	may := kind.Grants
	if e.role != "" {
		may = kind.Roles
	}
	return may != nil && !*may
}

func (g *Group) kind() string {
	if g == nil {
		return ""
	}
	return g.Kind
}

// isElsewhere: "Whoever is at home somewhere is assigned roles there alone. On
// scopes that have the attributes under elsewhere, users are assigned roles
// wherever they are at home; groups are not."
func (pr project) isElsewhere(e entry) bool {
	if e.role == "" || e.home == "" || e.home == e.scope {
		return false
	}
	else_ := pr.Catalog.Home.Elsewhere
	if e.group != "" || else_ == nil {
		return true
	}
	return !pr.meetsFacts(person{User: &User{}}, e.scope, &Requirement{ScopeAttribute: else_.ScopeAttribute})
}

// admits reports whether an affiliation may have the role, or be granted the
// permission.
func (pr project) admits(p person, e entry) bool {
	to := []string(nil)
	if e.role != "" {
		to = pr.Catalog.Roles[e.role].Affiliations
	} else if g := pr.Catalog.Permissions[e.permission].Grantable; g != nil {
		to = g.To
	}
	return to == nil || slices.Contains(to, p.affiliation)
}

// inForce: "An entry is in force from starts through expires, both days
// included."
func (pr project) inForce(e entry) bool {
	return e.starts <= pr.asOf && (e.expires == "" || pr.asOf <= e.expires)
}

// giving are the entries that give something. "Only entries in force give
// anything." "Rejected entries give no row and count in no rule."
func (pr project) giving(p person) []entry {
	return remember(pr.memo.giving, p.id, func() []entry { return pr.listGiving(p) })
}

func (pr project) listGiving(p person) []entry {
	var all []entry
	for _, e := range pr.entries(p) {
		if pr.fault(e, pr.admits(p, e)) == "" && pr.inForce(e) {
			all = append(all, e)
		}
	}
	return all
}

// held is a role that a person holds somewhere.
type held struct {
	kind, role, group, scope, expires string
	entryScope                        string   // of the assignment
	through                           []string // the roles that include it, outermost first
	sure                              int      // of the includes
	files                             []string // as of the entry
}

// assigned: direct, group and default roles.
func (pr project) assigned(p person) []held {
	var all []held
	for _, e := range pr.giving(p) {
		if e.role == "" {
			continue
		}
		kind := "role"
		if e.byDefault {
			kind = "default-role"
		} else if e.group != "" {
			kind = "group-role"
		}
		all = append(all, held{kind: kind, role: e.role, group: e.group, scope: e.scope, expires: e.expires,
			entryScope: e.scope, files: e.files})
	}
	return all
}

// holds: assigned roles and what they include.
func (pr project) holds(p person) []held {
	return remember(pr.memo.holds, p.id, func() []held { return pr.listHeld(p) })
}

func (pr project) listHeld(p person) []held {
	var all []held
	for _, h := range pr.assigned(p) {
		all = append(all, h)
		all = append(all, pr.included(h)...)
	}
	return all
}

// included: "A role may include others, each with a reach. An included role is
// held at every scope that is reached and fits its level, as if it were
// assigned there."
func (pr project) included(h held) []held {
	var all []held
	includes := pr.Catalog.Roles[h.role].Includes
	for _, id := range sorted(includes) {
		for _, scope := range pr.reached(h.scope, includes[id].Reach, pr.Catalog.Roles[id].Level) {
			inner := held{kind: "included-role", role: id, group: h.group, scope: scope, expires: h.expires,
				entryScope: h.entryScope, through: append(slices.Clone(h.through), h.role),
				sure: max(h.sure, guessed(includes[id].Inferred)), files: h.files}
			all = append(all, inner)
			all = append(all, pr.included(inner)...)
		}
	}
	return all
}

// RejectedEntries are the entries that give nothing, whatever the date.
func RejectedEntries(d *Declaration, asOf string) []Judged {
	pr := project{Declaration: d, asOf: asOf}
	var all []Judged
	for _, p := range pr.people() {
		for _, e := range pr.entriesOf("", p.Home, p.Roles, p.Grants) {
			if fault := pr.fault(e, pr.admits(p, e)); fault != "" {
				all = append(all, about(fault, p.id, e))
			}
		}
	}
	for _, id := range sorted(pr.Groups) {
		for _, e := range pr.entriesOf(id, pr.Groups[id].Home, pr.Groups[id].Roles, pr.Groups[id].Grants) {
			all = append(all, pr.rejectedOfGroup(e)...)
		}
	}
	return all
}

// Judged is an entry, user or group with the rule that finds it.
type Judged struct {
	Rule       string   `json:"rule"`
	User       string   `json:"user"`
	Group      string   `json:"group"`
	Role       string   `json:"role"`
	Permission string   `json:"permission"`
	Scope      string   `json:"scope"`
	With       []string `json:"with"`
	Extent     []string `json:"extent"`
}

func about(rule, user string, e entry) Judged {
	return Judged{Rule: rule, User: user, Group: e.group, Role: e.role, Permission: e.permission, Scope: e.scope}
}

// rejectedOfGroup: "A group's entry is judged for affiliation once for each
// member", and for the rest once.
func (pr project) rejectedOfGroup(e entry) []Judged {
	var all []Judged
	members := pr.membersOf(e.group)
	for _, p := range members {
		if pr.fault(e, pr.admits(p, e)) == "wrong-affiliation" {
			all = append(all, about("wrong-affiliation", p.id, e))
		}
	}
	admitted := len(members) == 0 || slices.ContainsFunc(members, func(p person) bool { return pr.admits(p, e) })
	if fault := pr.fault(e, admitted); fault != "" && fault != "wrong-affiliation" {
		all = append(all, about(fault, "", e))
	}
	return all
}
