package reference_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	follow "permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
)

// organizationCatalog has delegates of each reach, conditions, deny rules, a bound, and things for some alone.
const organizationCatalog = `{
	"levels": ["customer", "workspace"], "nested": true, "affiliations": {"staff": {}, "guest": {}},
	"attributes": {"user": {"dept": {"values": ["it", "hr"]}}, "scope": {"zone": {"values": ["north", "south"]}}},
	"labels": {"first": {}},
	"permissions": {
		"read": {"level": ["customer", "workspace"], "grantable": true},
		"write": {"level": "workspace", "sensitivity": "high", "actions": ["edit", "export"], "grantable": ["staff"]},
		"invite": {"level": ["customer", "workspace"], "grantable": true, "delegates": [
			{"gives": {"grantable": true}, "reach": "self", "to": ["users", "invitations"], "others": true}]},
		"manage": {"level": "workspace", "sensitivity": "critical", "delegates": [
			{"gives": {"roles": ["editor", "keeper"]}, "reach": "self", "to": "users"}]},
		"assign": {"level": "customer", "grantable": true, "delegates": [
			{"gives": {"roles": ["keeper"]}, "reach": {"labels": ["first"]}, "to": "users"}%s]}
	},
	"roles": {
		"editor": {"level": "workspace", "permissions": {"read": {}, "write": {"access": "own"}}},
		"keeper": {"level": "workspace", "permissions": {"write": {"when": {"attribute": {"dept": ["it"]}}},
			"manage": {}, "invite": {}}},
		"owner": {"level": "customer", "affiliations": ["staff"], "permissions": {
			"assign": {}, "manage": {"reach": "subtree"}, "read": {"reach": "subtree"}}}
	},
	"rules": {"no-export": {"deny": {"affiliation": "guest", "permission": "write", "action": "export"}, "message": "no"}}
}`

// organization returns a project of some hundred scopes and some thousand people.
func organization(t *testing.T, people int, bound string, seed uint64) *Declaration {
	d := &Declaration{Scopes: map[string]*Scope{}, Users: map[string]*User{}}
	if err := json.Unmarshal(fmt.Appendf(nil, organizationCatalog, bound), &d.Catalog); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 2))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	const customers = 12
	for c := range customers {
		customer := &Scope{Level: "customer", Scopes: map[string]*Scope{}}
		for w := range 1 + c%4 {
			s := &Scope{Level: "workspace"}
			if w == 0 {
				s.Labels = []string{"first"}
			}
			if rng.IntN(4) == 0 {
				s.Attributes = Attributes{"zone": {pick("north", "south")}}
			}
			customer.Scopes[fmt.Sprintf("w%d", w)] = s
		}
		d.Scopes[fmt.Sprintf("c%d", c)] = customer
	}
	d.Rules = map[string]*Rule{}
	deny := `{"deny": {"permission": "manage", "scope": "c3/w1"}, "message": "no"}`
	rule := &Rule{}
	if err := json.Unmarshal([]byte(deny), rule); err != nil {
		t.Fatal(err)
	}
	d.Rules["closed"] = rule
	for i := range people {
		u := &User{Affiliation: pick("staff", "staff", "guest")}
		if rng.IntN(3) == 0 {
			u.Attributes = Attributes{"dept": {pick("it", "hr")}}
		}
		for range 1 + rng.IntN(2) {
			c := rng.IntN(customers)
			customer := fmt.Sprintf("c%d", c)
			workspace := fmt.Sprintf("%s/w%d", customer, rng.IntN(1+c%4))
			switch rng.IntN(5) {
			case 0:
				if u.Affiliation == "staff" {
					u.Roles = append(u.Roles, Assignment{Role: "owner", Scope: customer})
				}
			case 1, 2:
				u.Roles = append(u.Roles, Assignment{Role: pick("editor", "keeper"), Scope: workspace})
			case 3:
				u.Grants = append(u.Grants, Grant{Permission: pick("invite", "read"), Scope: pick(customer, workspace)})
			default:
				u.Grants = append(u.Grants, Grant{Permission: "assign", Scope: customer})
			}
		}
		d.Users[fmt.Sprintf("u%04d@o.example", i)] = u
	}
	return d
}

// People who hold the same on scopes that correspond share a search, apart from what nobody can give. The paths of each
// are still those that a search for them alone finds, in the same order: if things are given where somebody can give
// them alone, also under it, or anywhere in the tree.
func TestPathsShared(t *testing.T) {
	const own = `, {"gives": {"roles": true, "grantable": true}, "reach": "subtree", "to": "users", "bound": "own"}`
	labels := &Reach{Labels: []string{"first"}}
	for _, x := range []struct {
		name   string
		bound  string
		assign Reach
	}{
		{"alone", "", Reach{Word: "self"}},
		{"under", "", *labels},
		{"bound", own, *labels},
		{"wide", "", Reach{Word: "tree"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			d := organization(t, 1000, x.bound, 1)
			give := &d.Catalog.Permissions["assign"].Delegates[0]
			if give.Reach = &x.assign; x.name == "alone" {
				give.Gives = Gives{Grantable: true}
			}
			d.Groups = map[string]*Group{"everyone:guest": {
				Grants: []Grant{{Permission: "read", Scope: "c1/w0"}, {Permission: "invite", Scope: "c2"}},
			}}
			compareShared(t, d)
		})
	}
}

// compareShared compares everybody's paths with those that a search for them alone finds.
func compareShared(t *testing.T, d *Declaration) {
	p, _ := linted(t, d)
	finder := reach.NewFinder(reach.NewWorld(p.Policy))
	a, _, err := follow.Ask(t.Context(), p, follow.Question{})
	if err != nil {
		t.Fatal(err)
	}
	shared, all := 0, 0
	err = follow.Each(t.Context(), a, func() func([]string, *follow.User) []string {
		return func(list []string, u *follow.User) []string {
			if u.Shared {
				list = append(list, "shared")
			}
			return append(list, u.User.ID+"\n"+wordRun(u.Run, u.At))
		}
	}, func(list []string) error {
		for _, got := range list {
			if got == "shared" {
				shared++
				continue
			}
			all++
			i, _ := p.Policy.FindUser(got[:len("u0000@o.example")])
			u := p.Policy.Users[i]
			same := func(s *policy.Scope) *policy.Scope { return s }
			if want := u.ID + "\n" + wordRun(finder.Find(u), same); got != want {
				return fmt.Errorf("got %s\nwant %s", got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("%d of %d share paths", shared, all); shared < all/2 || all < 400 {
		t.Error("too few to tell")
	}
}

// wordRun writes paths in full.
func wordRun(r *reach.Run, at func(*policy.Scope) *policy.Scope) (text string) {
	words := func(r *policy.Role, p *policy.Permission, s *policy.Scope) (list []string) {
		if r != nil {
			list = append(list, "role "+r.ID)
		}
		if p != nil {
			list = append(list, p.ID)
		}
		if s != nil {
			list = append(list, at(s).Path)
		}
		return list
	}
	for i, list := range [][]reach.Path{r.Alone, r.Assisted, r.Others} {
		for _, p := range list {
			text += fmt.Sprint(i, p.For)
			for _, a := range p.Acts {
				text += fmt.Sprint("\n  ", a.By, a.To, words(a.Role, a.Permission, a.Scope),
					words(a.Why.Role, a.Why.Permission, a.Why.Scope))
			}
			for _, g := range p.Gains {
				text += fmt.Sprint("\n  ", words(g.Role, g.Permission, g.Scope), g.Actions)
			}
			text += "\n"
		}
	}
	return text
}

// addTeams puts a part of the people of an organization into groups, which own each other or are owned by people.
func addTeams(d *Declaration, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 3))
	const teams = 20
	d.Catalog.Permissions["invite"].Delegates[0].To = append(d.Catalog.Permissions["invite"].Delegates[0].To, "groups")
	d.Groups = map[string]*Group{}
	name := func(i int) string { return fmt.Sprintf("team-%02d", i) }
	for i := range teams {
		g := &Group{}
		c := i % 12
		g.Roles = []Assignment{{Role: "keeper", Scope: fmt.Sprintf("c%d/w%d", c, rng.IntN(1+c%4))}}
		if rng.IntN(2) == 0 {
			g.Grants = []Grant{{Permission: "assign", Scope: fmt.Sprintf("c%d", rng.IntN(12))}}
		}
		if i > 0 && rng.IntN(2) == 0 {
			g.Owners = append(g.Owners, "group:"+name(rng.IntN(i)))
		}
		if i > 0 && rng.IntN(3) == 0 {
			g.Members = append(g.Members, Member{Group: "group:" + name(rng.IntN(i))})
		}
		d.Groups[name(i)] = g
	}
	for _, id := range sorted(d.Users) {
		g := d.Groups[name(rng.IntN(teams))]
		switch rng.IntN(6) {
		case 0:
			g.Members = append(g.Members, Member{User: id})
		case 1:
			g.Owners = append(g.Owners, id)
		}
	}
}

// onlyUser returns a project without the other people.
func onlyUser(d *Declaration, user string) *Declaration {
	one := *d
	one.Users, one.Groups = map[string]*User{user: d.Users[user]}, map[string]*Group{}
	for id, g := range d.Groups {
		x := *g
		x.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m Member) bool { return m.User != "" && m.User != user })
		x.Owners = slices.DeleteFunc(slices.Clone(g.Owners), func(o string) bool {
			return o != user && !strings.HasPrefix(o, "group:")
		})
		one.Groups[id] = &x
	}
	return &one
}

// The paths in an organization of 2,000 people reach what people have after all was done that can be done, to the
// declaration. That takes a second for somebody who can reach many groups, so few are looked at. With
// PERMC_ORGANIZATIONS, so many organizations are drawn, and 50 times as many people are looked at.
func TestPathsOrganization(t *testing.T) {
	const people, few = 2000, 50
	seeds, more := 1, 1
	if n, err := strconv.Atoi(os.Getenv("PERMC_ORGANIZATIONS")); err == nil {
		seeds, more = n, few
	}
	for seed := range uint64(seeds) {
		d := organization(t, people, "", seed+1)
		gains := comparePaths(t, d, few/more)
		addTeams(d, seed+1)
		gains += comparePaths(t, d, 20*few/more)
		if t.Logf("organization %d: %d gains", seed+1, gains); gains < 100 {
			t.Error("too few gains to tell")
		}
	}
}

// comparePaths compares the paths of one user in so many with the naive closure, and counts what they gain.
func comparePaths(t *testing.T, d *Declaration, step int) (gains int) {
	p, _ := linted(t, d)
	finder := reach.NewFinder(reach.NewWorld(p.Policy))
	for i := 0; i < len(p.Policy.Users); i += step {
		u := p.Policy.Users[i]
		naive := newGiver(onlyUser(d, u.ID), u.ID)
		before := naive.powersOf(u.ID)
		naive.exhaust([]string{u.ID})
		alone := naive.powersOf(u.ID)
		naive.exhaust(append([]string{u.ID}, naive.helpers...))
		run := finder.Find(u)
		if want, got := gained(before, alone), reached(run.Alone, u.ID); !slices.Equal(want, got) {
			t.Fatalf("%s alone: want %v\ngot %v", u.ID, want, got)
		}
		all := naive.powersOf(u.ID)
		if want, got := gained(alone, all), reached(run.Assisted, u.ID); !slices.Equal(want, got) {
			t.Fatalf("%s assisted: want %v\ngot %v", u.ID, want, got)
		}
		gains += len(all) - len(before)
	}
	return gains
}
