package fix

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// edit puts other text in the place of a part of a file.
type edit struct {
	from, to int
	text     string
}

// sorted puts edits in order and reports whether none touches what another
// one changes.
func sorted(edits []edit) bool {
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(edits); i++ {
		if edits[i].from < edits[i-1].to {
			return false
		}
	}
	return true
}

// apply makes the edits, which are in order.
func apply(text string, edits []edit) string {
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

// step is edits of a file that are made together, in order.
type step struct {
	edits  []edit
	shifts []int // how far the edits before each one move what follows, and all of them
}

func newStep(edits []edit) step {
	s := step{edits, make([]int, len(edits)+1)}
	for i, e := range edits {
		s.shifts[i+1] = s.shifts[i] + len(e.text) - (e.to - e.from)
	}
	return s
}

// forward is where an offset is after the edits.
func (s step) forward(off int) int {
	i := sort.Search(len(s.edits), func(i int) bool { return s.edits[i].from > off })
	if i > 0 && off < s.edits[i-1].to {
		return s.edits[i-1].from + s.shifts[i-1]
	}
	return off + s.shifts[i]
}

// backward is where an offset was before the edits.
func (s step) backward(off int) int {
	i := sort.Search(len(s.edits), func(i int) bool { return s.edits[i].from+s.shifts[i] > off })
	if i > 0 && off < s.edits[i-1].from+s.shifts[i-1]+len(s.edits[i-1].text) {
		return s.edits[i-1].from
	}
	return off - s.shifts[i]
}

// span is a part of a text.
type span struct{ from, to int }

// cuts makes edits that take parts of a text away: whole lines where nothing
// else is left on them, and no spaces left at the end of others.
func cuts(text string, parts []span) (edits []edit) {
	for _, p := range joined(text, parts) {
		start, end := lineStart(text, p.from), lineEnd(text, p.to)
		switch {
		case !blank(text[p.to:end]):
		case blank(text[start:p.from]):
			p = withBlanks(text, lines(text, start, end))
		default:
			p.from = start + len(strings.TrimRight(text[start:p.from], " \t"))
		}
		if n := len(edits); n > 0 && p.from < edits[n-1].to {
			p.from = edits[n-1].to
		}
		edits = append(edits, edit{p.from, p.to, ""})
	}
	return edits
}

// joined are parts in order, those as one that nothing but spaces is between.
func joined(text string, parts []span) (list []span) {
	slices.SortFunc(parts, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, p := range parts {
		if n := len(list); n > 0 && (p.from <= list[n-1].to || blank(text[list[n-1].to:p.from])) {
			list[n-1].to = max(list[n-1].to, p.to)
			continue
		}
		list = append(list, p)
	}
	return list
}

// lines are whole lines with their ends. Where the text ends without a line
// end, it does so without them, too.
func lines(text string, start, end int) span {
	if end < len(text) {
		return span{start, end + 1}
	}
	if end == len(text) && start > 0 {
		start = len(strings.TrimSuffix(text[:start-1], "\r"))
	}
	return span{start, end}
}

// withBlanks takes a blank line before or behind whole lines along, where two
// would follow each other, or one stand where a list begins or ends.
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

// lineEnd is where the line ends that an offset is in, before its line feed.
func lineEnd(text string, off int) int {
	if n := strings.IndexByte(text[off:], '\n'); n >= 0 {
		return off + n
	}
	return len(text)
}

// blank reports whether nothing but space is left of a line.
func blank(s string) bool { return strings.Trim(s, " \t\r") == "" }
