package main

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/render"
)

// TestInterrupted checks that a run that is interrupted while it writes leaves
// the file as it was, and nothing beside it.
func TestInterrupted(t *testing.T) {
	p, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{"../../examples/services-hub"},
		Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatal(err, p)
	}
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, format := range []string{"csv", "xlsx", "parquet"} {
		if err := os.WriteFile("table", []byte("the old table\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		o := flags.Output{Format: format, Path: "table"}
		if _, err := writeTable(ctx, o, io.Discard, &render.TableJob{Project: p}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want that of the interruption", format, err)
		}
		if data, _ := os.ReadFile("table"); string(data) != "the old table\n" {
			t.Errorf("%s: the file became %q", format, data)
		}
		if files, _ := os.ReadDir("."); len(files) != 1 {
			t.Errorf("%s: there are %d files, want one", format, len(files))
		}
	}
}
