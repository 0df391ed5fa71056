package reference_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/diag"
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
		rows := compile(t, inOneFile(d), today).Rows
		held := holds(rows, user, permission, scope)
		if a.Allowed != held {
			t.Fatalf("allowed is %v of %s, %s on %q; the table says %v\n%s", a.Allowed, user, permission, scope, held,
				listing(inOneFile(d)))
		}
		if !held && len(a.Missing) == 0 {
			t.Fatalf("nothing is missing of %s, %s on %q\n%s", user, permission, scope, listing(inOneFile(d)))
		}
		if held != (len(a.Missing) == 0) {
			t.Fatalf("%v is missing of what is held", a.Missing)
		}
		if !held {
			denials++
			singleChange(t, d, user, permission, scope, a, rows)
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
				t.Fatalf("%s does not give %s of %s on %q\n%s", explain.Words(p.Changes), permission, user,
					p.Scope.Path, listing(inOneFile(d)))
			}
			_, now := explained(t, after, user, permission, scope)
			for k, n := range now {
				if n > errors[k] {
					t.Fatalf("%s, for %s of %s, brings %v\n%s", explain.Words(p.Changes), permission, user, k,
						listing(inOneFile(d)))
				}
			}
		}
	})
	if t.Logf("%d denials, %d proposals", denials, proposals); proposals == 0 {
		t.Error("too few proposals to tell")
	}
}

// singleChange makes one change, whatever it is. If it gives the permission and
// no new error, something is proposed that gives no more.
func singleChange(t *rapid.T, d *Declaration, user, permission, scope string, a *explain.Answer, before []Row) {
	after := clone(d)
	c := anyChange(t, a)
	write(after, user, c)
	rows := compile(t, inOneFile(after), today).Rows
	if !holds(rows, user, permission, scope) {
		return
	}
	if len(newErrors(t, d, after)) > 0 {
		return
	}
	gains := len(slices.DeleteFunc(heldBy(rows, user), func(k [2]string) bool {
		return slices.Contains(heldBy(before, user), k)
	}))
	if len(a.How) == 0 || a.How[0].ForbiddenBy != "" {
		t.Fatalf("%q gives %s on %q to %s; nothing is proposed: %v\n%s", c, permission, scope, user, a.Blocks,
			listing(inOneFile(d)))
	}
	if a.How[0].Rows > gains && inReach(a, rows, user) {
		t.Fatalf("%q gives %s on %q to %s with %d rows; the best proposal is %q with %d\n%s", c, permission, scope,
			user, gains,
			explain.Words(a.How[0].Changes), a.How[0].Rows, listing(inOneFile(d)))
	}
}

// inReach reports whether the change gives the permission where it was looked for
// first: on the scope that was asked about.
func inReach(a *explain.Answer, rows []Row, user string) bool {
	return a.Scope != nil && holds(slices.DeleteFunc(slices.Clone(rows),
		func(r Row) bool { return r.Scope != a.Scope.Path }), user, a.Permission.ID, "")
}

// heldBy are the permissions that somebody holds, each with its scope.
func heldBy(rows []Row, user string) (list [][2]string) {
	for _, r := range rows {
		if r.User == user && r.Status == "active" && len(r.Actions) > 0 {
			list = append(list, [2]string{r.Scope, r.Permission})
		}
	}
	return list
}

// anyChange draws a change.
func anyChange(t *rapid.T, a *explain.Answer) explain.Change {
	p := a.Policy
	if a.User.Waits() {
		return explain.Change{Enable: a.User.Disabled}
	}
	scope := one(t, "on", p.Scopes)
	listed := slices.DeleteFunc(slices.Clone(p.Groups), func(g *policy.Group) bool { return !g.ListsMembers() })
	switch kind := rapid.IntRange(0, 5).Draw(t, "kind"); {
	case kind == 0 && len(listed) > 0: // others take no member
		return explain.Change{Group: one(t, "group", listed)}
	case kind == 1:
		return explain.Change{Permission: one(t, "grant", p.Catalog.Permissions), Scope: scope}
	case kind == 2 && len(p.Catalog.UserAttributes) > 0:
		name := one(t, "attribute", sorted(p.Catalog.UserAttributes))
		values := []string{"east", "west"}
		if x := p.Catalog.UserAttributes[name]; x.Closed {
			values = nil
			for _, v := range x.Values {
				values = append(values, v.Name)
			}
		}
		return explain.Change{Attribute: name, Value: one(t, "value", values)}
	}
	return explain.Change{Role: one(t, "role", p.Catalog.Roles), Scope: scope}
}

// newErrors are the errors of a project that another one does not cover.
func newErrors(t rapid.TB, before, after *Declaration) (list []diag.Finding) {
	t.Helper()
	known, now := foundIn(t, before), foundIn(t, after)
	ids := func(all []diag.Finding) (ids []diag.Identity) {
		for i := range all {
			ids = append(ids, all[i].Identity())
		}
		return ids
	}
	for i, by := range diag.Match(ids(known), ids(now)) {
		if by < 0 {
			list = append(list, now[i])
		}
	}
	return list
}

// holds reports whether a table has a row, of somebody who is not invited, with
// an action left.
func holds(rows []Row, user, permission, scope string) bool {
	return slices.ContainsFunc(rows, func(r Row) bool {
		return r.User == user && r.Status == "active" && r.Permission == permission && len(r.Actions) > 0 &&
			(scope == "" || within(r.Scope, scope))
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
	p, list := linted(t, d)
	errors := map[finding]int{}
	for _, f := range list {
		if f.Severity == diag.Error && f.Waiver == nil {
			k := finding{f.Rule, f.User, f.Group, f.Role, f.Permission, f.Action, f.Scope}
			// Of several places, which one is named depends on where they are, and
			// so does on which day one follows another.
			switch r := (project{Declaration: d, asOf: today}).rules()[f.Rule]; {
			case r == nil:
				errors[k]++
			case r.Conflict != nil:
				errors[finding{rule: f.Rule, user: f.User}] = 1
			case r.Require != nil:
				k.group = ""
				errors[k] = 1
			default:
				k.group, k.role, k.permission = "", "", ""
				errors[k]++
			}
		}
	}
	q := explain.Question{Permission: p.Policy.Catalog.PermissionByID[permission], Scope: p.Policy.ScopeByPath[scope]}
	for _, u := range p.Policy.Users {
		if u.ID == user {
			q.User = u
		}
	}
	a, err := explain.Ask(context.Background(), p, q)
	if err != nil {
		t.Fatal(err)
	}
	return a, errors
}

// linted is a project of one file, and what is found in it.
func linted(t rapid.TB, d *Declaration) (*compiler.Project, []diag.Finding) {
	t.Helper()
	return lintedText(t, compact(d))
}

// lintedText returns a project of one file in JSON, and what is found in it.
func lintedText(t rapid.TB, text string) (*compiler.Project, []diag.Finding) {
	t.Helper()
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "project.json"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	day, _ := policy.ParseDate(today)
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatalf("%v: %v\n%s", err, p.Stopped, text)
	}
	list, err := p.Findings(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return p, list
}

// foundIn are the open errors of a project.
func foundIn(t rapid.TB, d *Declaration) []diag.Finding {
	_, list := linted(t, d)
	return slices.DeleteFunc(list, func(f diag.Finding) bool { return f.Severity != diag.Error || f.Silenced() })
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
		g.Members = append(g.Members, Member{User: user})
	case c.Attribute != "":
		u.Attributes = cloned(u.Attributes)
		u.Attributes[c.Attribute] = append(u.Attributes[c.Attribute], c.Value)
	case c.Enable:
		u.Status = ""
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
