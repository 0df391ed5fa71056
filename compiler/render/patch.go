package render

import (
	"bytes"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Patch writes how a file changes as a unified diff, which patch and git apply
// read. For people on a terminal it may be coloured, and nothing in it steers.
func Patch(w io.Writer, name string, old, new []byte, people bool, style Style) error {
	text := diff.Diff(patchName("a/", name), old, patchName("b/", name), new)
	_, text, _ = bytes.Cut(text, []byte("\n")) // a line that no program reads
	if people {
		text = patchShown(text, style)
	}
	_, err := w.Write(text)
	return err
}

// patchName is a file in the head of a patch, below a or b as git has it.
func patchName(side, name string) string {
	if name = path.Clean(name); !path.IsAbs(name) && !strings.HasPrefix(name, "../") {
		name = side + name
	}
	if name != Safe(name) {
		return strconv.Quote(name)
	}
	return name
}

func patchShown(text []byte, style Style) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(string(text)) {
		line = shown(strings.TrimRight(line, "\r\n"))
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
			line = style.bold(line)
		case strings.HasPrefix(line, "@@"):
			line = style.cyan(line)
		case strings.HasPrefix(line, "-"):
			line = style.red(line)
		case strings.HasPrefix(line, "+"):
			line = style.green(line)
		}
		b.WriteString(line + "\n")
	}
	return b.Bytes()
}
