package source

import (
	"slices"
	"strings"
)

// Remove returns the edits that remove what is declared about a holder in one place.
func (h *Holder) Remove() ([]Edit, error) {
	f := h.File
	if len(h.Names) == 0 { // a line of JSON Lines
		return []Edit{f.lines(h.Value().From, h.Value().To)}, nil
	}
	i := len(h.Path) - 2 // the object with the field
	for i > 0 && h.Path[i].bare {
		i--
	}
	at, name := h.Path[i], h.Names[i]
	k := slices.IndexFunc(at.Fields, func(x Field) bool { return x.From == name.From })
	if k < 0 || h.Value().Kind == Opaque && f.Syntax == YAML {
		return nil, ErrLayout
	}
	switch {
	case at.Block && f.Syntax == YAML && len(at.Fields) == 1 && i > 0:
		colon := strings.IndexByte(f.Text[h.Names[i-1].To:], ':')
		if colon < 0 {
			return nil, ErrLayout
		}
		return []Edit{{h.Names[i-1].To + colon + 1, at.To, " {}"}}, nil
	case at.Block && f.Syntax == YAML:
		return []Edit{f.lines(at.Fields[k].From, at.Fields[k].Value.To)}, nil
	}
	return []Edit{f.without(at, k)}, nil
}

// lines removes whole lines.
func (f *File) lines(from, to int) Edit {
	from, to = lineStart(f.Text, from), lineEnd(f.Text, to)
	if end := strings.IndexByte(f.Text[to:], '\n'); end >= 0 {
		return Edit{from, to + end + 1, ""}
	}
	return Edit{from, len(f.Text), ""}
}

// without removes the i-th field of an object in braces, or of a file of CUE, with its comma.
func (f *File) without(n *Node, i int) Edit {
	from, to := n.span(i)
	comma := f.comma(to, n.To)
	end := max(to, comma+1)
	alone := isBlank(f.Text[lineStart(f.Text, from):from]) && f.isAside(f.Text[end:lineEnd(f.Text, end)])
	last := i+1 == len(n.Fields)
	switch {
	case f.Syntax == CUE && alone, alone && comma >= 0:
		return f.lines(from, end)
	case last && i > 0:
		_, before := n.span(i - 1)
		return Edit{before, to, ""}
	case last:
		return Edit{from, end, ""}
	}
	next, _ := n.span(i + 1)
	return Edit{from, next, ""}
}
