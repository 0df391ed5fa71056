package main

import (
	"os"
	"strings"
	"testing"

	"permc.dev/permc/compiler/load/observe"
)

// TestHowPage compares docs/drift.md with what import --how prints. PERMC_UPDATE rewrites the page.
func TestHowPage(t *testing.T) {
	const page = "../../docs/drift.md"
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(raw), "\n### ")
	if !ok {
		t.Fatalf("%s has no kinds", page)
	}
	want := head
	for _, kind := range append([]string{rolesKind}, observe.Kinds...) {
		text := observe.How(kind)
		if text == "" {
			t.Errorf("%s: say how to make the files", kind)
		}
		want += "\n### " + kind + "\n\n```text\n" + text + "```\n"
	}
	if os.Getenv("PERMC_UPDATE") != "" {
		err = os.WriteFile(page, []byte(want), 0o644)
	} else if want != string(raw) {
		t.Errorf("%s is not what permc import --how prints: run PERMC_UPDATE=1 go test ./cmd/permc -run TestHowPage",
			page)
	}
	if err != nil {
		t.Fatal(err)
	}
}
