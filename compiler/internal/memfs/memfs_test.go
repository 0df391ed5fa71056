package memfs_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"permc.dev/permc/compiler/internal/memfs"
)

func TestFS(t *testing.T) {
	f := memfs.Of(map[string]string{"a": "1", "b/c/d": "22", "b/e": "", "b.yaml": "3"})
	if err := fstest.TestFS(f, "a", "b/c/d", "b/e", "b.yaml"); err != nil {
		t.Error(err)
	}
	if err := fstest.TestFS(memfs.Of(map[string]string{})); err != nil {
		t.Error(err)
	}
}

func TestLinks(t *testing.T) {
	link := func(to string) *memfs.File { return &memfs.File{Data: []byte(to), Mode: fs.ModeSymlink | 0o777} }
	f := memfs.New(map[string]*memfs.File{
		"dir/file": {Data: []byte("text"), Mode: 0o644},
		"to-file":  link("dir/file"),
		"to-dir":   link("./dir"),
		"dir/back": link("../to-file"),
		"itself":   link("itself"),
		"one":      link("two"),
		"two":      link("one/more"),
		"outside":  link("../x"),
		"absolute": link("/etc/passwd"),
		"unknown":  link(""),
	})
	for name, want := range map[string]string{
		"to-file": "text", "to-dir/file": "text", "to-dir/back": "text", "dir/back": "text",
		"itself": "", "one": "", "outside": "", "absolute": "", "unknown": "", "itself/x": "", "../x": "",
	} {
		got, err := fs.ReadFile(f, name)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if to, err := fs.ReadLink(f, "to-dir/back"); err != nil || to != "../to-file" {
		t.Error(to, err)
	}
	if _, err := fs.ReadLink(f, "dir/file"); err == nil {
		t.Error("a file is no link")
	}
	if info, err := fs.Lstat(f, "itself"); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Error(info, err)
	}
	if info, err := fs.Stat(f, "to-dir"); err != nil || !info.IsDir() {
		t.Error(info, err)
	}
}
