package golden_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/shard"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// TestShardsOfArchives compares, in each archive, the findings and rows of shards with those of one run.
func TestShardsOfArchives(t *testing.T) {
	for _, pattern := range []string{"rules", "compile"} {
		for _, path := range archives(t, "../../../testdata/"+pattern+"/*.txtar") {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
				ar, err := txtar.ParseFile(path)
				if err != nil {
					t.Fatal(err)
				}
				t.Chdir(extract(t, ar))
				table, want := compileBy(t, asOf, "jsonl", false)
				for _, run := range []struct{ shards, kept int }{{2, 0}, {5, 0}, {1, 1}, {3, 1}} {
					rows, got := compileShards(t, run.shards, run.kept)
					if diff := cmp.Diff(table+findingsText(t, want), rows+findingsText(t, got)); diff != "" {
						t.Errorf("%d shards that keep %d users (-one run +shards):\n%s", run.shards, run.kept, diff)
					}
				}
			})
		}
	}
}

// compileShards compiles the working directory in so many shards, and merges them. Each keeps so many users, or with 0
// all of its own.
func compileShards(t *testing.T, n, kept int) (rows string, merged *render.Findings) {
	t.Helper()
	day, _ := policy.ParseDate(asOf)
	var states []*shard.State
	var names []string
	var b bytes.Buffer
	for i := range n {
		share := &compiler.Share{Index: i + 1, Of: n}
		p, err := compiler.Load(context.Background(),
			compiler.Options{Paths: []string{"."}, AsOf: day, Limits: load.DefaultLimits, Share: share,
				MostKept: kept})
		if err != nil {
			t.Fatal(err)
		}
		found := p.Stopped
		if p.Policy != nil {
			if found, err = render.WriteTable(context.Background(), &b, &render.TableJob{Project: p}, "jsonl", false,
				nil); err != nil {
				t.Fatal(err)
			}
		}
		name := fmt.Sprintf("%d.json", i+1)
		text, err := shard.NewState(p, found, shard.Run{AsOf: day}).Encode(render.SafeJSON)
		if err != nil {
			t.Fatal(err)
		}
		s, err := shard.Decode(name, text)
		if err != nil {
			t.Fatal(err)
		}
		states, names = append(states, s), append(names, name)
	}
	m, err := shard.Merge(states, names)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), &render.Findings{Files: m.Files, Policy: m.Policy, AsOf: m.AsOf, Findings: m.Findings,
		Users: m.Users}
}
