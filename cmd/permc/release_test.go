package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestReleaseCheck: make release-check builds what a release builds, in the same way.
func TestReleaseCheck(t *testing.T) {
	text, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var release struct {
		Builds []struct {
			Main                     string
			Env, Goos, Goarch, Flags []string
			Ldflags                  []string
		}
	}
	if err := yaml.Unmarshal(text, &release); err != nil || len(release.Builds) != 1 {
		t.Fatal(err, len(release.Builds))
	}
	check, err := os.ReadFile("../../.github/release/check.sh")
	if err != nil {
		t.Fatal(err)
	}
	b := release.Builds[0]
	var targets []string
	for _, system := range b.Goos {
		for _, machine := range b.Goarch {
			targets = append(targets, system+"/"+machine)
		}
	}
	ldflags, _, _ := strings.Cut(b.Ldflags[0], "=")
	for _, part := range append([]string{b.Main, "targets=(" + strings.Join(targets, " ") + ")",
		strings.Join(b.Flags, " "), ldflags}, b.Env...) {
		if !bytes.Contains(check, []byte(part)) {
			t.Errorf("check.sh lacks %q of .goreleaser.yaml", part)
		}
	}
}

// TestManual: the manual page has every command, and nothing in it is taken for a request.
func TestManual(t *testing.T) {
	var out, stderr bytes.Buffer
	if code := run([]string{"man"}, &out, &stderr); code != 0 {
		t.Fatal(stderr.String())
	}
	for _, name := range []string{"check", "diff", "init", "version"} {
		if !strings.Contains(out.String(), "\n.SS permc "+name) {
			t.Errorf("no section for permc %s", name)
		}
	}
	for line := range strings.Lines(out.String()) {
		if request, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(line, ".") &&
			!strings.Contains(".TH .SH .SS .PP .nf .fi", request) {
			t.Errorf("request %q", line)
		}
	}
}
