package load

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"permc.dev/permc/compiler/diag"
)

// The edits of this file are offered only if the text parses with them up to the line of the error.

// spaceless matches a key without a space behind its colon, or with a no-break space.
var spaceless = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((?:- +)*[A-Za-z][\w.-]*:)(?:\x{A0}[ \x{A0}]*)?([^\s\x{A0}/].*)$`)
})

// lacksSpace words an error about keys that are part of a text to YAML, since no space follows their colons.
func (r *yamlReader) lacksSpace(line int) *diag.Finding {
	first, depth := line, -1
	var lines []string
	for n := line; n >= 0; n-- {
		at, text := r.indented(n)
		m := spaceless().FindStringSubmatch(text)
		if m == nil && n == line {
			continue // the line below
		}
		if m == nil || strings.HasPrefix(text, m[1]+" ") || depth >= 0 && at != depth {
			break
		}
		first, depth = n, at
		lines = append([]string{strings.Repeat(" ", at) + m[1] + " " + m[2]}, lines...)
	}
	if len(lines) == 0 {
		return nil
	}
	from, to := int(r.lines[first]), int(r.lineEnd(first+len(lines)-1))
	fixed := strings.Join(lines, "\n")
	if !r.parsesWith(from, to, fixed, line) {
		return nil
	}
	key, _, _ := strings.Cut(strings.TrimSpace(fixed), ":")
	at := from + depth
	d := diag.Stopf("syntax", r.between(at, int(r.lineEnd(first))), "not YAML: a space is missing after %s",
		diag.Quote(key+":")).WithHelp("write %s", strings.TrimSpace(lines[0]))
	d.Edit = &diag.Edit{Kind: diag.ReplaceText, Pos: r.between(from, to), Text: fixed,
		Done: "added the space after " + diag.Quote(key+":")}
	return &d
}

// bareValue matches a value that is not in quotes or brackets, with the key or the dashes before it.
var bareValue = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("^((?:- +)*(?:[A-Za-z][\\w.-]*: +)?)([^\\s\"'\\[{|>&*!#-][^\"\\\\]*)$")
})

// needsQuotes words an error about a value with characters that have a meaning in YAML.
func (r *yamlReader) needsQuotes(line int) *diag.Finding {
	at, text := r.indented(line)
	m := bareValue().FindStringSubmatch(text)
	if m == nil || m[1] == "" || strings.Contains(m[2], " #") {
		return nil
	}
	from := int(r.lines[line]) + at + len(m[1])
	to, quoted := from+len(m[2]), `"`+m[2]+`"`
	if r.parsesWith(from, to, m[2], line) || !r.parsesWith(from, to, quoted, line) {
		return nil
	}
	d := diag.Stopf("syntax", r.between(from, to), "not YAML: this value needs quotes").WithHelp("write %s", quoted)
	d.Edit = &diag.Edit{Kind: diag.ReplaceText, Text: quoted, Done: "put " + diag.Quote(m[2]) + " in quotes"}
	return &d
}

// closed returns the edit that closes brackets or a quote that a line opens: at its end, or at that of the lines below
// that are indented further. It returns nil if both would do.
func (r *yamlReader) closed(line int, open string) *diag.Edit {
	depth, _ := r.indented(line)
	last := line
	for n := line + 1; n < len(r.lines); n++ {
		at, text := r.indented(n)
		if text != "" && at <= depth {
			break
		}
		if text != "" {
			last = n
		}
	}
	var edit *diag.Edit
	for _, n := range slices.Compact([]int{line, last}) {
		at, text := r.indented(n)
		end := int(r.lines[n]) + at + len(text)
		if strings.Contains(text, " #") || strings.HasPrefix(text, "#") ||
			!parsesYAML(r.file.Data[:end]+closing(open)+r.file.Data[end:]) {
			continue
		}
		if edit != nil {
			return nil
		}
		edit = &diag.Edit{Kind: diag.ReplaceText, Pos: r.between(end, end), Text: closing(open),
			Done: "added " + diag.Quote(closing(open))}
	}
	return edit
}

// parsesWith reports whether the text up to the end of a line parses with a part of it replaced.
func (r *yamlReader) parsesWith(from, to int, text string, line int) bool {
	return parsesYAML(r.file.Data[:from] + text + r.file.Data[to:max(to, int(r.lineEnd(line)))])
}
