package reference_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Every row has a source, and every source replays: a declaration that is
// reduced to what the source names gives the same source of the same row.
func TestSourcesReplay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		rows := compile(t, inOneFile(d), today).Rows
		for _, row := range rows {
			if len(row.Via) == 0 {
				t.Fatalf("no source: %v", row)
			}
		}
		if len(rows) == 0 {
			t.Skip("no rows")
		}
		row := one(t, "row", rows)
		source := one(t, "source", row.Via)
		alone := inOneFile(reduced(d, row, source))
		now := find(compile(t, alone, today).Rows, row)
		if !slices.ContainsFunc(now, func(r Row) bool {
			return slices.ContainsFunc(r.Via, func(s Source) bool { return s.String() == source.String() })
		}) {
			t.Fatalf("source\n%v\nof\n%v\ndoes not replay: it gives\n%v\n%s", source, row, now, listing(alone))
		}
	})
}

// reduced leaves one person, the entries that a source names and the group
// through which they come, and no rule. What a derived source or a condition
// rests on it does not name: then all that is about the person stays.
func reduced(d *Declaration, row Row, source Source) *Declaration {
	pr := project{Declaration: d, asOf: today}
	p := pr.person(row.User)
	rest := clone(d)
	alone := *p.User
	rest.Users, rest.Invitations = map[string]*User{p.id: &alone}, nil
	if p.status == "invited" {
		rest.Users, rest.Invitations = nil, rest.Users
	}
	if source.Kind == "derived" || d.Catalog.Roles[source.Role].isConditional() {
		for _, group := range rest.Groups {
			group.Owners = nil
			group.Members = slices.DeleteFunc(group.Members, func(m Member) bool {
				return !d.Catalog.sameUser(m.User, p.id) && m.Group == ""
			})
		}
		return rest
	}
	rest.Rules, rest.Catalog.Rules = nil, nil
	for _, group := range rest.Groups {
		*group = Group{} // a requirement may name it
	}
	alone.Groups = nil
	alone.Roles, alone.Grants = pr.entriesBehind(p, source)
	if source.Group != "" {
		*rest.Groups[source.Group] = Group{Roles: alone.Roles, Grants: alone.Grants}
		if !strings.HasPrefix(source.Group, "everyone") { // which has the person anyway
			rest.Groups[source.Group].Members = []Member{{User: p.id}}
		}
		alone.Roles, alone.Grants = nil, nil
	}
	if p.status == "invited" { // an invitation names a role
		alone.Roles = append(alone.Roles, Assignment{Role: sorted(d.Catalog.Roles)[0], Scope: row.Scope,
			Expires: "2000-01-01"})
	}
	return rest
}

// isConditional reports whether a cell of a role has a condition.
func (r *Role) isConditional() bool {
	return r != nil && slices.ContainsFunc(sorted(r.Permissions), func(id string) bool {
		return slices.ContainsFunc(r.Permissions[id], func(c Cell) bool { return c.When != nil })
	})
}

// entriesBehind are the entries that a source may come from.
func (pr project) entriesBehind(p person, source Source) (assignments []Assignment, grants []Grant) {
	for _, e := range pr.giving(p) {
		unassigned := e.byDefault && e.group == "" && len(p.Roles) == 0
		if e.group != source.Group || e.scope != source.Scope || e.expires != source.Expires || unassigned {
			continue
		}
		switch {
		case e.role == "" && source.Role == "":
			grants = append(grants, Grant{e.permission, e.scope, e.actions, e.starts, e.expires, ""})
		case e.role == "":
		case e.byDefault:
			assignments = append(assignments, Assignment{"", e.scope, e.starts, e.expires, false, ""})
		case e.role == source.Role || e.role == source.From:
			assignments = append(assignments, Assignment{e.role, e.scope, e.starts, e.expires, false, ""})
		}
	}
	return assignments, grants
}
