package fix_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/edit/fix"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// many is more than permc collects at once, and not a multiple of that.
const many = 2*diag.Most + 100

// TestMany fixes more faults than permc shows at once, with each reader, and
// counts those that remain.
func TestMany(t *testing.T) {
	const head = "product: services-hub\nscopes: {contoso: {scopes: {emea: {labels: [first]}}}}\n"
	lines := func(line string) string {
		var b strings.Builder
		for i := range many {
			fmt.Fprintf(&b, strings.ReplaceAll(line, "N", "%[1]d"), i)
		}
		return b.String()
	}
	const given = "roles: [{role: services-admin, scope: contoso}]"
	tests := []struct {
		name, file, text string
		done, left       int
	}{
		{"name", "a.yaml",
			head + "users:\n" +
				lines("  uN@c.example: {affiliation: customer, roles: [{role: services-admn, scope: contoso}]}\n"),
			many, 0},
		{"two names", "a.yaml",
			head + "users:\n" +
				lines("  uN@c.example: {affiliation: custommer, roles: [{role: services-admn, scope: contoso}]}\n"),
			2 * many, 0},
		{"field", "a.yaml",
			head + "users:\n" +
				lines("  uN@c.example: {affiliation: customer, rolse: [{role: services-admin, scope: contoso}]}\n"),
			many, 0},
		{"field of groups", "a.yaml", head + "groups:\n" + lines("  gN: {membrs: [u@c.example], "+given+"}\n") +
			"users: {u@c.example: {affiliation: customer}}\n", many, 0},
		{"in CSV", "u.csv", "user,affiliation,role,scope\n" + lines("uN@c.example,customer,services-admn,contoso\n"),
			many, 0},
		{"cells in CSV", "u.csv", "user,affiliation,role,scope,expires\n" +
			lines("uN@c.example,customer,services-admin,contoso\n"), many, 0},
		{"some cells in CSV", "u.csv", "user,affiliation,role,scope,expires\n" +
			"ana@c.example,customer,services-admin,contoso,2026-12-31,,more\n" +
			lines("uN@c.example,customer,services-admin,contoso\n"), many, 0},
		{"in JSON lines", "u.jsonl",
			lines(`{"user": "uN@c.example", "affiliation": "customer", ` +
				`"roles": [{"role": "services-admn", "scope": "contoso"}]}` + "\n"), many, 0},
		{"no name is near", "a.yaml",
			head + "users:\n" +
				lines("  uN@c.example: {affiliation: customer, roles: [{role: zzzz, scope: contoso}]}\n"), 0, many},
		{"some", "a.yaml",
			head + "users:\n" +
				lines("  uN@c.example: {affiliation: customer, roles: [{role: services-admn, scope: contoso}, {role: "+
					"zzzz, scope: contoso}]}\n"), many, many},
		{"removed", "a.yaml",
			head + "users:\n" +
				lines("  uN@c.example: {affiliation: customer, roles: [{role: services-admin, scope: contoso}, "+
					"{role: services-admin, scope: contoso}]}\n"), many, 0},
	}
	date, err := policy.ParseDate("2026-06-15")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for name, text := range map[string]string{"a.yaml": head, test.file: test.text} {
				if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			opts := fix.Options{Options: compiler.Options{Paths: []string{"."}, AsOf: date, Limits: load.DefaultLimits}}
			r, err := fix.Project(t.Context(), opts)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Done) != test.done || len(r.Left) != test.left {
				t.Errorf("%d done and %d left, want %d and %d", len(r.Done), len(r.Left), test.done, test.left)
			}
		})
	}
}

// TestTooLong gives up if it takes more tries than allowed: here one for a name, one for what that uncovers.
func TestTooLong(t *testing.T) {
	t.Chdir(t.TempDir())
	const entry = "{role: services-admin, scope: contoso}"
	text := "product: services-hub\nscopes: {contoso: {}}\nusers:\n" +
		"  u@c.example: {affiliation: custommer, roles: [" + entry + ", " + entry + "]}\n"
	if err := os.WriteFile("a.yaml", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	opts := fix.Options{Options: compiler.Options{Paths: []string{"."}, Limits: load.DefaultLimits}, MostTries: 1}
	if _, err := fix.Project(t.Context(), opts); !errors.Is(err, fix.ErrTooLong) {
		t.Errorf("1 try: %v, want %v", err, fix.ErrTooLong)
	}
	opts.MostTries = 2
	if r, err := fix.Project(t.Context(), opts); err != nil || len(r.Done) != 2 {
		t.Errorf("2 tries: %v, %v", r, err)
	}
}

// TestManyOfOneLine removes every second item of a long list that is on one line, behind characters of several bytes.
func TestManyOfOneLine(t *testing.T) {
	const scopes = `scopes: {"contoso": {scopes: {emea: {labels: ["first"]}}}}` + "\n"
	tests := []struct{ file, before, field, after string }{
		{"a.yaml", "product: services-hub\n" + scopes +
			"users: {é@c.example: {name: é, affiliation: customer, roles: [", `, reason: `, "]}}\n"},
		{"a.cue", `product: "services-hub"` + "\n" + scopes +
			`users: "é@c.example": {name: "é", affiliation: "customer", roles: [`, `, reason: `, "]}\n"},
		{"a.json", `{"product": "services-hub", "scopes": {"contoso": {"scopes": {"emea": {"labels": ["first"]}}}}, ` +
			`"users": {"é@c.example": {"name": "é", "affiliation": "customer", "roles": [`, `, "reason": `, "]}}}\n"},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			var all, kept []string
			for i := range many {
				reason := fmt.Sprintf(`%s"é %d"`, test.field, i)
				old := `{"role": "services-admin", "scope": "contoso", "expires": "2026-01-01"` + reason + "}"
				now := `{"role": "services-admin", "scope": "contoso"` + reason + "}"
				all, kept = append(all, now, old), append(kept, now)
			}
			t.Chdir(t.TempDir())
			text := test.before + strings.Join(all, ", ") + test.after
			if err := os.WriteFile(test.file, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			date, _ := policy.ParseDate("2026-06-15")
			opts := fix.Options{Options: compiler.Options{Paths: []string{"."}, AsOf: date, Limits: load.DefaultLimits},
				Rules: []string{"expired"}}
			r, err := fix.Project(t.Context(), opts)
			if err != nil {
				t.Fatal(err)
			}
			want := test.before + strings.Join(kept, ", ") + test.after
			if len(r.Files) != 1 || string(r.Files[0].New) != want {
				t.Errorf("%d done, %d left, %d files; the text is not the list without its expired items",
					len(r.Done), len(r.Left), len(r.Files))
			}
		})
	}
}
