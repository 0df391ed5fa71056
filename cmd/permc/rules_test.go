package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/rulebook"
)

const pages = "../../docs/rules"

// TestRuleExamples runs the examples of the pages: on the first the rule fires,
// and no other; on the fixed one nothing does. What is silenced in the fixed
// one is open in the first.
func TestRuleExamples(t *testing.T) {
	for _, d := range rulebook.List() {
		t.Run(d.ID, func(t *testing.T) {
			fixed, err := rulebook.Check(d.Fixed, d.AsOf)
			if err != nil {
				t.Fatal(err)
			}
			var silenced []string
			for _, f := range fixed.Findings {
				if !f.Silenced() {
					t.Errorf("the fixed example has %s: %s", f.Rule, f.Message)
				}
				silenced = append(silenced, f.Rule)
			}
			fires, err := rulebook.Check(d.Fires, d.AsOf)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, f := range fires.Findings {
				switch {
				case f.Rule == d.ID || f.DenyRule == d.ID:
					n++
				case !slices.Contains(silenced, f.Rule):
					t.Errorf("the example has %s: %s", f.Rule, f.Message)
				}
			}
			set, err := rulebook.Check(d.Fixed+d.Settings+"\n", d.AsOf)
			if err != nil || set.Policy == nil {
				t.Errorf("the settings cannot be read: %v", err)
			}
			if n == 0 || d.Stops != (fires.Policy == nil) {
				t.Errorf("the rule does not fire, or does not stop what it says: %v", fires.Findings)
			}
		})
	}
}

// TestRulePages compares docs/rules with what permc says of its rules, or
// rewrites it.
func TestRulePages(t *testing.T) {
	want := map[string]string{}
	list := rulebook.List()
	for i := range list {
		if err := rulebook.AddOutput(&list[i]); err != nil {
			t.Fatal(err)
		}
		want[list[i].ID+".md"] = written(t, func(b *bytes.Buffer) error { return render.RuleMarkdown(b, &list[i]) })
	}
	want["README.md"] = written(t, func(b *bytes.Buffer) error { return render.RulesMarkdown(b, list) })
	if os.Getenv("PERMC_UPDATE") != "" {
		rewrite(t, want)
		return
	}
	files, err := filepath.Glob(pages + "/*")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.Base(f)] = string(text)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("docs/rules is not what permc says; make update rewrites it (-pages +now):\n%s", diff)
	}
}

func written(t *testing.T, f func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func rewrite(t *testing.T, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(pages); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(pages, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(pages, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHelpPages: the page that findings point at is a file of the repository.
func TestHelpPages(t *testing.T) {
	for _, d := range rulebook.List() {
		if _, err := os.Stat("../../" + render.PageFile(d.ID)); err != nil {
			t.Errorf("%s: it has no page: %v", d.ID, err)
		}
		if d.Severity == diag.Off && d.Settings == "" || d.What == "" || d.Do == "" || d.Silence == "" {
			t.Errorf("%s says too little", d.ID)
		}
	}
}
