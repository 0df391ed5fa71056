package load

import (
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// The YAML library names the line on which the block around an error begins, or the one after an error. People look for
// the first line with which the text before it no longer parses.

// slipBudget limits the bytes that are parsed again to find that line, and fewLines how many lines are tried one by
// one.
const (
	slipBudget = 2 << 20
	fewLines   = 8
)

// findSlip returns the index of the first line with which the file no longer parses. context is where a quote or a
// bracket begins that the library reads to the end, or -1.
func (r *yamlReader) findSlip(context int) int {
	if context >= 0 && len(r.file.Data) > slipBudget/fewLines {
		return context
	}
	left := slipBudget
	parses := func(n int) bool { // the first n lines
		text := r.file.Data[:r.lines[n]]
		left -= len(text)
		return n == 0 || left >= 0 && parsesYAML(text)
	}
	bad := r.linesRead() // so many fail, since the library did not read on
	for n := bad - 1; n >= max(0, bad-fewLines); n-- {
		if parses(n) {
			return r.skipBlank(n)
		}
	}
	good := 0
	for step := 2 * fewLines; bad > step; step *= 2 {
		if n := bad - step; parses(n) {
			good, bad = n, n+step/2
			break
		}
	}
	if left < 0 {
		return r.skipBlank(max(0, bad-2)) // where the library was
	}
	for bad-good > 1 {
		if n := (good + bad) / 2; parses(n) {
			good = n
		} else {
			bad = n
		}
	}
	return r.skipBlank(good)
}

// lacksColon words an error about a key whose colon is missing: to YAML, it is a value that goes on in the lines below.
func (r *yamlReader) lacksColon(line int) *diag.Finding {
	at, below := r.indented(line)
	if !strings.Contains(below+" ", ": ") {
		return nil
	}
	above := line - 1
	for ; above >= 0; above-- {
		if _, text := r.indented(above); text != "" && text[0] != '#' {
			break
		}
	}
	if above < 0 {
		return nil
	}
	depth, text := r.indented(above)
	if dash := dashes(text); dash > 0 {
		depth, text = depth+dash, text[dash:]
	}
	key, _, _ := strings.Cut(text, " #")
	if depth >= at || strings.ContainsAny(key, ":{}[]\"'|>&*!%,") || strings.Contains(key, " ") {
		return nil
	}
	at = int(r.lines[above]) + depth
	d := diag.Stopf("syntax", r.between(at, at+len(key)), "not YAML: a colon is missing after %s", diag.Quote(key)).
		WithHelp("write %s:", key)
	d.Edit = &diag.Edit{Kind: diag.ReplaceText, Text: key + ":", Done: "added the colon after " + diag.Quote(key)}
	return &d
}

// skipBlank returns the index of the first line with content from one on.
func (r *yamlReader) skipBlank(line int) int {
	for n := line; n < len(r.lines); n++ {
		if _, text := r.indented(n); text != "" && text[0] != '#' {
			return n
		}
	}
	return min(line, len(r.lines)-1)
}

// parsesYAML reports whether all documents of a text parse.
func parsesYAML(text string) bool {
	dec := yaml.NewDecoder(strings.NewReader(text))
	for {
		var n yaml.Node
		if err := dec.Decode(&n); err != nil {
			return err == io.EOF
		}
	}
}

// linesRead returns how many lines the library reads until it finds an error.
func (r *yamlReader) linesRead() int {
	lines := &lineByLine{rest: r.file.Data}
	dec := yaml.NewDecoder(lines)
	for {
		var n yaml.Node
		if err := dec.Decode(&n); err != nil {
			return min(lines.n, len(r.lines)-1)
		}
	}
}

// lineByLine is a reader of a text that returns a line at a time.
type lineByLine struct {
	rest string
	n    int // lines that were read
}

func (l *lineByLine) Read(b []byte) (int, error) {
	if l.rest == "" {
		return 0, io.EOF
	}
	n := copy(b, l.rest[:min(lineEnd(l.rest)+1, len(l.rest))])
	if l.rest = l.rest[n:]; b[n-1] == '\n' || l.rest == "" {
		l.n++
	}
	return n, nil
}

// indented returns how far a line is indented, and its content.
func (r *yamlReader) indented(line int) (int, string) {
	text := r.file.Data[r.lines[line]:]
	text = text[:lineEnd(text)]
	content := strings.TrimLeft(text, " ")
	return len(text) - len(content), strings.TrimSpace(content)
}

// misindented words an error about a line that is indented like no block above it, or like no line beside it.
func (r *yamlReader) misindented(line int) *diag.Finding {
	at, content := r.indented(line)
	if content == "" {
		return nil
	}
	block, opener := 0, -1 // the block that is indented least but further than the line
	for n := line - 1; n >= 0; n-- {
		depth, text := r.indented(n)
		if text == "" || text[0] == '#' || strings.HasPrefix(text, "---") {
			continue
		}
		inner := depth + dashes(text)
		switch {
		case inner <= at && opener < 0:
			return r.tooDeep(line, at, depth, inner, text)
		case inner == at || depth == at:
			return nil // a line beside it
		case inner < at && r.isParent(line, block):
			return r.indentation(line, at, inner)
		case inner < at:
			return r.unlike(line, at, opener, block)
		case depth < at: // between a dash and its item
			return r.unlike(line, at, n, inner)
		case opener < 0 || depth <= block:
			block, opener = depth, n
		}
	}
	return nil
}

// dashes returns how far the item of a list begins behind the line's indentation.
func dashes(text string) (n int) {
	for strings.HasPrefix(text[n:], "- ") {
		n += 2 + len(text[n+2:]) - len(strings.TrimLeft(text[n+2:], " "))
	}
	return n
}

// tooDeep words an error about a line below a complete line, which is indented further.
func (r *yamlReader) tooDeep(line, at, depth, inner int, above string) *diag.Finding {
	if at == inner || at == depth || !strings.Contains(above, ": ") || strings.HasSuffix(above, ":") {
		return nil
	}
	return r.indentation(line, at, inner)
}

// unlike words an error about a line or the block above it: one of the two has an indentation that is rare in the file.
func (r *yamlReader) unlike(line, at, opener, block int) *diag.Finding {
	if opener < 0 {
		return nil
	}
	count := map[int]int{}
	for n := range r.lines {
		if depth, text := r.indented(n); text != "" {
			count[depth]++
			if inner := dashes(text); inner > 0 {
				count[depth+inner]++
			}
		}
	}
	if count[at] > count[block] {
		return r.indentation(opener, block, at)
	}
	return r.indentation(line, at, block)
}

// isParent reports whether a line is the key of a block that begins on the next line, and is indented like another
// block.
func (r *yamlReader) isParent(line, like int) bool {
	_, text := r.indented(line)
	next, _ := r.indented(min(r.skipBlank(line+1), len(r.lines)-1))
	return strings.HasSuffix(text, ":") && next <= like
}

func (r *yamlReader) indentation(line, is, want int) *diag.Finding {
	off := r.lines[line] + uint32(is)
	d := diag.Stopf("syntax", policy.Pos{File: r.num, Off: off, End: off + 1},
		"not YAML: this line is indented by %s, those beside it by %d", countSpaces(is), want).
		WithHelp("indent it by %s", countSpaces(want))
	d.Edit = r.indentedBy(line, is, want)
	return &d
}

func countSpaces(n int) string {
	if n == 1 {
		return "1 space"
	}
	return strconv.Itoa(n) + " spaces"
}

// advice returns the help for an error of the library.
func advice(message, line string) string {
	switch {
	case strings.Contains(message, "mapping values are not allowed") && strings.Count(line, ": ") > 1,
		strings.Contains(message, "cannot start any token"):
		return `put a value with special characters in quotes: "…"`
	case strings.Contains(message, "could not find expected ':'"):
		return "write a key as KEY: VALUE, with a colon and a space"
	}
	return ""
}
