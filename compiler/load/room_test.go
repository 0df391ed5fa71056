package load

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRoom: files that do not fit into memory are refused, in words that say how else.
func TestRoom(t *testing.T) {
	for _, parts := range []bool{false, true} {
		r := &room{most: func() uint64 { return 256 << 20 }, parts: parts}
		if err := r.take(200<<20, false); err != nil {
			t.Errorf("200 MiB of 256 MiB: %v", err)
		}
		err := r.take(100<<20, false)
		if err == nil ||
			!strings.HasPrefix(err.Error(), "the files are larger than memory: 300 MiB so far, of 256 MiB; ") ||
			strings.Contains(err.Error(), "--shard I/N") == parts {
			t.Errorf("300 MiB of 256 MiB, parts %v: %v", parts, err)
		}
	}
	r := &room{most: func() uint64 { return 256 << 20 }}
	for i := range 3 { // each needs half of its size
		if err := r.take(250<<20, true); (err != nil) != (i == 2) {
			t.Errorf("%d files that are read where they are: %v", i+1, err)
		}
	}
	for _, r := range []*room{nil, {}, {most: func() uint64 { return 0 }}} {
		if err := r.take(1<<40, false); err != nil {
			t.Errorf("nobody knows how much memory there is: %v", err)
		}
	}
}

// TestMapped: a large file of a shard is read in place.
func TestMapped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.jsonl")
	text := strings.Repeat("{\"user\": \"ana@contoso.example\"}\n", roomy/30)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, parts := range []bool{false, true} {
		data, ok := (&room{parts: parts}).mapped(f, path, int64(len(text)))
		if ok && string(data) != text || ok && !parts {
			t.Errorf("parts %v: %d bytes", parts, len(data))
		}
	}
	r := &room{lean: true}
	for i, size := range []int64{kept / 2, kept/2 + 1, kept / 2, lean - 1} { // the second does not fit, the last is small
		if _, ok := r.mapped(f, path, size); ok && i != 1 {
			t.Errorf("file %d is read in place", i)
		}
	}
}
