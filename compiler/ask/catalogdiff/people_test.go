package catalogdiff_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/catalogdiff"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

const dynamics = "dynamics-365-customer-service"

// TestPeople compares an organization of 200 people, with the first and the second
// version of the Dynamics catalog, and holds what changes against both tables.
func TestPeople(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.yaml"), []byte(organization(200)), 0o600); err != nil {
		t.Fatal(err)
	}
	asOf, err := policy.ParseDate("2026-12-01")
	if err != nil {
		t.Fatal(err)
	}
	w := &catalogdiff.Where{Options: compiler.Options{Limits: load.DefaultLimits, AsOf: asOf}}
	var found [2]*compiler.CatalogSource
	for i, name := range []string{dynamics + "@2026-11-22", dynamics} {
		if found[i], err = w.Open(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Sides(t.Context(), found[0], found[1], []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*compiler.Project{s.Base, s.Head} {
		if p != nil && len(p.Stopped) > 0 {
			t.Fatal(p.Stopped[0].Message)
		}
	}
	c, err := diff.Compare(t.Context(), s.Base, s.Head, &diff.Gates{MaxLost: -1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i := range c.People {
		for _, x := range c.Changes(&c.People[i]) {
			if !x.Kind.More() && !x.Kind.Less() {
				continue
			}
			r := x.Row()
			got[r.User.ID+" "+r.Scope.Path+" "+r.Permission.ID] = accessOf(x.Before) + " -> " + accessOf(x.After)
		}
	}
	want := map[string]string{}
	before, after := rowsOf(t, s.Base), rowsOf(t, s.Head)
	for key, was := range before {
		if is := after[key]; is != was {
			want[key] = was + " -> " + is
		}
	}
	for key, is := range after {
		if before[key] == "" {
			want[key] = " -> " + is
		}
	}
	if len(want) == 0 {
		t.Fatal("nothing changes")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the tables (-) and the comparison (+) differ:\n%s", d)
	}
}

// organization declares people with one to three roles of either version, in an
// environment with units.
func organization(n int) string {
	roles := []string{"customer-service-representative", "customer-service-manager", "omnichannel-agent",
		"omnichannel-supervisor",
		"omnichannel-administrator", "app-profile-user", "productivity-tools-user", "system-administrator",
		"knowledge-manager", "system-customizer"}
	units := []string{"prod", "prod/service", "prod/service/emea", "prod/service/apac", "prod/sales"}
	r := rand.New(rand.NewPCG(200, 15))
	var b strings.Builder
	fmt.Fprintf(&b,
		"product: %s\nscopes: {prod: {scopes: {service: {scopes: {emea: {}, apac: {}}}, sales: {}}}}\nusers:\n",
		dynamics)
	for i := range n {
		unit := units[r.IntN(len(units))]
		fmt.Fprintf(&b,
			"  person-%03d@contoso.example:\n    attributes: {licenses: [dynamics-365-customer-service-enterprise]}\n",
			i)
		fmt.Fprintf(&b, "    roles:\n      - {role: basic-user, scope: %s}\n", unit)
		for _, n := range r.Perm(len(roles))[:r.IntN(3)] {
			fmt.Fprintf(&b, "      - {role: %s, scope: %s}\n", roles[n], unit)
		}
	}
	return b.String()
}

func accessOf(r *policy.Row) string {
	switch {
	case r == nil || !r.Held():
		return ""
	case r.Records == policy.OwnRecords:
		return "own"
	}
	return "all"
}

// rowsOf is the table of a project: who holds what where, and how far.
func rowsOf(t *testing.T, p *compiler.Project) map[string]string {
	t.Helper()
	var mu sync.Mutex
	rows := map[string]string{}
	_, err := p.Visit(t.Context(), func() func(*policy.Access) {
		return func(a *policy.Access) {
			mu.Lock()
			defer mu.Unlock()
			for i := range a.Rows {
				if r := &a.Rows[i]; r.Held() {
					rows[a.User.ID+" "+r.Scope.Path+" "+r.Permission.ID] = accessOf(r)
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
