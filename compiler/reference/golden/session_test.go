package golden_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// TestSession edits the files of a project at random and compares what a
// session says with what a first run does.
func TestSession(t *testing.T) {
	quick := 0
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Chdir(t.TempDir())
			e := &editor{Rand: rand.New(rand.NewPCG(seed, 1)), t: t, clock: time.Now().Add(-time.Hour)}
			e.write("access.yaml", e.rest())
			for i := range 5 {
				e.write(e.name(i), e.users(i))
			}
			day, _ := policy.ParseDate(asOf)
			opts := compiler.Options{Paths: []string{"."}, AsOf: day, Limits: load.DefaultLimits}
			s := compiler.Watch(opts)
			for range 40 {
				p, found, err := s.Check(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if found != nil {
					report := &render.Findings{Files: p.Files, Policy: p.Policy, AsOf: day, Findings: found.List}
					_, want := compileBy(t, asOf, "text", false)
					if diff := cmp.Diff(findingsText(t, want), findingsText(t, report)); diff != "" {
						t.Fatalf("after: %s\n(-first +again):\n%s", e.last, diff)
					}
					if p.Policy != nil && found.Read < len(p.Policy.Users) {
						quick++
					}
				}
				e.edit()
			}
		})
	}
	if t.Logf("%d checks looked at some users only", quick); quick < 10 {
		t.Error("too few checks looked at some users only")
	}
}

// editor writes the files of a project.
type editor struct {
	*rand.Rand
	t     *testing.T
	last  string
	clock time.Time
}

func (e *editor) write(name, text string) {
	e.last = name + ":\n" + text
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		e.t.Fatal(err)
	}
	e.clock = e.clock.Add(time.Second) // times of files are coarse
	if err := os.Chtimes(name, e.clock, e.clock); err != nil {
		e.t.Fatal(err)
	}
}

func (e *editor) name(i int) string {
	return []string{"a.json", "b.jsonl", "c.yaml", "d.cue", "e.csv"}[i]
}

func (e *editor) edit() {
	switch i := e.IntN(5); e.IntN(12) {
	case 0:
		e.write("access.yaml", e.rest())
	case 1:
		e.write(e.name(i), "{ no")
	case 2:
		os.Remove(e.name(i))
		e.last = "removed " + e.name(i)
	case 3:
		e.write(e.name(i), e.users(i)+e.users(i))
	default:
		e.write(e.name(i), e.users(i))
	}
}

func (e *editor) pick(list ...string) string { return list[e.IntN(len(list))] }

func (e *editor) rest() string {
	text := "product: services-hub\nscopes: {c: {scopes: {w: {labels: [first]}, v: {}}}} # permc:ignore " +
		e.pick("admins", "expired") + " -- few\n"
	text += "rules: {admins: {severity: warning, message: few admins, holders: {role: services-admin, level: " +
		"customer, min: " + e.pick("1", "3", "6") + "}}}\n"
	if e.IntN(2) == 0 {
		text += "groups: {g: {members: [u0-0@c.example, u1-1@c.example], roles: [{role: " + e.pick("services-admin",
			"csam") + ", scope: c}]}}\n"
	}
	return text
}

// users are those of one file, in the format that its name tells.
func (e *editor) users(file int) string {
	var b strings.Builder
	n := 1 + e.IntN(4)
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("u%d-%d@c.example", file, i)
		if e.IntN(30) == 0 {
			ids[i] = e.pick("u0-0@c.example", "U1-1@c.example", "")
		}
	}
	role := func() string {
		return e.pick("services-admin", "workspace-administrator", "csam", "no-such-role")
	}
	if e.IntN(4) > 0 {
		role = func() string { return e.pick("services-admin", "global-administrator") }
	}
	comment := func(mark string) string {
		return e.pick("", "", mark+" permc:ignore "+e.pick("wrong-affiliation", "redundant-grant", "nothing",
			"expired until 2026-01-01")+" -- so it is")
	}
	switch file {
	case 0:
		var parts []string
		for _, id := range ids {
			parts = append(parts, fmt.Sprintf(` %q: {"affiliation": "customer", "roles": [{"role": %q, "scope": "c"}]}`,
				id, role()))
		}
		return "{\"users\": {\n" + strings.Join(parts, ",\n") + "\n}}\n"
	case 1:
		for _, id := range ids {
			fmt.Fprintf(&b, `{"user": %q, "affiliation": "customer", "grants": [{"permission": %q, "scope": "c/w"}], `+
				`"roles": [{"role": %q, "scope": "c"}]}`+"\n", id, e.pick("health", "learning"), role())
		}
	case 2:
		b.WriteString("users:\n")
		for _, id := range ids {
			fmt.Fprintf(&b, "  %q:\n    affiliation: customer\n    roles:\n      - role: %s %s\n        scope: c\n", id,
				role(), comment("#"))
		}
	case 3:
		b.WriteString("users: {\n")
		for _, id := range ids {
			fmt.Fprintf(&b, "\t%q: {affiliation: \"customer\", roles: [{role: %q, scope: \"c\"}]} %s\n", id, role(),
				comment("//"))
		}
		b.WriteString("}\n")
	default:
		b.WriteString("user,affiliation,role,scope\n")
		for _, id := range ids {
			fmt.Fprintf(&b, "%s,customer,%s,c\n", id, role())
		}
	}
	return b.String()
}
