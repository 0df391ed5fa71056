package reference_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// Whatever a change does to people, rules, waivers, comments and names: each
// violation of the base's rules that the base does not have is new and open, or
// its rule is said not to judge; and a comment that silences something else than
// before is listed.
func TestExceptionsCannotMove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "base")
		h := changed(t, d)
		if rapid.Bool().Draw(t, "other rules") {
			h.Rules = declarations().Draw(t, "rules").Rules
		}
		if rapid.Bool().Draw(t, "no rules") {
			h.Rules, h.Catalog.Rules = nil, nil
		}
		old := renamed(t, h)
		d.Waivers, h.Waivers = waivers(t, d), waivers(t, h)
		base := withComments(t, "base.yaml", d)
		head := withComments(t, "head.yaml", h)
		baseFound, headFound := all(t, base), all(t, head)
		v, err := diff.Judge(context.Background(), base, base, head,
			&diff.Comparison{BaseFound: baseFound, HeadFound: headFound})
		if err != nil {
			t.Fatal(err)
		}
		e := &exceptions{d, h, v, baseFound, headFound}
		e.everyNewIsOpen(t)
		e.commentsAreListed(t)
		e.goneIsSaid(t, old)
	})
}

// exceptions are a change and what is said of it.
type exceptions struct {
	base, head           *Declaration
	verdict              *diff.Judgement
	baseFound, headFound []diag.Finding
}

func (e *exceptions) everyNewIsOpen(t *rapid.T) {
	judged := clone(e.head)
	judged.Rules, judged.Catalog.Rules = e.applicable(e.base.Rules), e.applicable(e.base.Catalog.Rules)
	open := slices.DeleteFunc(slices.Clone(e.verdict.New), func(d diag.Finding) bool { return d.Silenced() })
	listed, before := identities(judged, open), Findings(e.base, today)
	for _, f := range Findings(judged, today) {
		if slices.Contains(before, f) || slices.Contains(listed, f) || e.unjudged(f.Rule) || e.acceptedAhead(f) {
			continue
		}
		t.Fatalf("%v is not listed as new, among %v\n%s%s", f, listed, listing(inOneFile(e.base)),
			listing(inOneFile(e.head)))
	}
}

// applicable are the rules that the reference can apply to the head: it knows no
// names that are gone.
func (e *exceptions) applicable(rules map[string]*Rule) map[string]*Rule {
	left := maps.Clone(rules)
	maps.DeleteFunc(left, func(id string, rule *Rule) bool {
		text := compact(rule)
		for permission := range e.base.Catalog.Permissions {
			if e.head.Catalog.Permissions[permission] == nil && strings.Contains(text, `"`+permission+`"`) {
				return true
			}
		}
		return e.unjudged(id)
	})
	return left
}

func (e *exceptions) unjudged(rule string) bool {
	for _, h := range e.verdict.Unjudged {
		if h.Gate == "rule "+rule || h.Gate == "rule *" {
			return true
		}
	}
	return false
}

// acceptedAhead reports whether the base may have a waiver for what it does not
// have yet.
func (e *exceptions) acceptedAhead(f Finding) bool {
	return slices.ContainsFunc(e.base.Waivers, func(w Waiver) bool {
		return w.Rule == f.Rule && e.base.Catalog.sameUser(w.User, f.User) && w.Scope == f.Scope
	})
}

func (e *exceptions) commentsAreListed(t *rapid.T) {
	silenced := func(d *Declaration, found []diag.Finding) map[string]int {
		n := map[string]int{}
		for i := range found {
			if found[i].Comment != nil {
				n[strings.Join(lines(identities(d, found[i:i+1])), "")+found[i].Rule+found[i].User+found[i].Scope]++
			}
		}
		return n
	}
	if maps.Equal(silenced(e.base, e.baseFound), silenced(e.head, e.headFound)) {
		return
	}
	for _, p := range e.verdict.Policy {
		if p.What == "suppression" {
			return
		}
	}
	t.Fatalf("no change of a comment is listed: %v\n%s%s", e.verdict.Policy, listing(inOneFile(e.base)),
		listing(inOneFile(e.head)))
}

// goneIsSaid looks for rules of the base that name what is called otherwise now.
func (e *exceptions) goneIsSaid(t *rapid.T, old string) {
	for id, rule := range e.base.Rules {
		if old != "" && strings.Contains(compact(rule), `"`+old+`"`) && !e.unjudged(id) {
			t.Fatalf("rule %s names %q, which is gone, and judges\n%s%s", id, old, listing(inOneFile(e.base)),
				listing(inOneFile(e.head)))
		}
	}
}

// renamed gives a scope or a role of a declaration another name everywhere, and
// returns the old one, or "".
func renamed(t *rapid.T, d *Declaration) string {
	names := append(sorted(d.Scopes), sorted(d.Catalog.Roles)...)
	old := one(t, "renamed", append(names, "", ""))
	if old == "" {
		return ""
	}
	text := strings.ReplaceAll(compact(d), `"`+old+`"`, `"renamed"`)
	text = strings.ReplaceAll(text, `"`+old+`/`, `"renamed/`)
	*d = Declaration{}
	if err := json.Unmarshal([]byte(text), d); err != nil {
		t.Fatal(err)
	}
	return old
}

// waivers draws some for what is found, and some for what is near it.
func waivers(t *rapid.T, d *Declaration) (list []Waiver) {
	for _, f := range all(t, loaded(t, "plain.json", d)) {
		if f.User == "" || !rapid.Bool().Draw(t, "waived") || d.Rules[f.Rule] == nil {
			continue
		}
		w := Waiver{f.Rule, f.User, f.Role, f.Permission, f.Scope, "small team", "eva@approves.example", "2030-01-01",
			rapid.Bool().Draw(t, "by path")}
		if rapid.Bool().Draw(t, "anywhere") {
			w.Scope = ""
		}
		if len(d.Users) > 0 && rapid.IntRange(0, 3).Draw(t, "somebody else") == 0 {
			w.User = one(t, "user", sorted(d.Users))
		}
		list = append(list, w)
	}
	return list
}

// withComments loads a declaration with comments on some lines that have
// findings.
func withComments(t *rapid.T, name string, d *Declaration) *compiler.Project {
	text, err := json.MarshalIndent(d, "", "  ") // which YAML is, too
	if err != nil {
		t.Fatal(err)
	}
	plain := loadedText(t, name, string(text))
	written := strings.Split(string(text), "\n")
	for _, f := range all(t, plain) {
		at := f.Pos
		if len(f.Beside) > 0 && rapid.Bool().Draw(t, "at its other place") {
			at = f.Beside[0]
		}
		line := plain.Files.Position(at).Line
		if f.Pos.IsValid() && line > 0 && !strings.Contains(written[line-1], "#") && rapid.Bool().Draw(t, "silenced") {
			written[line-1] += " # permc:ignore " + f.Rule + " -- agreed"
		}
	}
	return loadedText(t, name, strings.Join(written, "\n"))
}

func loadedText(t *rapid.T, name, text string) *compiler.Project {
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	day, _ := policy.ParseDate(today)
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil {
		t.Fatal(err)
	}
	if p.Policy == nil {
		t.Skip("it cannot be evaluated")
	}
	return p
}

// all are the findings of a project.
func all(t *rapid.T, p *compiler.Project) []diag.Finding {
	found, err := p.Findings(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// identities are findings of declared rules as the reference tells them apart.
func identities(d *Declaration, found []diag.Finding) []Finding {
	var report Report
	for _, f := range found {
		report.Findings = append(report.Findings, Judged{Rule: f.Rule, User: f.User, Group: f.Group, Role: f.Role,
			Permission: f.Permission, Scope: f.Scope, With: f.With})
	}
	return declared(d, report)
}
