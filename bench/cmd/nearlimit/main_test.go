package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"permc.dev/permc/bench/gen"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// TestRows compares the rows with those of permc, in every product.
func TestRows(t *testing.T) {
	for product, users := range map[string]int{"services-hub": 3_000, "call-manager": 3_000, gen.Own: 3_000,
		"dynamics-365-customer-service": 400, "dynamics-365-customer-service@2026-11-22": 1_000} {
		t.Run(product, func(t *testing.T) {
			p, catalog, err := gen.Make(product, users, 11)
			if err != nil {
				t.Fatal(err)
			}
			dir, peer := t.TempDir(), t.TempDir()
			for _, to := range []string{dir, peer} {
				if err := p.Write(to, "jsonl", 1); err != nil {
					t.Fatal(err)
				}
			}
			if err := gen.WriteCatalog(filepath.Join(peer, "catalog.json"), catalog); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := run(peer, &out); err != nil {
				t.Fatal(err)
			}
			compareRows(t, out.String(), permcRows(t, dir))
		})
	}
}

func compareRows(t *testing.T, out string, want map[string]bool) {
	t.Helper()
	got := map[string]bool{}
	for line := range strings.Lines(out) {
		got[strings.TrimSpace(line)] = true
	}
	delete(got, "user,scope,permission,actions")
	if len(got) == 0 {
		t.Error("no rows")
	}
	for _, pair := range []struct {
		list, other map[string]bool
		text        string
	}{{got, want, "permc lacks"}, {want, got, "the near limit lacks"}} {
		n := 0
		for row := range pair.list {
			if !pair.other[row] {
				if n++; n <= 5 {
					t.Errorf("%s %s", pair.text, row)
				}
			}
		}
	}
}

// permcRows returns permc's rows with an action left, as the near limit prints them.
func permcRows(t *testing.T, dir string) map[string]bool {
	t.Helper()
	day, err := policy.ParseDate(gen.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	project, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil || project.Policy == nil {
		t.Fatal(err, project)
	}
	var mutex sync.Mutex
	rows := map[string]bool{}
	_, err = project.Visit(t.Context(), func() func(*policy.Access) {
		return func(a *policy.Access) {
			mutex.Lock()
			defer mutex.Unlock()
			for i := range a.Rows {
				if r := &a.Rows[i]; r.Held() {
					rows[strings.Join([]string{r.User.ID, r.Scope.Path, r.Permission.ID,
						strings.Join(r.Permission.Names(r.Actions), ";")}, ",")] = true
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
