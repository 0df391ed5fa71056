package main

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/render"
)

// TestInterrupted checks that a run that is interrupted while it writes leaves
// the file as it was, and nothing beside it.
func TestInterrupted(t *testing.T) {
	p, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{"../../examples/services-hub"}, Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatal(err, p)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("table.csv", []byte("the old table\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := writeTable(ctx, p, "csv", "table.csv", render.Filter{}, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want that of the interruption", err)
	}
	if data, _ := os.ReadFile("table.csv"); string(data) != "the old table\n" {
		t.Errorf("the file became %q", data)
	}
	if files, _ := os.ReadDir("."); len(files) != 1 {
		t.Errorf("there are %d files, want one", len(files))
	}
}
