package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"permc.dev/permc/bench/gen"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// TestFindings compiles what is made in every format: permc finds what was put
// there, as often, and nothing else.
func TestFindings(t *testing.T) {
	for product, users := range map[string]int{"services-hub": 20_000, "call-manager": 5_000, gen.Own: 2_000,
		"dynamics-365-customer-service": 400, "dynamics-365-customer-service@2026-11-22": 2_000} {
		t.Run(product, func(t *testing.T) {
			for _, format := range gen.Formats {
				n := users
				if format == "logic" {
					n /= 10 // CUE takes long
				}
				p, _, err := gen.Make(product, n, 7)
				if err != nil {
					t.Fatal(err)
				}
				checkFindings(t, p, format)
			}
		})
	}
}

func checkFindings(t *testing.T, p *gen.Project, format string) {
	t.Helper()
	day, err := policy.ParseDate(gen.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), format)
	if err := p.Write(dir, format, 3); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	project, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil {
		t.Fatal(format, err)
	}
	if project.Policy == nil {
		t.Fatal(format, project.Stopped)
	}
	found, err := project.Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, d := range found {
		got[d.Rule]++
	}
	for rule, n := range p.Findings {
		if got[rule] != n {
			t.Errorf("%s: %s: got %d findings, want %d", format, rule, got[rule], n)
		}
		delete(got, rule)
	}
	if len(got) > 0 {
		t.Errorf("%s: nobody put these there: %v", format, got)
	}
}

// TestSeed makes every product twice: the same seed gives the same bytes, another seed others.
func TestSeed(t *testing.T) {
	for _, product := range gen.Products {
		for _, format := range gen.Formats {
			first, again, other := text(t, product, format, 3), text(t, product, format, 3), text(t, product, format, 4)
			if first != again {
				t.Errorf("%s, %s: the same seed gives other bytes", product, format)
			}
			if first == other {
				t.Errorf("%s, %s: another seed gives the same bytes", product, format)
			}
		}
	}
}

// text returns what is written of a small project, its catalog included.
func text(t *testing.T, product, format string, seed uint64) string {
	t.Helper()
	p, catalog, err := gen.Make(product, 300, seed)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := p.Write(dir, format, 1); err != nil {
		t.Fatal(err)
	}
	if err := gen.WriteCatalog(filepath.Join(dir, "catalog.json"), catalog); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range []string{"access.json", "catalog.json", "users." + gen.Extension(format)} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	return all.String()
}
