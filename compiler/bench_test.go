package compiler_test

import (
	"context"
	"os"
	"testing"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// BenchmarkCompile compiles the project in PERMC_BENCH to CSV.
func BenchmarkCompile(b *testing.B) {
	dir := os.Getenv("PERMC_BENCH")
	if dir == "" {
		dir = "../examples/services-hub"
	}
	day, _ := policy.ParseDate(asOf)
	b.ReportAllocs()
	for b.Loop() {
		p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day, Limits: load.DefaultLimits})
		if err != nil || p.Policy == nil {
			b.Fatal(err, p.Stopped)
		}
		t := render.NewTable(p.Policy, "csv", render.Filter{}, false)
		if _, err := p.Table(context.Background(), t.User, func([]byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
