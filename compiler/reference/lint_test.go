package reference_test

import (
	"slices"
	"strings"
)

// Lint is what the built-in rules find in entries, users and groups.
func Lint(d *Declaration, asOf string) []Judged {
	pr := remembering(d, asOf)
	var all []Judged
	for _, p := range pr.people() {
		entries := pr.entriesOf("", p.Home, p.Roles, p.Grants)
		for i, e := range entries {
			all = append(all, about(pr.causeForUser(p, entries, i), p.id, e))
		}
		all = append(all, pr.withoutAccess(p)...)
		for _, e := range pr.entries(p) {
			if e.byDefault && e.group == "" {
				all = append(all, about("default-role", p.id, e))
			}
		}
	}
	for _, id := range sorted(pr.Groups) {
		entries := pr.entriesOf(id, pr.Groups[id].Home, pr.Groups[id].Roles, pr.Groups[id].Grants)
		for i, e := range entries {
			all = append(all, pr.causesForMembers(id, e)...)
			all = append(all, about(pr.causeForGroup(id, entries, i), "", e))
			if e.byDefault { // "reported once, whoever is in the group"
				all = append(all, about("default-role", "", e))
			}
		}
		all = append(all, pr.idle(id)...)
		all = append(all, pr.memberships(id)...)
	}
	all = append(all, pr.dangling()...)
	return slices.DeleteFunc(all, func(f Judged) bool { return f.Rule == "" })
}

// dangling: "a member, an owner or a user's groups may name a group that is declared nowhere. It gives
// nothing and is a warning."
func (pr project) dangling() (all []Judged) {
	find := func(user, group, named string) {
		if _, builtIn := pr.everyone(named); pr.Groups[named] == nil && !builtIn {
			all = append(all, Judged{Rule: "dangling", User: user, Group: group, With: []string{"group:" + named}})
		}
	}
	for _, p := range pr.people() {
		for _, m := range p.Groups {
			find(p.id, "", m.Group)
		}
	}
	for _, id := range sorted(pr.Groups) {
		for _, m := range pr.Groups[id].Members {
			if m.Group != "" {
				find("", id, m.plain())
			}
		}
		for _, o := range pr.Groups[id].Owners {
			if named, ok := strings.CutPrefix(o, "group:"); ok {
				find("", id, named)
			}
		}
	}
	return all
}

// causeForUser: "Where one entry has several faults only the first is reported,
// in this order: … invalid-period, expired, denied-action, duplicate-assignment
// or duplicate-grant, redundant-grant, expires-soon."
func (pr project) causeForUser(p person, entries []entry, i int) string {
	e := entries[i]
	roles := pr.rolesInStays(p)
	fault := pr.fault(e, pr.admits(p, e))
	switch {
	case fault == "" && !pr.isOver(e) && pr.isDenied(p, e):
		return "denied-action"
	case fault == "":
		return pr.laterCause(entries, i, roles, []person{p})
	}
	return fault
}

// causesForMembers: "wrong-affiliation and denied-action once for each member".
func (pr project) causesForMembers(group string, e entry) []Judged {
	var all []Judged
	for _, p := range pr.membersOf(group) {
		fault := pr.fault(e, pr.admits(p, e))
		switch {
		case fault == "wrong-affiliation":
			all = append(all, about(fault, p.id, e))
		case fault == "" && !pr.isOver(e) && pr.isDenied(p, e):
			all = append(all, about("denied-action", p.id, e))
		}
	}
	return all
}

// causeForGroup: "Entries of a group are judged once", if there is a member
// left for whom nothing has been found, or no member at all.
func (pr project) causeForGroup(group string, entries []entry, i int) string {
	members := pr.membersOf(group)
	if found := len(pr.causesForMembers(group, entries[i])); found > 0 && found == len(members) {
		return ""
	}
	if fault := pr.fault(entries[i], true); fault != "" {
		return fault
	}
	var roles []entry
	for _, id := range sorted(pr.Groups) {
		stays := pr.staysWithin(group, id)
		if id == group {
			stays = []stay{{}}
		}
		for _, s := range stays {
			for _, e := range pr.entriesOf(id, pr.Groups[id].Home, pr.Groups[id].Roles, nil) {
				roles = append(roles, e.during(s))
			}
		}
	}
	return pr.laterCause(entries, i, roles, members)
}

// membersOf are those in a group today or later.
func (pr project) membersOf(group string) []person {
	return slices.DeleteFunc(pr.people(), func(p person) bool {
		return !slices.ContainsFunc(pr.stays(p.id, group), pr.comes)
	})
}

func (pr project) isWithin(inner, outer string) bool {
	return len(pr.staysWithin(inner, outer)) > 0
}

// memberships judges those of a group: "invalid-period, expired, duplicate-membership, expires-soon".
func (pr project) memberships(group string) []Judged {
	list := slices.Clone(pr.Groups[group].Members)
	for _, p := range pr.people() {
		for _, m := range p.Groups {
			if m.Group == group {
				list = append(list, Member{User: p.id, Starts: m.Starts, Expires: m.Expires})
			}
		}
	}
	var all []Judged
	for i, m := range list {
		same := func(o Member) bool {
			return pr.Catalog.sameUser(o.Name(), m.Name()) && o.Starts == m.Starts && o.Expires == m.Expires
		}
		user := ""
		for _, p := range pr.people() {
			if pr.Catalog.sameUser(p.id, m.User) {
				user = p.id
			}
		}
		rule := ""
		switch _, builtIn := pr.everyone(m.plain()); {
		case m.Group != "" && !builtIn && pr.Groups[m.plain()] == nil:
			continue // it is dangling, and nothing else is said of it
		case m.Starts != "" && m.Expires != "" && m.Starts > m.Expires:
			rule = "invalid-period"
		case m.Expires != "" && m.Expires < pr.asOf:
			rule = "expired"
		case slices.ContainsFunc(list[:i], same):
			rule = "duplicate-membership"
		case m.Expires != "" && m.Expires <= daysAfter(pr.asOf, pr.horizon()):
			rule = "expires-soon"
		}
		all = append(all, Judged{Rule: rule, User: user, Group: group})
	}
	return all
}

func (pr project) isOver(e entry) bool { return e.expires != "" && e.expires < pr.asOf }

// isDenied: a grant that asks by name for an action that a deny rule takes
// away, or is left with nothing.
func (pr project) isDenied(p person, e entry) bool {
	if e.permission == "" {
		return false
	}
	left := pr.left(p, e.scope, e.permission, e.actions)
	return len(left) == 0 || e.named && len(left) < len(e.actions)
}

// laterCause: "duplicate-assignment: same holder, role, scope and period.
// expires-soon: in force today or later, with an end within the horizon."
func (pr project) laterCause(entries []entry, i int, roles []entry, holders []person) string {
	e := entries[i]
	twice := slices.ContainsFunc(entries[:i], func(other entry) bool { return sameEntry(e, other) })
	switch {
	case pr.isOver(e):
		return "expired"
	case twice && e.role != "":
		return "duplicate-assignment"
	case twice:
		return "duplicate-grant"
	case e.permission != "" && slices.ContainsFunc(roles, func(r entry) bool { return pr.covers(r, e, holders) }):
		return "redundant-grant"
	case e.expires != "" && e.expires <= daysAfter(pr.asOf, pr.horizon()):
		return "expires-soon"
	}
	return ""
}

func sameEntry(a, b entry) bool {
	return a.role == b.role && a.permission == b.permission && a.scope == b.scope &&
		a.starts == b.starts && a.expires == b.expires && containsAll(a.actions, b.actions) &&
		containsAll(b.actions, a.actions)
}

// covers: "one role of the holder covers all of the grant's actions and its
// whole period, with access to all records".
func (pr project) covers(r, grant entry, holders []person) bool {
	refused := func(p person) bool { return pr.fault(r, pr.admits(p, r)) != "" }
	if pr.fault(r, true) != "" || slices.ContainsFunc(holders, refused) ||
		r.starts > grant.starts || later(r.expires, grant.expires) != r.expires {
		return false
	}
	assigned := held{role: r.role, scope: r.scope}
	return slices.ContainsFunc(append(pr.included(assigned), assigned), func(h held) bool {
		var given []string
		for _, cell := range pr.cells(h.role, grant.permission) {
			reached := pr.reached(h.scope, cell.Reach, pr.Catalog.Permissions[grant.permission].Level)
			if cell.When == nil && cell.Access != "own" && slices.Contains(reached, grant.scope) {
				given = append(given, pr.givenBy(h, cell, grant.permission).Actions...)
			}
		}
		return given != nil && containsAll(given, grant.actions)
	})
}

// withoutAccess: "no action left on any row, and no entry that starts later".
// Who is invited or disabled has none now.
func (pr project) withoutAccess(p person) []Judged {
	starts := func(e entry) bool { return e.starts > pr.asOf && pr.fault(e, pr.admits(p, e)) == "" }
	rejected := func(e entry) bool { return pr.fault(e, pr.admits(p, e)) != "" }
	if slices.ContainsFunc(pr.entriesOf("", p.Home, p.Roles, p.Grants), rejected) ||
		slices.ContainsFunc(sorted(pr.Groups), func(id string) bool {
			g := pr.Groups[id]
			return slices.ContainsFunc(pr.stays(p.id, id), pr.comes) &&
				slices.ContainsFunc(pr.entriesOf(id, g.Home, g.Roles, g.Grants), rejected)
		}) {
		return nil // that has a finding of its own
	}
	if pr.neverJoins(p.id) {
		return nil // so has a membership
	}
	if p.status != "active" || len(pr.heldRows(p)) > 0 || slices.ContainsFunc(pr.entries(p), starts) {
		return nil
	}
	return []Judged{{Rule: "user-without-access", User: p.id}}
}

// neverJoins: "silent where a membership on the way to such a group is an invalid-period".
func (pr project) neverJoins(id string) bool {
	never := func(starts, expires string) bool { return expires != "" && starts > expires }
	for group, g := range pr.Groups {
		for _, m := range g.Members {
			in := m.Group == "" && pr.Catalog.sameUser(m.User, id) || m.Group != "" && len(pr.ways(id, m.plain())) > 0
			if in && never(m.Starts, m.Expires) {
				return true
			}
		}
		for _, users := range []map[string]*User{pr.Users, pr.Invitations} {
			if u := users[id]; u != nil && slices.ContainsFunc(u.Groups, func(m Join) bool {
				return m.Group == group && never(m.Starts, m.Expires)
			}) {
				return true
			}
		}
	}
	return false
}

// idle: "unused-group: neither it nor a group around it has an entry, and no
// rule or requirement names it. empty-group: no user is in it, however deep; never
// a group that is built in."
func (pr project) idle(group string) []Judged {
	var all []Judged
	used := slices.ContainsFunc(sorted(pr.Groups), func(id string) bool {
		entries := len(pr.Groups[id].Roles) + len(pr.Groups[id].Grants)
		return (id == group || pr.isWithin(group, id)) && (entries > 0 || pr.isNamed(id))
	})
	if !used {
		all = append(all, Judged{Rule: "unused-group", Group: group})
	}
	silent := slices.ContainsFunc(sorted(pr.Groups), func(id string) bool {
		return (id == group || pr.isWithin(id, group)) && slices.ContainsFunc(pr.memberships(id), func(m Judged) bool {
			return m.Rule == "invalid-period"
		})
	})
	if _, builtIn := pr.everyone(group); !silent && !builtIn && len(pr.membersOf(group)) == 0 {
		all = append(all, Judged{Rule: "empty-group", Group: group})
	}
	return all
}

func (pr project) isNamed(group string) bool {
	if slices.ContainsFunc(pr.Catalog.conditions(), func(r *Requirement) bool { return names(r, group) }) {
		return true
	}
	for _, rule := range pr.rules() {
		if rule.Require != nil && (names(rule.Require.Needs, group) ||
			slices.Contains(rule.Require.Holding.Group, group)) {
			return true
		}
		for _, sel := range []*Selector{rule.Deny, rule.Forbid} {
			if sel != nil && (names(sel.Unless, group) || slices.Contains(sel.Group, group)) {
				return true
			}
		}
		if rule.Holders != nil && slices.Contains(rule.Holders.Group, group) {
			return true
		}
	}
	return false
}

// conditions are those of derived permissions and of cells.
func (c *Catalog) conditions() (list []*Requirement) {
	for _, p := range c.Permissions {
		if p.When != nil {
			list = append(list, p.When)
		}
	}
	for _, r := range c.Roles {
		for _, cells := range r.Permissions {
			for _, cell := range cells {
				if cell.When != nil {
					list = append(list, cell.When)
				}
			}
		}
	}
	return list
}

func names(r *Requirement, group string) bool {
	if r == nil {
		return false
	}
	inner := func(r *Requirement) bool { return names(r, group) }
	return r.Group == group || slices.ContainsFunc(slices.Concat(r.AllOf, r.AnyOf, r.NoneOf), inner)
}
