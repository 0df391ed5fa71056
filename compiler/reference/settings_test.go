package reference_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Settings of a declaration that change what is looked at.
type Settings struct {
	Horizon string `json:"horizon,omitempty"` // days, such as 20d
}

// horizon is how many days ahead entries expire soon: "The default is 30 days".
func (pr project) horizon() int {
	if pr.Settings == nil {
		return 30
	}
	var days int
	fmt.Sscanf(pr.Settings.Horizon, "%dd", &days)
	return days
}

// turnsFrom are the later days on which declared rules and expectations look, seen from a day: "every day on which
// something begins or ends", or those within the horizon.
func (d *Declaration) turnsFrom(day string) []string {
	return slices.DeleteFunc(turns(d), func(turn string) bool {
		return turn <= day || d.Settings != nil && turn > daysAfter(day, project{Declaration: d}.horizon())
	})
}

// The compiler and the reference agree on what is found within the horizon.
func TestHorizon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &gen{T: t, Declaration: &Declaration{Catalog: &Catalog{}}}
		g.everything()
		g.expectations()
		d := g.Declaration
		d.Settings = &Settings{Horizon: one(t, "horizon", []string{"0d", "1d", "4d", "5d", "6d", "300d"})}
		found := check(t, inOneFile(d), today)
		equal(t, d, "findings", slices.Compact(lines(Findings(d, today))), slices.Compact(lines(declared(d, found))))
		equal(t, d, "built-in", lines(Lint(d, today)), lines(builtIn(d, found)))
		var want, got []string
		result, all := expected(t, inOneFile(d)), tables{}
		for i, x := range d.Expect {
			want = append(want, verdict(i, all.isTrue(d, x)))
			got = append(got, verdict(i, result.Outcomes[i].Passed()))
		}
		equal(t, d, "verdicts", want, got)
	})
}

// weighed is a finding with its severity.
type weighed struct {
	Rule, Severity, Message, Scope string
	Position                       *struct{ File string }
}

func (f weighed) String() string {
	return fmt.Sprint(f.Severity, " ", f.Rule, " ", f.file(), " ", f.Message)
}

func (f weighed) file() string {
	if f.Position == nil {
		return ""
	}
	return f.Position.File
}

func weigh(t *rapid.T, files map[string]string) []weighed {
	var out struct{ Findings []weighed }
	run(t, files, &out, "check", "--as-of", today)
	return out.Findings
}

// severities are those of settings: by rule, and by glob and rule.
type severities struct {
	everywhere map[string]string
	in         map[string]map[string]string
}

// of: "the same for findings in some files. A finding is in the file of its place. This severity takes precedence over
// that for all files; if several globs match, the most severe one holds."
func (s *severities) of(f weighed) string {
	degrees := []string{"", "off", "warning", "error"}
	most := ""
	for glob, in := range s.in {
		if word := in[f.Rule]; slices.Contains(patterns[glob], f.file()) &&
			slices.Index(degrees, word) > slices.Index(degrees, most) {
			most = word
		}
	}
	return cmp.Or(most, s.everywhere[f.Rule], f.Severity)
}

// Settings change the severity of findings, and nothing else.
func TestSettings(t *testing.T) {
	moved := 0
	rapid.Check(t, func(t *rapid.T) {
		g := &gen{T: t, Declaration: &Declaration{Catalog: &Catalog{}}}
		g.everything()
		g.elsewhere()
		d, files := g.Declaration, inFiles(g.Declaration)
		plain := weigh(t, files)
		s := g.severities(plain)
		var want []weighed
		for _, f := range plain {
			if rule := (project{Declaration: d}).rules()[f.Rule]; rule != nil &&
				f.Severity != cmp.Or(rule.Severity, "error") {
				t.Fatalf("%s, and the rule is %q\n%s", f, rule.Severity, listing(files))
			}
			was := f.Severity
			if f.Severity = s.of(f); f.Severity != "off" {
				want = append(want, f)
			}
			if was != f.Severity {
				moved++
			}
		}
		files["settings.json"] = s.text()
		equal(t, d, "findings with "+s.text(), lines(want), lines(weigh(t, files)))
	})
	if moved == 0 {
		t.Error("no severity changed")
	}
}

// severities draws some of rules that find something.
func (g *gen) severities(found []weighed) *severities {
	s := &severities{map[string]string{}, map[string]map[string]string{}}
	word := func() string { return one(g.T, "severity", []string{"error", "warning", "off"}) }
	for _, f := range found {
		if g.nth("everywhere", 4) {
			s.everywhere[f.Rule] = word()
		}
		if g.nth("in files", 3) {
			glob := one(g.T, "glob", sorted(patterns))
			if s.in[glob] == nil {
				s.in[glob] = map[string]string{}
			}
			s.in[glob][f.Rule] = word()
		}
	}
	return s
}

func (s *severities) text() string {
	paths := map[string]any{}
	for glob, in := range s.in {
		paths[glob] = map[string]any{"severity": in}
	}
	text, err := json.Marshal(map[string]any{"settings": map[string]any{"severity": s.everywhere, "paths": paths}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// withAge returns the project with a version of its catalog and the largest age of it as JSON.
func withAge(d *Declaration, version string, days int) string {
	doc := generic(d).(map[string]any)
	doc["catalog"].(map[string]any)["version"] = version
	doc["settings"] = map[string]any{"catalogMaxAge": fmt.Sprint(days, "d")}
	return compact(doc)
}

// A catalog is stale on the days after its largest age.
func TestStale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		version := one(t, "version", []string{"2026-06-15", "2026-06-14", "2026-05-16", "2026-05-15", "2025-06-15"})
		age := one(t, "age", []int{0, 1, 30, 31, 365})
		found := slices.ContainsFunc(weigh(t, map[string]string{"project.json": withAge(d, version, age)}),
			func(f weighed) bool { return f.Rule == "stale-catalog" })
		if stale := today > daysAfter(version, age); stale != found {
			t.Fatalf("version %s, at most %d days, stale %v, found %v", version, age, stale, found)
		}
	})
}
