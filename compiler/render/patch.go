package render

import (
	"bytes"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/rogpeppe/go-internal/diff"
)

// PatchReader is who reads a patch.
type PatchReader int

// Who reads a patch: a file holds it exactly, for patch and git apply; what goes
// down a pipe may end up in a build's log; on a terminal it may be coloured.
const (
	PatchFile PatchReader = iota
	PatchPipe
	PatchTerminal
)

// Patch writes how a file changes as a unified diff. It returns how many lines
// of it had to be changed for its reader, so that it does not apply.
func Patch(w io.Writer, name string, old, new []byte, reader PatchReader, style Style) (changed int, err error) {
	text := diff.Diff(patchName("a/", name), old, patchName("b/", name), new)
	_, text, _ = bytes.Cut(text, []byte("\n")) // a line that no program reads
	switch reader {
	case PatchPipe:
		text, changed = patchGuarded(text)
	case PatchTerminal:
		text = patchShown(text, style)
	}
	_, err = w.Write(text)
	return changed, err
}

// joiners are characters that many a text needs to look right; a patch has them
// as they are, since they steer nothing.
const joiners = "\u00ad\u200c\u200d\ufeff"

// patchGuarded returns a patch of which no line is a command to a build server,
// and none steers a terminal; it counts the lines that it changed. Those that
// begin with --- and +++ are the patch's own.
func patchGuarded(text []byte) (out []byte, changed int) {
	for line := range bytes.Lines(text) {
		body := bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		safe := breakCommands(visible(body, "\t"+joiners, inText), inText)
		if first := bytes.TrimLeftFunc(safe, unicode.IsSpace); bytes.HasPrefix(first, []byte("::")) {
			safe = hide(safe, len(safe)-len(first))
		}
		if !bytes.Equal(safe, body) {
			changed++
		}
		out = append(append(out, safe...), line[len(body):]...)
	}
	return out, changed
}

// patchName returns a file in the head of a patch, below a or b as git has it.
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
