package golden_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/resolve"
)

// BenchmarkPhases measures each phase alone, on one core, with 10,000 users: an
// operation is one user.
func BenchmarkPhases(b *testing.B) {
	const users = 10_000
	day, _ := policy.ParseDate(asOf)
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.json"), servicesHub(users), 0o644); err != nil {
		b.Fatal(err)
	}
	open := func() *load.Project {
		loaded, faults, err := load.Dirs(context.Background(), []string{dir}, load.Options{Limits: load.DefaultLimits})
		if err != nil || len(faults) > 0 {
			b.Fatal(err, faults)
		}
		return loaded
	}
	loaded := open()
	catalog, err := compiler.Catalog(loaded.Files, "services-hub")
	if err != nil {
		b.Fatal(err)
	}
	read := readUsers(b, loaded)
	all, stopping := rules.IDs()
	opts := resolve.Options{AsOf: day, BuiltIn: all, Stopping: stopping}
	declared := *loaded.Declared
	declared.Users = read
	binding, faults := resolve.Bind(&declared, catalog, opts)
	if len(faults) > 0 {
		b.Fatal(faults)
	}
	p := binding.Policy
	var access []policy.Access
	f := flatten.New(p)
	for _, u := range p.Users {
		access = append(access, copyAccess(f.User(u)))
	}
	linter := compiler.NewLinter(p, rules.All)
	p.Files.Index()
	whole := func(name string, phase func()) { // a phase of all users at once
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; i < b.N; i += users {
				phase()
			}
		})
	}
	each := func(name string, phase func(i int)) {
		whole(name, func() {
			for i := range users {
				phase(i)
			}
		})
	}
	whole("load", func() { readUsers(b, open()) })
	whole("resolve", func() { resolve.Bind(&declared, catalog, opts) })
	each("flatten", func(i int) { f.User(p.Users[i]) })
	worker := linter.Worker()
	each("lint", func(i int) { worker.User(&access[i]) })
	for _, format := range render.TableFormats {
		rows := render.NewTable(p, format, render.Filter{}, false).User()
		var text []byte
		each("render/"+format, func(i int) { text = rows(text[:0], &access[i]) })
	}
}

// declaredUsers are users that have been read.
type declaredUsers []policy.DeclaredUser

func (d declaredUsers) Len() int                  { return len(d) }
func (d declaredUsers) Reader() policy.UserReader { return d }
func (d declaredUsers) Read(i int, u *policy.DeclaredUser) bool {
	*u = d[i]
	return true
}

func readUsers(b *testing.B, p *load.Project) declaredUsers {
	list := make(declaredUsers, p.Users.Len())
	r := p.Users.Reader()
	for i := range list {
		if !r.Read(i, &list[i]) {
			b.Fatal("user ", i, " cannot be read")
		}
	}
	return list
}

// copyAccess copies what a Flattener uses again.
func copyAccess(a policy.Access) policy.Access {
	a.Roles, a.Rows = slices.Clone(a.Roles), slices.Clone(a.Rows)
	for i := range a.Rows {
		a.Rows[i].Via = slices.Clone(a.Rows[i].Via)
	}
	return a
}
