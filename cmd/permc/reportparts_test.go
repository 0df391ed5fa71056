package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"permc.dev/permc/cmd/permc/internal/wholefile"
)

// TestFolder: a folder of parts takes the place of an earlier one whole, gives
// it back when what comes after fails, and never touches other files.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "access-parts")
	begin := func(text string) *wholefile.Folder {
		t.Helper()
		f, err := createFolder(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := f.Create(partFile(0))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := file.Commit(); err != nil {
			t.Fatal(err)
		}
		return f
	}
	holds := func(want string) {
		t.Helper()
		got, _ := os.ReadFile(filepath.Join(path, "part-0001.html"))
		left, _ := filepath.Glob(filepath.Join(dir, ".permc-*"))
		if string(got) != want || len(left) > 0 {
			t.Errorf("want %q, got %q, left %v", want, got, left)
		}
	}
	for _, text := range []string{"one", "two"} {
		f := begin(text)
		if err := f.Place(); err != nil {
			t.Fatal(err)
		}
		f.Discard()
		holds(text)
	}
	f := begin("three")
	if err := f.Place(); err != nil {
		t.Fatal(err)
	}
	if err := f.Restore(); err != nil {
		t.Fatal(err)
	}
	f.Discard()
	holds("two")
	begin("four").Discard()
	holds("two")
	if err := os.WriteFile(filepath.Join(path, "mine.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := createFolder(path); err == nil || !strings.Contains(err.Error(), "mine.txt") {
		t.Errorf("a folder with other files: %v", err)
	}
}
