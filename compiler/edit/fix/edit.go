package fix

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// edit replaces a part of a file.
type edit struct {
	from, to int
	text     string
}

// sortEdits sorts edits and reports whether none overlaps another.
func sortEdits(edits []edit) bool {
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(edits); i++ {
		if edits[i].from < edits[i-1].to {
			return false
		}
	}
	return true
}

// applyEdits makes sorted edits.
func applyEdits(text string, edits []edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// step is a list of sorted edits that are made to a file together.
type step struct {
	edits  []edit
	shifts []int // how far the text moves before each edit, and after the last one
}

func newStep(edits []edit) step {
	s := step{edits, make([]int, len(edits)+1)}
	for i, e := range edits {
		s.shifts[i+1] = s.shifts[i] + len(e.text) - (e.to - e.from)
	}
	return s
}

// forward returns where an offset is after the edits.
func (s step) forward(off int) int {
	i := sort.Search(len(s.edits), func(i int) bool { return s.edits[i].from > off })
	if i > 0 && off < s.edits[i-1].to {
		return s.edits[i-1].from + s.shifts[i-1]
	}
	return off + s.shifts[i]
}

// backward returns where an offset was before the edits.
func (s step) backward(off int) int {
	i := sort.Search(len(s.edits), func(i int) bool { return s.edits[i].from+s.shifts[i] > off })
	if i > 0 && off < s.edits[i-1].from+s.shifts[i-1]+len(s.edits[i-1].text) {
		return s.edits[i-1].from
	}
	return off - s.shifts[i]
}

// span is a part of a text.
type span struct{ from, to int }

// cutParts makes edits that remove parts of a text: whole lines if nothing else
// is left on them, and the spaces at the end of other lines.
func cutParts(text string, parts []span) (edits []edit) {
	for _, p := range joinParts(text, parts) {
		start, end := blankBefore(text, p.from), blankBehind(text, p.to)
		switch {
		case !endsLine(text, end):
		case startsLine(text, start):
			p = withBlanks(text, takeLines(text, start, end))
		default:
			p.from = len(strings.TrimRight(text[:p.from], " \t"))
		}
		if n := len(edits); n > 0 && p.from < edits[n-1].to {
			p.from = edits[n-1].to
		}
		edits = append(edits, edit{p.from, p.to, ""})
	}
	return edits
}

// joinParts sorts parts and joins those with only spaces between them.
func joinParts(text string, parts []span) (list []span) {
	slices.SortFunc(parts, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, p := range parts {
		if n := len(list); n > 0 && (p.from <= list[n-1].to || isBlank(text[list[n-1].to:p.from])) {
			list[n-1].to = max(list[n-1].to, p.to)
			continue
		}
		list = append(list, p)
	}
	return list
}

// takeLines returns whole lines with their line ends. If the text ends without a
// line end, it still does when the lines are removed.
func takeLines(text string, start, end int) span {
	if end < len(text) {
		return span{start, end + 1}
	}
	if end == len(text) && start > 0 {
		start = len(strings.TrimSuffix(text[:start-1], "\r"))
	}
	return span{start, end}
}

// withBlanks adds the blank line before or after whole lines if two blank lines
// would be left in a row, or one at the start or end of a list.
func withBlanks(text string, p span) span {
	before, behind := lineStart(text, max(0, p.from-1)), lineEnd(text, p.to)
	above := strings.TrimRight(text[before:p.from], " \t\r\n")
	below := strings.TrimSpace(text[p.to:behind])
	begins := strings.HasSuffix(above, "[") || strings.HasSuffix(above, "{") || strings.HasSuffix(above, ":")
	ends := strings.HasPrefix(below, "]") || strings.HasPrefix(below, "}")
	switch {
	case above == "" && before < p.from && (below == "" || ends):
		p.from = before
	case begins && below == "" && behind < len(text):
		p.to = behind + 1
	}
	return p
}

func lineStart(text string, off int) int { return strings.LastIndexByte(text[:off], '\n') + 1 }

// lineEnd returns the end of the line that an offset is in, before its line feed.
func lineEnd(text string, off int) int {
	if n := strings.IndexByte(text[off:], '\n'); n >= 0 {
		return off + n
	}
	return len(text)
}

// blanks holds the spaces of a line. Lines may be long, so nothing looks for their ends to see only spaces.
const blanks = " \t\r"

// isBlank reports whether a piece of a line is only space.
func isBlank(s string) bool { return strings.Trim(s, blanks) == "" }

// blankBefore returns where the spaces before an offset begin.
func blankBefore(text string, off int) int { return len(strings.TrimRight(text[:off], blanks)) }

// blankBehind returns where the spaces behind an offset end.
func blankBehind(text string, off int) int {
	return len(text) - len(strings.TrimLeft(text[off:], blanks))
}

func startsLine(text string, off int) bool { return off == 0 || text[off-1] == '\n' }

func endsLine(text string, off int) bool { return off == len(text) || text[off] == '\n' }
