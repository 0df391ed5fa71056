package change_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// TestExamples takes the first entry of every user of the examples away and gives it back, and removes every user: each
// edit can be made, whatever the format, and what was taken and given back is as before.
func TestExamples(t *testing.T) {
	folders, err := filepath.Glob("../../../examples/*/*.cue")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	seen := map[string]bool{}
	for _, name := range folders {
		dir, err := filepath.Abs(filepath.Dir(name))
		if err != nil || seen[dir] {
			continue
		}
		seen[dir] = true
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.CopyFS(".", os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			_ = os.RemoveAll("expected")
			opts := compiler.Options{Paths: []string{"."}, AsOf: 1_000_000 + 20_787, Limits: load.DefaultLimits}
			p := read(t, opts)
			for _, u := range p.Policy.Users {
				tryUser(t, p, opts, u)
			}
		})
	}
}

func read(t *testing.T, opts compiler.Options) *compiler.Project {
	t.Helper()
	p, err := compiler.Load(context.Background(), opts)
	if err != nil || p.Policy == nil {
		t.Fatalf("%v %v", err, p)
	}
	return p
}

func tryUser(t *testing.T, p *compiler.Project, opts compiler.Options, u *policy.User) {
	t.Helper()
	ctx := context.Background()
	_, err := change.Make(ctx, p, opts, []change.Step{{User: u, Delete: true}}, "error", nil)
	if computed := p.Files.File(u.Pos.File).Name == "migration.cue"; computed != (err != nil) {
		t.Errorf("remove %s: %v", u.ID, err)
	}
	if err != nil || len(u.Entries) == 0 || u.Invited { // an invitation needs a role
		return
	}
	e := &u.Entries[0]
	r, err := change.Make(ctx, p, opts, []change.Step{{User: u, Cut: []policy.Pos{e.Pos}}}, "error", nil)
	if err != nil {
		t.Errorf("revoke %v", err)
		return
	}
	for _, f := range r.Files {
		if err := os.WriteFile(f.Name, f.New, 0o666); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.WriteFile(f.Name, f.Old, 0o666) }()
	}
	add := &change.Entry{Scope: e.Scope.Path, Starts: e.Starts, Ends: e.Ends}
	if e.Detail != nil {
		add.Reason, add.Ticket = e.Detail.Reason, e.Detail.Ticket
	}
	if e.Role != nil {
		add.Role = e.Role.ID
	} else {
		add.Permission = e.Permission.ID
	}
	again := read(t, opts)
	i, ok := again.Policy.FindUser(u.ID)
	if !ok {
		t.Errorf("%s is gone", u.ID)
		return
	}
	if _, err := change.Make(ctx, again, opts, []change.Step{{User: again.Policy.Users[i], Add: add}}, "error",
		nil); err != nil {
		t.Errorf("grant %v", err)
	}
}
