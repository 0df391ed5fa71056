package mapped

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"
)

// TestMapped: a file can be looked at again after it was forgotten, and no other text is touched.
func TestMapped(t *testing.T) {
	want := strings.Repeat("é", Step) + "x"
	path := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, ok := Open(f.Fd(), len(want))
	if !ok {
		t.Skip("this system maps no files")
	}
	text := unsafe.String(unsafe.SliceData(data), len(data))
	if !Has(text[5:9]) || Has(want) {
		t.Error("Has does not know which text is mapped")
	}
	Forget(want)
	Forget(text[1:])
	if text != want {
		t.Error("the text is another one after it was forgotten")
	}
	var parts []string
	Each(text, func(part string, from int) bool {
		if from != len(strings.Join(parts, "")) || !strings.HasPrefix(part, "é") && part != "x" {
			t.Errorf("a part at %d begins with %q", from, part[:1])
		}
		parts = append(parts, part)
		return true
	})
	if len(parts) < 2 || strings.Join(parts, "") != want {
		t.Errorf("%d parts are not the text", len(parts))
	}
	for _, s := range []string{text, want, ""} {
		if got, at := IndexByte(s, 'x'), strings.IndexByte(s, 'x'); got != at || IndexByte(s, 'y') != -1 {
			t.Errorf("IndexByte: %d, not %d", got, at)
		}
	}
}
