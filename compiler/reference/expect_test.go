package reference_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/expect"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// dayTable is a project with its rows on a day.
type dayTable struct {
	project
	rows []Row
}

// tables are those of all days that are asked for.
type tables map[string]dayTable

func (all tables) on(d *Declaration, x Expectation) dayTable {
	day := cmp.Or(x.AsOf, today)
	if _, ok := all[day]; !ok {
		all[day] = dayTable{project{Declaration: d, asOf: day}, Flatten(d, day)}
	}
	return all[day]
}

// isTrue: it is true on its day, and on each later day nobody holds what it
// forbids: "cannot, and what only leaves out, hold from that day on".
func (all tables) isTrue(d *Declaration, x Expectation) bool {
	if !all.on(d, x).isTrue(x) {
		return false
	}
	for _, day := range d.turnsFrom(cmp.Or(x.AsOf, today)) {
		later := x
		later.AsOf = day
		if tb := all.on(d, later); slices.ContainsFunc(tb.people(),
			func(p person) bool { return tb.isAbout(x, p) && tb.isBroken(x, p) }) {
			return false
		}
	}
	return true
}

// isBroken reports whether somebody holds what the expectation forbids.
func (tb dayTable) isBroken(x Expectation, p person) bool {
	if x.Can != "" {
		return false
	}
	for id := range tb.Catalog.Permissions {
		if forbidden := id == x.Cannot || x.Only != nil && !slices.Contains(*x.Only, id); forbidden && tb.hasLeft(x, p,
			id) {
			return true
		}
	}
	return false
}

// isTrue: "what must be true of each of them." "An expectation that selects
// nobody fails."
func (tb dayTable) isTrue(x Expectation) bool {
	people := slices.DeleteFunc(tb.people(), func(p person) bool { return !tb.isAbout(x, p) })
	return len(people) > 0 && !slices.ContainsFunc(people, func(p person) bool { return !tb.isTrueOf(x, p) })
}

// isAbout: "where several are given, those who are all of it, and everybody
// where none is".
func (tb dayTable) isAbout(x Expectation, p person) bool {
	return (x.User == "" || tb.Catalog.sameUser(x.User, p.id)) && (x.Group == "" || tb.isMember(p.id, x.Group)) &&
		(x.Affiliation == "" || x.Affiliation == p.affiliation)
}

func (tb dayTable) isTrueOf(x Expectation, p person) bool {
	switch {
	case x.Can != "":
		return tb.can(x, p, x.Can, func(scope string) bool { return x.Scope == "" || scope == x.Scope })
	case x.Cannot != "":
		return tb.couldBeHeld(x) && !tb.hasLeft(x, p, x.Cannot)
	}
	for id := range tb.Catalog.Permissions { // "can do each of these permissions and cannot do any other"
		named := slices.Contains(*x.Only, id)
		if named && !tb.can(x, p, id, x.takesIn) || !named && tb.hasLeft(x, p, id) {
			return false
		}
	}
	return true
}

// couldBeHeld: "A cannot that could never fail fails: of a deprecated permission, or with a scope on or below which the
// permission cannot be held."
func (tb dayTable) couldBeHeld(x Expectation) bool {
	permission := tb.Catalog.Permissions[x.Cannot]
	return permission.Deprecated == "" &&
		(x.Scope == "" || containsAny(permission.Level, tb.Catalog.atOrBelow(tb.place(x.Scope).level)))
}

// takesIn: "with a scope, cannot and only take in what is under it".
func (x Expectation) takesIn(scope string) bool { return x.Scope == "" || within(scope, x.Scope) }

// can: "holds P: with actions, all of them are left on one row." "Invited
// people never satisfy can." "What is asked for is left of what comes through"
// the role.
func (tb dayTable) can(x Expectation, p person, permission string, on func(string) bool) bool {
	return p.status == "active" && slices.ContainsFunc(tb.rows, func(r Row) bool {
		left := r.Actions
		if x.Role != "" {
			left = slices.DeleteFunc(slices.Clone(left), func(action string) bool {
				return !r.comesThrough(x.Role, action)
			})
		}
		return r.User == p.id && r.Permission == permission && on(r.Scope) && len(left) > 0 &&
			containsAll(left, x.Actions)
	})
}

// comesThrough reports whether a source gives an action through a role: the one
// that was assigned, has the permission, or is included between them.
func (r Row) comesThrough(role, action string) bool {
	return slices.ContainsFunc(r.Via, func(s Source) bool {
		return (s.Role == role || slices.Contains(s.through, role)) && slices.Contains(s.Actions, action)
	})
}

// hasLeft: "has no action of P left; with actions, none of these".
func (tb dayTable) hasLeft(x Expectation, p person, permission string) bool {
	return slices.ContainsFunc(tb.rows, func(r Row) bool {
		return r.User == p.id && r.Permission == permission && x.takesIn(r.Scope) && len(r.Actions) > 0 &&
			(x.Actions == nil || containsAny(r.Actions, x.Actions))
	})
}

// looksAt: "a row of somebody whom it is about, of the permission, on the
// scopes it takes in; for only, of any permission".
func (tb dayTable) looksAt(x Expectation, r Row) bool {
	if !tb.isAbout(x, tb.person(r.User)) || x.Can != "" && x.Scope != "" && x.Scope != r.Scope || !x.takesIn(r.Scope) {
		return false
	}
	return x.Only != nil || r.Permission == x.Can || r.Permission == x.Cannot
}

// touched are the ids that "Coverage" says expectations touch.
func touched(d *Declaration, all tables) (ids []string) {
	for _, x := range d.Expect {
		if x.Only != nil {
			ids = append(ids, *x.Only...)
		}
		ids = append(ids, x.Can, x.Cannot, x.Role)
		tb := all.on(d, x)
		for _, r := range tb.rows {
			if !tb.looksAt(x, r) {
				continue
			}
			for _, s := range r.Via {
				ids = append(append(ids, s.Role), s.through...)
			}
			for _, w := range r.Withheld {
				if x.Actions == nil || slices.Contains(x.Actions, w.Action) {
					ids = append(ids, w.Rule)
				}
			}
		}
	}
	return ids
}

// untouched are the roles, permissions and deny rules that are not.
func untouched(d *Declaration, all tables) (ids []string) {
	pr := project{Declaration: d, asOf: today}
	for id, p := range d.Catalog.Permissions {
		if p.Deprecated == "" {
			ids = append(ids, id)
		}
	}
	for id := range d.Catalog.Roles {
		ids = append(ids, id)
	}
	for id, rule := range pr.rules() {
		if rule.Deny != nil {
			ids = append(ids, id)
		}
	}
	reached := touched(d, all)
	return slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(reached, id) })
}

// expectations draws what may be true, most of it from rows that are there.
func (g *gen) expectations() {
	all := tables{}
	for range 1 + upTo(g.T, "expectations", 11) {
		x := Expectation{AsOf: one(g.T, "as of", []string{"", "", "", "2026-05-31", "2026-06-20", "2027-02-01"})}
		g.selection(&x)
		permissions := slices.Concat(g.permissions, g.derived)
		permission := one(g.T, "permission", permissions)
		if g.nth("scope", 2) {
			x.Scope = one(g.T, "scope", g.fitting(g.Catalog.levelNames()))
			x.ByPath = g.nth("by path", 3)
		}
		rows := slices.DeleteFunc(slices.Clone(all.on(g.Declaration, x).rows), func(r Row) bool {
			return x.User != "" && !g.Catalog.sameUser(x.User, r.User)
		})
		if len(rows) > 0 && !g.nth("from no row", 4) {
			r := one(g.T, "row", rows)
			permission = r.Permission
			if x.Scope != "" {
				x.Scope = one(g.T, "upwards", all.on(g.Declaration, x).upwards(r.Scope)).path
			}
		}
		g.claim(&x, permission, permissions, rows)
		g.Expect = append(g.Expect, x)
	}
}

// selection draws whom it is about.
func (g *gen) selection(x *Expectation) {
	kinds := []string{"user", "user", "user", "user in capitals", "everybody"}
	if len(g.Groups) > 0 {
		kinds = append(kinds, "group", "group of users")
	}
	if g.affiliations != nil {
		kinds = append(kinds, "affiliation")
	}
	kind := one(g.T, "about", kinds)
	if strings.Contains(kind, "user") {
		x.User = one(g.T, "user", g.people)
	}
	if strings.Contains(kind, "group") {
		x.Group = one(g.T, "group", sorted(g.Groups))
	}
	if kind == "user in capitals" {
		if g.Catalog.UserIDs != "exact" {
			x.User = strings.ToUpper(x.User)
		}
	}
	if kind == "affiliation" || g.affiliations != nil && g.nth("also of affiliation", 5) {
		x.Affiliation = one(g.T, "affiliation", g.affiliations)
	}
}

// claim draws what is expected: of an only, often what is there.
func (g *gen) claim(x *Expectation, permission string, permissions []string, rows []Row) {
	switch one(g.T, "claim", []string{"can", "cannot", "cannot", "only"}) {
	case "can":
		x.Can = permission
		if g.nth("role", 3) {
			x.Role = one(g.T, "role", g.roles)
		}
	case "cannot":
		x.Cannot = permission
	case "only":
		only := append([]string{}, some(g.T, "only", permissions)...)
		if g.nth("all there is", 2) {
			only = []string{}
			for _, r := range rows {
				if x.takesIn(r.Scope) && len(r.Actions) > 0 && !slices.Contains(only, r.Permission) {
					only = append(only, r.Permission)
				}
			}
		}
		x.Only = &only
	}
	if g.nth("actions", 2) {
		x.Actions = g.actionsOf(x, permission)
	}
}

// actionsOf draws actions that each permission has which is named, if any is.
func (g *gen) actionsOf(x *Expectation, permission string) []string {
	pr := project{Declaration: g.Declaration, asOf: today}
	names := []string{permission}
	if x.Only != nil && len(*x.Only) > 0 {
		names = *x.Only
	}
	common := slices.DeleteFunc(slices.Clone(pr.actions(names[0])), func(action string) bool {
		return slices.ContainsFunc(names, func(id string) bool { return !slices.Contains(pr.actions(id), action) })
	})
	if len(common) == 0 {
		return nil
	}
	return oneOrMore(g.T, "action", common)
}

// The compiler and the reference agree on what is true, and on what is touched.
func TestSameVerdicts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &gen{T: t, Declaration: &Declaration{Catalog: &Catalog{}}}
		g.everything()
		g.expectations()
		d, all := g.Declaration, tables{}
		result := expected(t, inOneFile(d))
		var want, got []string
		for i, x := range d.Expect {
			want = append(want, verdict(i, all.isTrue(d, x)))
			got = append(got, verdict(i, result.Outcomes[i].Passed()))
			if o := &result.Outcomes[i]; !o.Passed() && o.People > 0 &&
				slices.ContainsFunc(o.Misses, func(m expect.Miss) bool { return len(m.Causes) == 0 }) {
				t.Fatalf("%s fails without a cause\n%s", o, listing(inOneFile(d)))
			}
		}
		equal(t, d, "verdicts", want, got)
		c := result.Coverage
		equal(t, d, "untouched", lines(untouched(d, all)), lines(slices.Concat(c.Roles.Untouched,
			c.Permissions.Untouched, c.Rules.Untouched)))
	})
}

func verdict(i int, passed bool) string {
	return compact(map[string]any{"expectation": i, "passed": passed})
}

// expected is what permc test finds.
func expected(t rapid.TB, files map[string]string) *expect.Result {
	t.Helper()
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	day, err := policy.ParseDate(today)
	if err != nil {
		t.Fatal(err)
	}
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatalf("%v %v\n%s", err, p.Stopped, listing(files))
	}
	result, err := expect.Ask(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return result
}
