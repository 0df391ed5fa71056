package reference_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/ask/roles"
)

// rolesOf asks what roles and assignments have in common.
func rolesOf(t *rapid.T, d *Declaration) *roles.Answer {
	p, _ := linted(t, d)
	a, _, err := roles.Ask(context.Background(), p, roles.Question{Near: 0.5, All: true, Most: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// crowded draws a project in which people have many assignments, most of them without dates.
func crowded(t *rapid.T) *Declaration {
	d := declarations().Draw(t, "declaration")
	if one(t, "plain", []bool{false, true}) {
		plain(d)
	}
	if one(t, "no rules", []bool{false, true}) {
		d.Rules, d.Catalog.Rules = nil, nil
	}
	g := &gen{T: t, Declaration: d, labels: sorted(d.Catalog.Labels), roles: sorted(d.Catalog.Roles)}
	g.both()
	for _, id := range sorted(d.Users) {
		for range one(t, "more", []int{0, 2, 4}) {
			a := g.assignmentOf(one(t, "role", g.roles))
			if !g.nth("dated", 4) {
				a.Starts, a.Expires = "", ""
			}
			d.Users[id].Roles = append(d.Users[id].Roles, a)
		}
	}
	return d
}

// rows are everybody's rows on every day.
func (d *Declaration) rows() (all []string) {
	for _, day := range []string{"2026-01-01", "2026-06-14", "2026-06-15", "2026-06-16", "2026-06-20", "2026-06-21",
		"2027-02-01"} {
		all = append(append(all, day), d.rowsOn(day)...)
	}
	return all
}

func (d *Declaration) rowsOn(day string) (all []string) {
	for _, r := range Table(d, day) {
		all = append(all, fmt.Sprint(r.User, r.Status, r.Scope, r.Permission, r.Actions, r.Withheld, r.Access,
			r.Expires, r.Confidence))
	}
	return all
}

// verdicts are what declared rules find.
func verdicts(t *rapid.T, d *Declaration) (list []string) {
	_, found := linted(t, d)
	for _, f := range found {
		r := d.Rules[f.Rule]
		if r == nil {
			r = d.Catalog.Rules[f.Rule]
		}
		switch {
		case r == nil:
		case r.Conflict != nil && (r.Conflict.At == "" || r.Conflict.At == "any"):
			list = append(list, fmt.Sprint(f.Rule, f.User)) // on whichever scopes: one place is named
		default:
			list = append(list, fmt.Sprint(f.Rule, f.User, f.Scope, f.Permission, f.Action))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// What is proposed for people changes nobody's table on any day, and declared rules find nothing new.
func TestRolesFewer(t *testing.T) {
	var dropped, replaced atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		d := crowded(t)
		rest := d.clone()
		for _, p := range rolesOf(t, d).People {
			rest = fewer(rest, &p)
			dropped.Add(int64(len(p.Drop)))
			replaced.Add(int64(len(p.Replace)))
		}
		if diff := cmp.Diff(d.rows(), rest.rows()); diff != "" {
			t.Fatalf("(-before +after):\n%s\n%s\n%s", diff, compact(d), compact(rest))
		}
		found := verdicts(t, d)
		for _, f := range verdicts(t, rest) {
			if !slices.Contains(found, f) {
				t.Fatalf("new: %s\n%s\n%s", f, compact(d), compact(rest))
			}
		}
	})
	if t.Logf("%d dropped, %d replaced", dropped.Load(), replaced.Load()); dropped.Load() < 10 || replaced.Load() == 0 {
		t.Error("too few proposals to tell")
	}
}

// Trying every set of assignments finds none that is smaller and gives the same.
func TestRolesSmallest(t *testing.T) {
	var tried atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		d := crowded(t)
		plain(d)
		undated(d)
		d.Rules, d.Catalog.Rules, d.Expect, d.Waivers = nil, nil, nil, nil // they name roles
		if d.Catalog.Default != nil {
			t.Skip("who has no role may have one by default")
		}
		a := rolesOf(t, d)
		for _, id := range sorted(d.Users) {
			p := roles.Person{}
			for _, x := range a.People {
				if x.User.ID == id {
					p = x
				}
			}
			c := d.clone()
			if p.User != nil {
				c = fewer(d, &p)
			}
			tried.Add(int64(bruteForce(t, c, id)))
		}
	})
	if t.Logf("%d sets", tried.Load()); tried.Load() < 10 {
		t.Error("too few sets to tell")
	}
}

// undated takes all dates out.
func undated(d *Declaration) {
	entries := func(roles []Assignment, grants []Grant) {
		for i := range roles {
			roles[i].Starts, roles[i].Expires = "", ""
		}
		for i := range grants {
			grants[i].Starts, grants[i].Expires = "", ""
		}
	}
	for _, users := range []map[string]*User{d.Users, d.Invitations} {
		for _, u := range users {
			entries(u.Roles, u.Grants)
			for i := range u.Groups {
				u.Groups[i].Starts, u.Groups[i].Expires = "", ""
			}
		}
	}
	for _, g := range d.Groups {
		entries(g.Roles, g.Grants)
		for i := range g.Members {
			g.Members[i].Starts, g.Members[i].Expires = "", ""
		}
	}
}

// bruteForce tries all smaller sets of assignments in place of those of a user.
func bruteForce(t *rapid.T, d *Declaration, id string) (tried int) {
	pr := project{Declaration: d, asOf: today}
	some := d.Users[id].Roles
	if len(some) > 3 {
		return 0
	}
	var all []Assignment
	for _, s := range pr.places() {
		for _, r := range sorted(d.Catalog.Roles) {
			if slices.Contains(d.Catalog.Roles[r].Level, s.level) {
				all = append(all, Assignment{Role: r, Scope: s.path})
			}
		}
	}
	d = d.clone()
	d.Users, d.Invitations = map[string]*User{id: d.Users[id]}, nil
	if faulty(d, id) {
		return 0
	}
	before := d.rowsOn(today)
	var try func(chosen []Assignment, from, left int)
	try = func(chosen []Assignment, from, left int) {
		c := d.clone()
		c.Users[id].Roles = chosen
		tried++
		if pr := (project{Declaration: c, asOf: today}); slices.ContainsFunc(chosen,
			func(a Assignment) bool { return pr.rejected(id, a) }) {
			return
		}
		if slices.Equal(before, c.rowsOn(today)) {
			t.Fatalf("%d assignments of %s do as well as %v: %v\n%s", len(chosen), id, some, chosen, compact(d))
		}
		for i := from; i < len(all) && left > 0; i++ {
			try(append(slices.Clip(chosen), all[i]), i+1, left-1)
		}
	}
	if len(some) > 0 && len(all) < 30 {
		try(nil, 0, len(some)-1)
	}
	return tried
}

// faulty reports whether an undated assignment of a user gives nothing by itself, which has a finding.
func faulty(d *Declaration, id string) bool {
	pr := project{Declaration: d, asOf: today}
	return slices.ContainsFunc(d.Users[id].Roles, func(a Assignment) bool { return pr.rejected(id, a) })
}

// rejected reports whether an assignment gives a user nothing.
func (pr project) rejected(id string, a Assignment) bool {
	p := pr.person(id)
	for _, e := range pr.entriesOf("", p.Home, []Assignment{a}, nil) {
		if pr.fault(e, pr.admits(p, e)) != "" {
			return true
		}
	}
	return false
}

// A role in place of the grants that it has changes nobody's table on any day.
func TestRolesNew(t *testing.T) {
	var made atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		d := crowded(t)
		g := &gen{T: t, Declaration: d, labels: sorted(d.Catalog.Labels), roles: sorted(d.Catalog.Roles)}
		g.permissions = sorted(d.Catalog.Permissions)
		var some []Grant
		for range 12 {
			some = append(some, g.grant())
		}
		for _, id := range sorted(d.Users) {
			for _, grant := range some {
				grant.Starts, grant.Expires = "", ""
				d.Users[id].Grants = append(d.Users[id].Grants, grant)
			}
		}
		rest := d.clone()
		a := rolesOf(t, d)
		for i := range a.New {
			c := &a.New[i]
			made.Add(int64(inPlace(rest, fmt.Sprint("new-", i), a.Policy.Catalog.Levels[c.Level], c)))
		}
		if diff := cmp.Diff(d.rows(), rest.rows()); diff != "" {
			t.Fatalf("(-before +after):\n%s\n%s\n%s", diff, compact(d), compact(rest))
		}
	})
	if t.Logf("%d roles", made.Load()); made.Load() < 1 {
		t.Error("too few roles to tell")
	}
}

// inPlace adds a role, and assigns it in place of the grants that it has. It counts the places.
func inPlace(d *Declaration, id, level string, c *roles.Candidate) int {
	r := &Role{Level: Names{level}, Permissions: map[string]Cells{}}
	for _, g := range c.Grants {
		r.Permissions[g.Permission.ID] = Cells{{Actions: g.Permission.Names(g.Actions)}}
	}
	d.Catalog.Roles[id] = r
	for _, at := range c.Places {
		user := d.user(at.User.ID)
		user.Grants = slices.DeleteFunc(user.Grants, func(g Grant) bool {
			return g.Scope == at.Scope.Path && g.Starts == "" && g.Expires == "" && r.Permissions[g.Permission] != nil
		})
		user.Roles = append(user.Roles, Assignment{Role: id, Scope: at.Scope.Path})
	}
	return len(c.Places)
}

// Of two roles that give the same, or one of which is inside the other, that is so on every scope, for every person.
func TestRolesInside(t *testing.T) {
	var pairs, others atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		addPart(t, d)
		a := rolesOf(t, d)
		inside := map[[2]string]bool{}
		for _, same := range a.Same {
			for _, r := range same[1:] {
				inside[[2]string{same[0].ID, r.ID}], inside[[2]string{r.ID, same[0].ID}] = true, true
			}
		}
		for _, p := range a.Inside {
			inside[[2]string{p.Left.ID, p.Right.ID}] = true
		}
		for pair := range inside {
			pairs.Add(1)
			if missing := lacking(d, pair[0], pair[1]); missing != "" {
				t.Fatalf("%s is not inside %s: %s\n%s", pair[0], pair[1], missing, compact(d))
			}
		}
		others.Add(int64(len(sorted(d.Catalog.Roles))*len(d.Catalog.Roles) - len(inside)))
	})
	if t.Logf("%d pairs, %d others", pairs.Load(), others.Load()); pairs.Load() < 10 {
		t.Error("too few pairs to tell")
	}
}

// addPart adds a role with some of what another has, or with all of it. Few projects have such roles by chance.
func addPart(t *rapid.T, d *Declaration) {
	whole := d.Catalog.Roles[one(t, "whole", sorted(d.Catalog.Roles))]
	part := &Role{Level: whole.Level, Inheritance: whole.Inheritance, Affiliations: whole.Affiliations,
		Permissions: map[string]Cells{}, Includes: map[string]Include{}}
	for _, id := range oneOrAll(t, sorted(whole.Permissions)) {
		part.Permissions[id] = whole.Permissions[id]
	}
	for _, id := range oneOrAll(t, sorted(whole.Includes)) {
		part.Includes[id] = whole.Includes[id]
	}
	d.Catalog.Roles["part"] = part
}

// oneOrAll draws one of several names, or all.
func oneOrAll(t *rapid.T, names []string) []string {
	if len(names) == 0 || rapid.Bool().Draw(t, "all") {
		return names
	}
	return []string{one(t, "one of them", names)}
}

// lacking returns what a role gives on some scope that another one does not.
func lacking(d *Declaration, role, other string) string {
	pr := project{Declaration: d, asOf: today}
	for _, s := range pr.places() {
		if !slices.Contains(d.Catalog.Roles[role].Level, s.level) {
			continue
		}
		has := given(d, other, s.path)
		for key, access := range given(d, role, s.path) {
			if have, ok := has[key]; !ok || width(have) > width(access) {
				return s.path + ": " + key
			}
		}
	}
	return ""
}

// given is what people have who only have a role on a scope: each has other facts that a cell may ask for.
func given(d *Declaration, role, scope string) map[string]string {
	c := &Declaration{Catalog: d.clone().Catalog, Scopes: d.Scopes, Groups: map[string]*Group{},
		Users: map[string]*User{}}
	c.Catalog.Rules, c.Catalog.Default = nil, nil
	for _, p := range c.Catalog.Permissions {
		p.When = nil
	}
	var groups []Join
	for _, id := range sorted(d.Groups) {
		c.Groups[id] = &Group{Kind: d.Groups[id].Kind, Home: d.Groups[id].Home}
		pr := project{Declaration: c, asOf: today}
		if _, everyone := pr.everyone(id); !everyone && !pr.allAtHome(id) {
			groups = append(groups, Join{Group: id})
		}
	}
	worlds := []Attributes{nil}
	for _, region := range []string{"east", "west"} {
		worlds = append(worlds, Attributes{"region": {region}},
			Attributes{"region": {region}, "skill": {"chat", "voice"}})
	}
	for i, attributes := range worlds {
		for j, in := range append([][]Join{nil, groups}, eachAlone(groups)...) {
			u := &User{Roles: []Assignment{{Role: role, Scope: scope}}, Attributes: attributes, Groups: in}
			if to := c.Catalog.Roles[role].Affiliations; len(to) > 0 {
				u.Affiliation = to[0]
			}
			c.Users[fmt.Sprintf("x-%d-%d@x.example", i, j)] = u
		}
	}
	all := map[string]string{}
	for _, r := range Table(c, today) {
		for _, action := range r.Actions {
			access, _ := r.ofAction(action)
			all[strings.Join([]string{r.User, r.Scope, r.Permission, action}, " ")] = access
		}
	}
	return all
}

func eachAlone(groups []Join) (list [][]Join) {
	for _, g := range groups {
		list = append(list, []Join{g})
	}
	return list
}
