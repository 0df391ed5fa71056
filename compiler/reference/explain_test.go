package reference_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/explain"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// An answer says allowed exactly when the table has a row with an action left,
// of somebody who is not invited. What is not allowed has a reason, and every
// proposal, written down and compiled, gives the row and no new error.
func TestExplain(t *testing.T) {
	proposals, denials := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		user := one(t, "user", slices.Concat(sorted(d.Users), sorted(d.Invitations)))
		permission := one(t, "permission", sorted(d.Catalog.Permissions))
		scope := one(t, "scope", append(paths(d), ""))
		a, errors := explained(t, d, user, permission, scope)
		held := holds(compile(t, inOneFile(d), today).Rows, user, permission, scope)
		if a.Allowed != held {
			t.Fatalf("allowed is %v of %s, %s on %q; the table says %v\n%s", a.Allowed, user, permission, scope, held, listing(inOneFile(d)))
		}
		if !held && len(a.Missing) == 0 {
			t.Fatalf("nothing is missing of %s, %s on %q\n%s", user, permission, scope, listing(inOneFile(d)))
		}
		if held != (len(a.Missing) == 0) {
			t.Fatalf("%v is missing of what is held", a.Missing)
		}
		if !held {
			denials++
		}
		for _, p := range a.How {
			if p.ForbiddenBy != "" {
				continue
			}
			proposals++
			after := clone(d)
			for _, c := range p.Changes {
				write(after, user, c)
			}
			if !holds(compile(t, inOneFile(after), today).Rows, user, permission, p.Scope.Path) {
				t.Fatalf("%s does not give %s of %s on %q\n%s", explain.Words(p.Changes), permission, user, p.Scope.Path, listing(inOneFile(d)))
			}
			_, now := explained(t, after, user, permission, scope)
			for k, n := range now {
				if n > errors[k] {
					t.Fatalf("%s, for %s of %s, brings %v\n%s", explain.Words(p.Changes), permission, user, k, listing(inOneFile(d)))
				}
			}
		}
	})
	if t.Logf("%d denials, %d proposals", denials, proposals); proposals < 10 {
		t.Error("too few proposals to tell")
	}
}

// holds reports whether a table has a row, of somebody who is not invited, with
// an action left.
func holds(rows []Row, user, permission, scope string) bool {
	return slices.ContainsFunc(rows, func(r Row) bool {
		return r.User == user && r.Status == "active" && r.Permission == permission && len(r.Actions) > 0 && (scope == "" || within(r.Scope, scope))
	})
}

func paths(d *Declaration) (list []string) {
	for _, p := range (project{Declaration: d, asOf: today}).places() {
		list = append(list, p.path)
	}
	return list
}

// finding is what a finding is about, as a baseline counts it.
type finding struct{ rule, user, group, role, permission, action, scope string }

// explained is an answer, and how often each error is found.
func explained(t rapid.TB, d *Declaration, user, permission, scope string) (*explain.Answer, map[finding]int) {
	t.Helper()
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "project.json"), []byte(compact(d)), 0o666); err != nil {
		t.Fatal(err)
	}
	day, _ := policy.ParseDate(today)
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day, Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatalf("%v: %v\n%s", err, p.Stopped, compact(d))
	}
	list, err := p.Table(context.Background(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	errors := map[finding]int{}
	for _, f := range list {
		if f.Severity == diag.Error && f.Waiver == nil {
			k := finding{f.Rule, f.User, f.Group, f.Role, f.Permission, f.Action, f.Scope}
			// Of several places, which one is named depends on where they stand.
			switch r := (project{Declaration: d, asOf: today}).rules()[f.Rule]; {
			case r == nil:
			case r.Conflict != nil || r.Require != nil:
				k = finding{rule: f.Rule, user: f.User}
			default:
				k.group, k.role, k.permission = "", "", ""
			}
			errors[k]++
		}
	}
	q := explain.Question{Permission: p.Policy.Catalog.PermissionByID[permission], Scope: p.Policy.ScopeByPath[scope]}
	for _, u := range p.Policy.Users {
		if u.ID == user {
			q.User = u
		}
	}
	a, err := p.Explain(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return a, errors
}

// write makes a change where it is declared.
func write(d *Declaration, user string, c explain.Change) {
	u := d.Users[user]
	if u == nil {
		u = d.Invitations[user]
	}
	switch {
	case c.Role != nil:
		u.Roles = append(u.Roles, Assignment{Role: c.Role.ID, Scope: c.Scope.Path})
	case c.Permission != nil:
		u.Grants = append(u.Grants, Grant{Permission: c.Permission.ID, Scope: c.Scope.Path})
	case c.Group != nil:
		g := d.Groups[c.Group.ID]
		g.Members = append(g.Members, strings.ToLower(user))
	case c.Attribute != "":
		u.Attributes = cloned(u.Attributes)
		u.Attributes[c.Attribute] = append(u.Attributes[c.Attribute], c.Value)
	default:
		u.Via = ""
		delete(d.Invitations, user)
		set(&d.Users, user, u)
	}
}

func cloned(a Attributes) Attributes {
	out := Attributes{}
	for k, v := range a {
		out[k] = slices.Clone(v)
	}
	return out
}
