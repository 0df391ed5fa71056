package reference_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
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
		"write": {"level": "workspace", "actions": ["edit", "export"], "grantable": ["staff"]},
		"invite": {"level": ["customer", "workspace"], "grantable": true, "delegates": [
			{"gives": {"grantable": true}, "reach": "self", "to": ["users", "invitations"], "others": true}]},
		"manage": {"level": "workspace", "delegates": [
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
func organization(t *testing.T, people int, bound string) *Declaration {
	d := &Declaration{Scopes: map[string]*Scope{}, Users: map[string]*User{}}
	if err := json.Unmarshal(fmt.Appendf(nil, organizationCatalog, bound), &d.Catalog); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
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

// People who hold the same on scopes that correspond share a search. The paths of each are still those that a search
// for them alone finds, in the same order.
func TestPathsShared(t *testing.T) {
	own := `, {"gives": {"roles": true, "grantable": true}, "reach": "subtree", "to": "users", "bound": "own"}`
	p, _ := linted(t, organization(t, 1000, own))
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
				t.Fatalf("got %s\nwant %s", got, want)
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
	path := func(s *policy.Scope) string {
		if s == nil {
			return ""
		}
		return at(s).Path
	}
	for i, list := range [][]reach.Path{r.Alone, r.Assisted, r.Others} {
		for _, p := range list {
			text += fmt.Sprint(i, p.For)
			for _, a := range p.Acts {
				text += fmt.Sprint("\n  ", a.By, a.To, a.Role != nil, a.Permission != nil, path(a.Scope),
					path(a.Why.Scope))
			}
			for _, g := range p.Gains {
				text += fmt.Sprint("\n  ", g.Role != nil, g.Permission != nil, g.Actions, path(g.Scope))
			}
			text += "\n"
		}
	}
	return text
}

// The paths in an organization reach what people have after all was done that can be done, to the declaration.
func TestPathsOrganization(t *testing.T) {
	d := organization(t, 120, "")
	p, _ := linted(t, d)
	finder := reach.NewFinder(reach.NewWorld(p.Policy))
	gains := 0
	for i, u := range p.Policy.Users {
		if i%4 != 0 {
			continue
		}
		one := *d
		one.Users = map[string]*User{u.ID: d.Users[u.ID]}
		naive := newGiver(&one, u.ID)
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
	if t.Logf("%d gains", gains); gains < 100 {
		t.Error("too few gains to tell")
	}
}
