package wholefile

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// begin begins a file and writes a text into it.
func begin(t *testing.T, path, text string) *File {
	t.Helper()
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return f
}

// holds checks the files of this folder, dot-files included.
func holds(t *testing.T, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(e.Name())
		if err != nil {
			data = []byte(err.Error())
		}
		got[e.Name()] = string(data)
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is left", name)
		}
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s is %q, want %q", name, got[name], text)
		}
	}
}

// TestLinkMeanwhile puts a link at the name, and one at the folder, while the
// file is written.
func TestLinkMeanwhile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "secret", "old")
	f := begin(t, "out", "new")
	if err := os.Symlink("secret", "out"); err != nil {
		t.Skip(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	holds(t, map[string]string{"secret": "old", "out": "new"})
	for _, dir := range []string{"dir", "elsewhere"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	f = begin(t, filepath.Join("dir", "x"), "new")
	if err := errors.Join(os.Rename("dir", "moved"), os.Symlink("elsewhere", "dir")); err != nil {
		t.Skip(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if list, _ := os.ReadDir("elsewhere"); len(list) > 0 {
		t.Error("written through the link")
	}
	if data, _ := os.ReadFile(filepath.Join("moved", "x")); string(data) != "new" {
		t.Error("not written into the folder that was opened")
	}
}

// TestFolderMeanwhile makes the name a folder while the file is written.
func TestFolderMeanwhile(t *testing.T) {
	t.Chdir(t.TempDir())
	f := begin(t, "out", "new")
	if err := os.Mkdir("out", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil || !strings.HasPrefix(err.Error(), "out: ") {
		t.Errorf("got error %v, want one of out", err)
	}
	if list, _ := os.ReadDir("."); len(list) != 1 {
		t.Errorf("%d files, want the folder alone", len(list))
	}
}

// TestPlace gives several files their names, one of them a new file: all get them, or
// none if one fails because it has changed or cannot be renamed.
func TestPlace(t *testing.T) {
	for _, failing := range []string{"", "check", "rename"} {
		t.Run(failing, func(t *testing.T) {
			t.Chdir(t.TempDir())
			want := map[string]string{}
			var files []*File
			for _, name := range []string{"a", "b", "c"} {
				if name != "b" {
					write(t, name, "old "+name)
				}
				f := begin(t, name, "new "+name)
				if err := f.Stage(); err != nil {
					t.Fatal(err)
				}
				files = append(files, f)
				if failing == "" {
					want[name] = "new " + name
				} else if name != "b" {
					want[name] = "old " + name
				}
			}
			err := Place(files, func(i int) error {
				if i == 2 && failing == "rename" {
					files[i].temp.remove()
				}
				if i == 2 && failing == "check" {
					return errors.New("changed")
				}
				return nil
			})
			if (err != nil) != (failing != "") || err != nil && !strings.HasPrefix(err.Error(),
				"nothing was written: c: ") {
				t.Errorf("got error %v", err)
			}
			for _, f := range files {
				f.Discard()
			}
			holds(t, want)
		})
	}
}

// TestFolder begins a folder, and discards it with all that is in it.
func TestFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	d, err := CreateFolder("parts")
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.Create("one")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	d.Discard()
	holds(t, nil)
}

// TestSignal ends a run in the middle of writing: nothing stays, and the file
// can no longer take its name.
func TestSignal(t *testing.T) {
	t.Chdir(t.TempDir())
	others := make(chan os.Signal, 1)
	signal.Notify(others, syscall.SIGTERM)
	defer signal.Stop(others)
	write(t, "out", "old")
	f := begin(t, "out", "new")
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGTERM); err != nil {
		t.Skip(err)
	}
	for range 3_000 {
		if !f.temp.isOpen() {
			break
		}
		time.Sleep(time.Millisecond)
	}
	holds(t, map[string]string{"out": "old"})
	if err := f.Commit(); err == nil || err.Error() != "out: interrupted" {
		t.Errorf("got error %v", err)
	}
	holds(t, map[string]string{"out": "old"})
	if err := begin(t, "out", "new").Commit(); err != nil {
		t.Error(err)
	}
	holds(t, map[string]string{"out": "new"})
}
