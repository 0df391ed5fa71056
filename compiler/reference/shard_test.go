package reference_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/shard"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/rulebook"
)

// The tables of all shards, one after the other, are the table; their states, in any order, give its findings, in
// every format.
func TestShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		files := inOneFile(d)
		if upTo(t, "split", 1) == 1 {
			files = split(t, pieces(d))
		}
		n := 1 + upTo(t, "shards", 6)
		dir := inFolder(t, files)
		defer os.RemoveAll(dir)
		format := one(t, "format", []string{"csv", "jsonl"})
		table, want := shardOf(t, dir, nil, format)
		var rows []byte
		var states []*shard.State
		var names []string
		for i := n; i > 0; i-- {
			part, state := shardOf(t, dir, &compiler.Share{Index: i, Of: n}, format)
			rows = append(bytes.Clone(part), rows...)
			states, names = append(states, reread(t, state.State)), append(names, fmt.Sprintf("%d.json", i))
		}
		if !bytes.Equal(rows, table) {
			t.Fatalf("%d shards give\n%s\nbut one run gives\n%s\n%s", n, rows, table, listing(files))
		}
		m, err := shard.Merge(states, names)
		if err != nil {
			t.Fatalf("%v\n%s", err, listing(files))
		}
		got := &render.Findings{Files: m.Files, Policy: m.Policy, AsOf: m.AsOf, Findings: m.Findings, Users: m.Users,
			Notes: m.Notes}
		for _, format := range render.FindingFormats {
			if a, b := formatted(t, got, format), formatted(t, want.Findings, format); a != b {
				t.Fatalf("%d shards give in %s\n%s\nbut one run gives\n%s\n%s", n, format, a, b, listing(files))
			}
		}
	})
}

// outcome is what a run finds: one of all users, or one of a shard.
type outcome struct {
	*render.Findings
	*shard.State
}

// shardOf returns the rows of a share of the users, and what it found.
func shardOf(t *rapid.T, dir string, share *compiler.Share, format string) ([]byte, outcome) {
	t.Helper()
	day, _ := policy.ParseDate(today)
	p, err := compiler.Load(context.Background(),
		compiler.Options{Paths: []string{dir}, AsOf: day, Limits: load.DefaultLimits, Share: share})
	if err != nil {
		t.Fatal(err)
	}
	var rows bytes.Buffer
	found := p.Stopped
	if p.Policy != nil {
		table := render.NewTable(p.Policy, format, render.Filter{}, false)
		if found, err = compiler.Each(context.Background(), p, table.User, table.Writer(&rows)); err != nil {
			t.Fatal(err)
		}
	}
	out := outcome{Findings: &render.Findings{Files: p.Files, Policy: p.Policy, AsOf: day, Findings: found,
		Notes: p.Notes}}
	if share != nil {
		out.State = shard.NewState(p, found, shard.Run{Program: "permc", AsOf: day})
	}
	return rows.Bytes(), out
}

// reread returns a state as another process reads it.
func reread(t *rapid.T, s *shard.State) *shard.State {
	t.Helper()
	text, err := s.Encode(render.SafeJSON)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = shard.Decode("state.json", text); err != nil {
		t.Fatal(err)
	}
	return s
}

// formatted returns findings in a format.
func formatted(t *rapid.T, r *render.Findings, format string) string {
	t.Helper()
	here := *r
	here.Findings = append([]diag.Finding(nil), r.Findings...)
	var b bytes.Buffer
	err := render.WriteFindings(&b, &here, format, render.With{
		Tool:    func() render.Tool { return render.Tool{Version: "test", Rules: rulebook.ListOf()} },
		Summary: func(write func(*render.JobSummary) error) error { return write(nil) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// inFolder returns a folder with files.
func inFolder(t *rapid.T, files map[string]string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
