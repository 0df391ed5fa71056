package layout_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"permc.dev/permc/compiler/edit/layout"
)

// Every CUE file of this repository is formatted, and stays so without its
// layout: with each run of spaces one, and with CRLF ends and a mark.
func TestCUE(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../../../schema/*/*.cue", "../../../schema/catalogs/*/*.cue",
		"../../../examples/*/*.cue"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, text, text)
		same(t, name, narrow(text), text)
		crlf := append([]byte("\ufeff"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...)
		same(t, name, crlf, crlf)
		same(t, name, bytes.TrimRight(text, "\n"), text)
	}
}

func same(t *testing.T, name string, in, want []byte) {
	t.Helper()
	got, err := layout.CUE(name, in)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	} else if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s", name, got)
	}
}

// narrow takes the spaces that align things out of lines that begin a field.
func narrow(text []byte) []byte {
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if name, value, ok := strings.Cut(line, ": "); ok && !strings.ContainsAny(name, "\"/\\") {
			lines[i] = strings.TrimLeft(name, "\t") + ":" + strings.TrimLeft(value, " ")
		}
	}
	return []byte(strings.Join(lines, "\n"))
}
