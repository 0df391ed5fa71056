package gen_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"permc.dev/permc/bench/gen"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// TestFindings compiles what is made in every format: permc finds what was put
// there, as often, and nothing else.
func TestFindings(t *testing.T) {
	catalog, err := gen.ServicesHub()
	if err != nil {
		t.Fatal(err)
	}
	p := gen.New(20_000, 7, catalog)
	day, _ := policy.ParseDate(gen.AsOf)
	for _, format := range gen.Formats {
		dir := filepath.Join(t.TempDir(), format)
		if err := p.Write(dir, format, 3); err != nil {
			t.Fatal(err)
		}
		project, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
			Limits: load.DefaultLimits})
		if err != nil || project.Policy == nil {
			t.Fatal(format, err, project.Stopped)
		}
		found, err := project.Findings(context.Background())
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
		os.RemoveAll(dir)
	}
}
