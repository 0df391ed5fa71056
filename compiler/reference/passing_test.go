package reference_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/shard"
	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// A policy that keeps no users has the same rows and findings as one that does, whole and in shards.
func TestPassing(t *testing.T) {
	passed, runs := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		if upTo(t, "alone", 4) > 0 {
			leaveUsersAlone(d)
		}
		files := inOneFile(d)
		if upTo(t, "split", 1) == 1 {
			files = split(t, pieces(d))
		}
		dir := inFolder(t, files)
		defer os.RemoveAll(dir)
		share := &compiler.Share{Index: 1, Of: 1 + upTo(t, "shards", 3)}
		if share.Index = 1 + upTo(t, "shard", share.Of-1); upTo(t, "whole", 1) == 1 {
			share = nil
		}
		want, _ := runOf(t, dir, share, 0)
		got, passing := runOf(t, dir, share, 1)
		if runs++; passing {
			passed++
		}
		if got != want {
			t.Fatalf("without users:\n%s\nwith users:\n%s\n%s", got, want, listing(files))
		}
	})
	t.Logf("%d of %d projects kept no users", passed, runs)
}

// leaveUsersAlone removes what names users or looks at all of them.
func leaveUsersAlone(d *Declaration) {
	d.Groups, d.Waivers, d.Expect = nil, nil, nil
	for _, u := range d.Users {
		u.Groups = nil
	}
	for _, u := range d.Invitations {
		u.Groups = nil
	}
}

// runOf returns the rows, the findings and the counts of a run that keeps some of the users, and whether it kept none.
func runOf(t *rapid.T, dir string, share *compiler.Share, kept int) (out string, passing bool) {
	t.Helper()
	day, _ := policy.ParseDate(today)
	if share != nil {
		copied := *share
		share = &copied
	}
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits, Share: share, MostKept: kept})
	if err != nil {
		t.Fatal(err)
	}
	var rows bytes.Buffer
	found := p.Stopped
	if p.Policy != nil {
		passing = p.Policy.Stream != nil
		table := render.NewTable(p.Policy, "json", render.Filter{}, false)
		rows.Write(table.Head(nil))
		if found, err = compiler.Each(context.Background(), p, table.User, table.Writer(&rows)); err != nil {
			t.Fatal(err)
		}
		if share == nil {
			rows.Write(table.Tail(nil))
			fmt.Fprintln(&rows, (&who.Question{}).Upcoming(p.Policy))
		}
	}
	if share != nil {
		text, err := shard.NewState(p, found, shard.Run{AsOf: day}).Encode(render.SafeJSON)
		if err != nil {
			t.Fatal(err)
		}
		return rows.String() + string(text), passing
	}
	return rows.String() + formatted(t, &render.Findings{Files: p.Files, Policy: p.Policy, AsOf: day, Findings: found,
		Notes: p.Notes}, "json"), passing
}

// A file that changes between the two times that its users are read is an error, and none of its rows is written.
func TestPassingChanged(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a large file")
	}
	dir := t.TempDir()
	var lines strings.Builder
	for i := 0; lines.Len() < 65<<20; i++ {
		fmt.Fprintf(&lines, `{"user": "user-%06d@contoso.example", "affiliation": "customer", "roles": [`+
			`{"role": "workspace-administrator", "scope": "contoso", "reason": %q}]}`+"\n", i, strings.Repeat("why ", 400))
	}
	path := filepath.Join(dir, "users.jsonl")
	for name, text := range map[string]string{path: lines.String(),
		filepath.Join(dir, "access.json"): `{"product": "services-hub", "scopes": {"contoso": {}}}`} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	day, _ := policy.ParseDate(today)
	p, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{dir}, AsOf: day, Limits: load.DefaultLimits,
		Lean: true, MostKept: 1})
	if err != nil || p.Policy == nil || p.Policy.Stream == nil {
		t.Fatal(err, p.Stopped)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("z"), 10); err != nil {
		t.Fatal(err)
	}
	var rows bytes.Buffer
	table := render.NewTable(p.Policy, "csv", render.Filter{}, false)
	_, err = compiler.Each(t.Context(), p, table.User, table.Writer(&rows))
	if err == nil || !strings.Contains(err.Error(), "changed while permc read it") || rows.Len() > 0 {
		t.Errorf("%v, after %d bytes of the table", err, rows.Len())
	}
}
