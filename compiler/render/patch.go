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

// PatchReader is the reader of a patch.
type PatchReader int

// Readers of a patch. A file has it exactly, for patch and git apply; a pipe may lead to a build's log; a terminal may
// show colours.
const (
	PatchFile PatchReader = iota
	PatchPipe
	PatchTerminal
)

// Patch writes the change of a file as a unified diff. It returns the number of lines changed for its reader, after
// which the patch does not apply.
func Patch(w io.Writer, name string, old, new []byte, reader PatchReader, style Style) (changed int, err error) {
	text := diff.Diff(patchName("a/", name), old, patchName("b/", name), new)
	_, text, _ = bytes.Cut(text, []byte("\n")) // drop the diff line; no program needs it
	switch reader {
	case PatchPipe:
		text, changed = patchGuarded(text)
	case PatchTerminal:
		text = patchShown(text, style)
	}
	_, err = w.Write(text)
	return changed, err
}

// joiners are characters that many texts need to look right. They steer nothing, so a patch keeps them.
const joiners = "\u00ad\u200c\u200d\ufeff"

// patchGuarded returns a patch in which no line is a command to a build server and nothing steers a terminal. It
// counts the changed lines. Lines that begin with --- and +++ belong to the patch.
func patchGuarded(text []byte) (out []byte, changed int) {
	for line := range bytes.Lines(text) {
		body := bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		safe := breakCommands(showUnsafe(body, "\t"+joiners, inText), inText)
		if first := bytes.TrimLeftFunc(safe, unicode.IsSpace); bytes.HasPrefix(first, []byte("::")) {
			safe = hideByte(safe, len(safe)-len(first))
		}
		if !bytes.Equal(safe, body) {
			changed++
		}
		out = append(append(out, safe...), line[len(body):]...)
	}
	return out, changed
}

// patchName returns a file name in the head of a patch, below a or b as in git.
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
		line = printSource(strings.TrimRight(line, "\r\n"))
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
