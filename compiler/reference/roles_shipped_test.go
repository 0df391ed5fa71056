package reference_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/expect"
	"permc.dev/permc/compiler/ask/roles"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// shipped is a project of a product whose catalog permc ships.
type shipped struct {
	product string
	*Declaration
}

// products have scopes that are enough for every level and reach.
var products = map[string]map[string]*Scope{
	"services-hub": {"a": {Scopes: map[string]*Scope{"x": {}, "y": {}}}, "b": {Scopes: map[string]*Scope{"x": {}}}},
	"call-manager": {"a": {}, "b": {}},
	"dynamics-365-customer-service": {"a": {Scopes: map[string]*Scope{
		"x": {Scopes: map[string]*Scope{"in": {}}}, "y": {Inherits: new(bool)}}}},
}

// text returns the project as one file.
func (s shipped) text() string {
	all := map[string]any{}
	if err := json.Unmarshal([]byte(compact(s.Declaration)), &all); err != nil {
		panic(err)
	}
	all["catalog"] = map[string]any{"extends": s.product, "roles": s.Catalog.Roles}
	return compact(all)
}

// shippedProjects draws people with few different assignments on few scopes, so that some are superfluous.
func shippedProjects(t *rapid.T, product string, hostile bool) shipped {
	s := shipped{product, &Declaration{Catalog: &Catalog{Roles: map[string]*Role{}}, Scopes: products[product],
		Users: map[string]*User{}, Groups: map[string]*Group{}, Rules: map[string]*Rule{}}}
	p, _ := lintedText(t, s.text())
	c := p.Policy.Catalog
	pool := s.drawPool(t, p.Policy, hostile)
	bundle := drawBundle(t, p.Policy)
	for i := range 3 {
		u := &User{Attributes: drawAttributes(t, c), Grants: bundle}
		for range rapid.IntRange(1, 3).Draw(t, "roles") {
			u.Roles = append(u.Roles, one(t, "role", pool))
		}
		if len(c.Affiliations) > 0 {
			u.Affiliation = one(t, "affiliation", c.Affiliations).ID.Name
		}
		if hostile {
			u.Status = one(t, "status", []string{"", "", "", "disabled"})
		}
		s.Users[fmt.Sprintf("u%d@x.example", i)] = u
	}
	if hostile {
		s.addHostile(t, p.Policy, pool)
	}
	return s
}

// drawPool draws the assignments that people have, and maybe adds a role that gives the same as another one.
func (s shipped) drawPool(t *rapid.T, p *policy.Policy, hostile bool) (pool []Assignment) {
	for range 5 {
		pool = append(pool, drawAssignment(t, p, hostile))
	}
	if !hostile || rapid.Bool().Draw(t, "no twin") {
		return pool
	}
	same := one(t, "same", pool)
	r := p.Catalog.RoleByID[same.Role]
	twin := &Role{Affiliations: r.Affiliations, Includes: map[string]Include{r.ID: {}}}
	for l := range p.Catalog.Levels {
		if r.Levels.Has(l) {
			twin.Level = append(twin.Level, p.Catalog.Levels[l])
		}
	}
	s.Catalog.Roles["twin"] = twin
	same.Role = "twin"
	return append(pool, same)
}

// drawAssignment draws a role on a scope where it can be assigned.
func drawAssignment(t *rapid.T, p *policy.Policy, dates bool) Assignment {
	r := one(t, "role", p.Catalog.Roles)
	on := slices.DeleteFunc(slices.Clone(p.Scopes), func(s *policy.Scope) bool { return !r.Levels.Has(s.Level) })
	a := Assignment{Role: r.ID, Scope: one(t, "scope", on).Path}
	if dates {
		a.Starts = one(t, "starts", []string{"", "", "", "2026-06-20"})
		a.Expires = one(t, "expires", []string{"", "", "", "2026-06-21"})
	}
	return a
}

// drawAttributes draws values that the catalog lists, such as licences.
func drawAttributes(t *rapid.T, c *policy.Catalog) Attributes {
	all := Attributes{}
	for _, id := range sorted(c.UserAttributes) {
		if values := c.UserAttributes[id].Values; len(values) > 0 {
			for _, v := range someOf(t, values, 2) {
				all[id] = append(all[id], v.Name)
			}
		}
	}
	return all
}

// drawBundle draws grants on one scope, or none.
func drawBundle(t *rapid.T, p *policy.Policy) (list []Grant) {
	on := one(t, "granted on", p.Scopes)
	can := slices.DeleteFunc(slices.Clone(p.Catalog.Permissions), func(x *policy.Permission) bool {
		return !x.Grantable || x.Deprecated != "" || !x.Levels.Has(on.Level)
	})
	for _, x := range someOf(t, can, 3) {
		list = append(list, Grant{Permission: x.ID, Scope: on.Path})
	}
	return list
}

// someOf draws up to so many different elements.
func someOf[E any](t *rapid.T, from []E, most int) (list []E) {
	n := rapid.IntRange(0, min(most, len(from))).Draw(t, "some")
	for _, i := range rapid.Permutation(numbers(len(from))).Draw(t, "which")[:n] {
		list = append(list, from[i])
	}
	return list
}

func numbers(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

// addHostile adds nested groups, a deny rule, and rules and expectations that name roles.
func (s shipped) addHostile(t *rapid.T, p *policy.Policy, pool []Assignment) {
	s.Groups["inner"] = &Group{Members: []Member{{User: "u0@x.example"}}, Roles: someOf(t, pool, 1)}
	if rapid.Bool().Draw(t, "groups alike") {
		for _, id := range []string{"alike", "likewise"} {
			s.Groups[id] = &Group{Members: []Member{{User: "u2@x.example"}}, Roles: someOf(t, pool, 2)}
		}
	}
	s.Groups["outer"] = &Group{Members: []Member{{User: "group:inner"}, {User: "u1@x.example"}}, Roles: someOf(t, pool, 2)}
	role := func() string { return one(t, "named", pool).Role }
	switch one(t, "rule", []string{"", "deny role", "deny group", "forbid", "conflict"}) {
	case "deny role":
		s.Rules["r"] = &Rule{Deny: &Selector{Role: Names{role()}, Permission: Names{one(t, "denied",
			p.Catalog.Permissions).ID}}}
	case "deny group":
		s.Rules["r"] = &Rule{Deny: &Selector{Group: Names{"outer"}, Permission: Names{one(t, "denied",
			p.Catalog.Permissions).ID}}}
	case "forbid":
		s.Rules["r"] = &Rule{Forbid: &Selector{Role: Names{role()}}}
	}
	for _, id := range sorted(s.Users) {
		s.Expect = append(s.Expect, Expectation{User: id,
			Can: one(t, "expected", p.Catalog.Permissions).ID})
	}
}

// proposals apply all of one kind, and count them.
var proposals = map[string]func(*Declaration, *roles.Answer) (*Declaration, int){
	"fewer assignments": func(d *Declaration, a *roles.Answer) (*Declaration, int) {
		for i := range a.People {
			d = fewer(d, &a.People[i])
		}
		return d, len(a.People)
	},
	"one role for several": func(d *Declaration, a *roles.Answer) (*Declaration, int) {
		d = d.clone()
		for _, same := range a.Same {
			for _, r := range same[1:] {
				d.assignInstead(r.ID, same[0].ID)
			}
		}
		return d, len(a.Same)
	},
	"one group for several": func(d *Declaration, a *roles.Answer) (*Declaration, int) {
		d = d.clone()
		for _, alike := range a.Groups {
			for _, g := range alike[1:] {
				first := d.Groups[alike[0].ID]
				first.Roles = append(first.Roles, d.Groups[g.ID].Roles...)
				delete(d.Groups, g.ID)
			}
		}
		return d, len(a.Groups)
	},
	"a role for grants": func(d *Declaration, a *roles.Answer) (*Declaration, int) {
		d = d.clone()
		for i := range a.New {
			inPlace(d, fmt.Sprint("new-", i), a.Policy.Catalog.Levels[a.New[i].Level], &a.New[i])
		}
		return d, len(a.New)
	},
}

// fewer writes down what is proposed for a person.
func fewer(d *Declaration, p *roles.Person) *Declaration {
	c := d.clone()
	u := c.user(p.User.ID)
	var at []int
	for _, e := range slices.Concat(p.Drop, p.Replace) {
		at = append(at, slices.IndexFunc(rolesIn(p.User), func(x policy.Entry) bool { return x.Pos == e.Pos }))
	}
	u.Roles = drop(u.Roles, at)
	for _, r := range p.By {
		u.Roles = append(u.Roles, Assignment{Role: r.Role.ID, Scope: r.Scope.Path})
	}
	return c
}

// rolesIn returns a user's assignments, in the order of the file. Grants may come before them.
func rolesIn(u *policy.User) []policy.Entry {
	return slices.DeleteFunc(slices.Clone(u.Entries), func(e policy.Entry) bool { return e.Role == nil })
}

// assignInstead assigns another role wherever a role is assigned.
func (d *Declaration) assignInstead(role, other string) {
	in := func(list []Assignment) {
		for i := range list {
			if list[i].Role == role {
				list[i].Role = other
			}
		}
	}
	for _, u := range d.Users {
		in(u.Roles)
	}
	for _, g := range d.Groups {
		in(g.Roles)
	}
}

// shippedRows are everybody's rows on every day.
func shippedRows(p *compiler.Project) (all []string) {
	for _, day := range []string{"2026-06-15", "2026-06-20", "2026-06-22", "2027-02-01"} {
		on := *p.Policy
		on.AsOf, _ = policy.ParseDate(day)
		f := flatten.New(&on)
		for _, u := range on.Users {
			a := f.User(u)
			for _, r := range policy.Split(a.Rows) {
				all = append(all, fmt.Sprint(day, u.ID, r.Scope.Path, r.Permission.ID, r.Permission.Names(r.Actions),
					r.Records, r.Ends, r.Confidence()))
			}
		}
	}
	return all
}

// shippedFound are the open findings, without the lines that they are about. What is redundant is found at one of the
// places that give something: with that gone, it may be found at another.
func shippedFound(list []diag.Finding) (all []string) {
	for i := range list {
		f := &list[i]
		if !f.Silenced() && !strings.HasPrefix(f.Rule, "redundant-") && !strings.HasPrefix(f.Rule, "duplicate-") {
			all = append(all, fmt.Sprint(f.Rule, " ", f.User))
		}
	}
	return all
}

// What is proposed for a project of a shipped product changes nobody's table on any day, adds no finding, and fails no
// expectation.
func TestRolesShipped(t *testing.T) {
	for _, product := range sorted(products) {
		t.Run(product, func(t *testing.T) {
			made := map[string]int{}
			rapid.Check(t, func(t *rapid.T) {
				s := shippedProjects(t, product, true)
				p, found := lintedText(t, s.text())
				a := answerRoles(t, p)
				for _, what := range sorted(proposals) {
					rest, n := proposals[what](s.Declaration, a)
					if made[what] += n; n > 0 {
						keepsAll(t, what, s, shipped{product, rest}, p, found)
					}
				}
			})
			for _, what := range sorted(proposals) {
				t.Logf("%s: %d", what, made[what])
				if made[what] == 0 && (what != "a role for grants" || product == "services-hub") { // others grant nothing
					t.Errorf("%s: too few to tell", what)
				}
			}
		})
	}
}

// keepsAll fails if a project says something else after a proposal.
func keepsAll(t *rapid.T, what string, s, rest shipped, p *compiler.Project, found []diag.Finding) {
	q, left := lintedText(t, rest.text())
	if diff := cmp.Diff(shippedRows(p), shippedRows(q)); diff != "" {
		t.Fatalf("%s: (-before +after):\n%s\n%s\n%s", what, diff, s.text(), rest.text())
	}
	had := shippedFound(found)
	for _, f := range shippedFound(left) {
		if !slices.Contains(had, f) {
			t.Fatalf("%s: new: %s\n%s\n%s", what, f, s.text(), rest.text())
		}
	}
	if failedExpectations(t, q) != failedExpectations(t, p) {
		t.Fatalf("%s: expectations end otherwise\n%s\n%s", what, s.text(), rest.text())
	}
}

// answerRoles asks what the roles of a project have in common.
func answerRoles(t *rapid.T, p *compiler.Project) *roles.Answer {
	a, _, err := roles.Ask(context.Background(), p, roles.Question{Near: 0.5, All: true, Most: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func failedExpectations(t *rapid.T, p *compiler.Project) int {
	r, err := expect.Ask(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return r.Failed()
}
