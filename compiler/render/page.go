package render

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// page is how wide answers are written: it reads well on any terminal, and in
// a file.
const page = 80

// flow writes words one after the other, from a column on, and begins a line
// anew at indent columns where one would not fit. It returns the column it
// stands at. Colour, which takes no column, is put on by paint.
func flow(b []byte, at, indent int, words []string, paint func(string) string) ([]byte, int) {
	for i, w := range words {
		n := width(w)
		switch {
		case i == 0 && (at+n <= page || at <= indent):
		case at+1+n > page:
			b = bytes.TrimRight(b, " ")
			b = append(append(b, '\n'), strings.Repeat(" ", indent)...)
			at = indent
		case i > 0:
			b = append(b, ' ')
			at++
		}
		b = append(b, paint(w)...)
		at += n
	}
	return b, at
}

func unpainted(s string) string { return s }

// commas are the words of a list: all but the last with a comma.
func commas(list []string) []string {
	words := slices.Clone(list)
	for i := range len(words) - 1 {
		words[i] += ","
	}
	return words
}

// at is where a source stands, as file:line:column.
func (t *Table) at(pos policy.Pos) string {
	p := t.Policy.Files.Position(pos)
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", Safe(p.File), p.Line, p.Column)
}

// sourceOn is a source in words that are the same on whichever scope it counts,
// as far as that is possible: the scope of the entry is said where it is another.
func sourceOn(v *policy.Via, on *policy.Scope) string {
	return sourceWords(v, onOther(v, on))
}

func onOther(v *policy.Via, on *policy.Scope) string {
	if v.Scope == on {
		return ""
	}
	return " on " + v.Scope.Path
}

func sourceWords(v *policy.Via, on string) (s string) {
	switch v.Kind {
	case policy.FromDerived:
		return "derived"
	case policy.FromGrant, policy.FromGroupGrant:
		s = "grant" + on
	case policy.FromDefaultRole:
		s = v.Role.ID + on + " by default"
	case policy.FromImplied:
		s = "implied by " + v.Implier.ID
		switch {
		case v.Role == nil:
			s += ", granted" + on
		case v.From != nil:
			s += " of " + v.Role.ID + ", included in " + v.From.ID + on
		default:
			s += " of " + v.Role.ID + on
		}
	case policy.FromIncludedRole:
		s = v.Role.ID + ", included in " + v.From.ID + on
	default:
		s = v.Role.ID + on
	}
	if v.Group != nil {
		s += " (group " + v.Group.ID + ")"
	}
	return s
}
