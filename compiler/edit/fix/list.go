package fix

import "strings"

// list is a list in brackets in a file.
type list struct {
	open, shut int // the brackets
	items      []span
	commas     []int  // after each item; -1 for none
	comment    string // the start of a comment, or ""
}

// without makes edits that remove items. A comment is removed with an item if
// nothing else is left on its line; comments on their own lines stay.
func (l *list) without(text string, gone map[int]bool) []edit {
	last := len(l.items) - 1 // the last item that stays
	for last >= 0 && gone[last] {
		last--
	}
	var parts []span
	for i := range l.items {
		if gone[i] {
			parts = append(parts, l.part(text, i, i > last))
		}
	}
	edits := cutParts(text, append(parts, l.newEnd(text, last)...))
	if last < 0 && l.isEmptyAfter(text, edits) {
		return []edit{{l.open + 1, l.shut, ""}}
	}
	return edits
}

// newEnd returns the text to remove after the item that is now the last: its
// comma, if the list had none at its end, and the separator after it.
func (l *list) newEnd(text string, last int) []span {
	end := len(l.items) - 1
	if last < 0 || last == end || l.commas[end] >= 0 || l.commas[last] < 0 {
		return nil
	}
	if _, own := l.ownLines(text, end); !own {
		if between := text[l.items[last].to:l.items[last+1].from]; strings.Trim(between, ", \t\r\n") == "" {
			return []span{{l.items[last].to, l.items[last+1].from}}
		}
	}
	return []span{{l.commas[last], l.commas[last] + 1}}
}

// part returns the text to remove with an item: its lines, or the item with its
// comma and the spaces around it.
func (l *list) part(text string, i int, atEnd bool) span {
	if p, ok := l.ownLines(text, i); ok {
		return p
	}
	p := l.items[i]
	if c := l.commas[i]; c >= 0 && isBlank(text[p.to:c]) {
		p.to = c + 1
	}
	next := p.to
	for next < len(text) && (text[next] == ' ' || text[next] == '\t') {
		next++
	}
	if !atEnd && next < len(text) && text[next] != '\n' && text[next] != '\r' {
		p.to = next
		return p
	}
	for p.from > 0 && (text[p.from-1] == ' ' || text[p.from-1] == '\t') {
		p.from--
	}
	return p
}

// ownLines returns the lines of an item if they have nothing else but a comment.
func (l *list) ownLines(text string, i int) (span, bool) {
	start, end := blankBefore(text, l.items[i].from), l.items[i].to
	if !startsLine(text, start) {
		return span{}, false
	}
	if c := l.commas[i]; c >= 0 && isBlank(text[end:c]) {
		end = c + 1
	}
	end = blankBehind(text, end)
	switch {
	case endsLine(text, end):
		return span{start, end}, true
	case l.comment != "" && strings.HasPrefix(text[end:], l.comment):
		return span{start, lineEnd(text, end)}, true
	}
	return span{}, false
}

// isEmptyAfter reports whether nothing is left between the brackets.
func (l *list) isEmptyAfter(text string, edits []edit) bool {
	at := l.open + 1
	for _, e := range edits {
		if strings.TrimSpace(text[at:max(at, e.from)]) != "" {
			return false
		}
		at = e.to
	}
	return strings.TrimSpace(text[min(at, l.shut):l.shut]) == ""
}

// findCommas finds the comma after each item. It reports false if there is
// anything else between items.
func (l *list) findCommas(text string) bool {
	l.commas = make([]int, len(l.items))
	at := l.open + 1
	for i, item := range l.items {
		if i == 0 {
			if comma, ok := findComma(text[at:item.from], l.comment); !ok || comma >= 0 {
				return false
			}
		}
		end := l.shut
		if i+1 < len(l.items) {
			end = l.items[i+1].from
		}
		if item.from < at || item.to > end {
			return false
		}
		comma, ok := findComma(text[item.to:end], l.comment)
		if !ok {
			return false
		}
		l.commas[i] = -1
		if comma >= 0 {
			l.commas[i] = item.to + comma
		}
		at = item.to
	}
	return true
}

// findComma finds the comma in the text between two items, which may have spaces,
// comments and at most one comma.
func findComma(text, comment string) (comma int, ok bool) {
	comma = -1
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c == ',' && comma < 0:
			comma = i
		case comment != "" && strings.HasPrefix(text[i:], comment):
			i = lineEnd(text, i)
		default:
			return 0, false
		}
	}
	return comma, true
}
