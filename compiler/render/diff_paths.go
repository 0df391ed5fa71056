package render

import (
	"bytes"
	"encoding/json"
	"fmt"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
)

// newPaths writes what people could newly give themselves and others.
func (d *Diff) newPaths(b *bytes.Buffer, style Style) {
	if !d.ListsPaths {
		return
	}
	fmt.Fprintf(b, "%s\n", style.bold("new paths"))
	if len(d.Paths) == 0 {
		b.WriteString("  nobody could give more than before\n\n")
		return
	}
	t := &pathsWriter{style: style}
	for i := range d.Paths {
		x := &d.Paths[i]
		fmt.Fprintf(b, "  %s%s\n", wrapText(Safe(x.User.ID), 2, 4), style.dim(describeUser(x.User)))
		for _, s := range sectionsOf(x.Run) {
			b.WriteString("  " + newPathTitle(x, &s) + "\n")
			var text pathsText
			for j := range s.lines {
				text.line(&s.lines[j])
			}
			b.Write(t.lines(nil, userOf(x), &text, nil))
		}
	}
	b.WriteByte('\n')
}

// userOf returns somebody with new paths as one who has them.
func userOf(x *paths.Fresh) *paths.User { return &paths.User{User: x.User, Run: x.Run} }

// newPathTitle names a kind of path, and from which day on there are such.
func newPathTitle(x *paths.Fresh, s *pathSection) string {
	if x.From == 0 {
		return s.title
	}
	return s.title + ", from " + x.From.String() + " on"
}

// pathsSection returns the part of a comment about new paths.
func (d *Diff) pathsSection() section {
	s := section{head: "**New paths**\n\n", tail: "\n", more: "- …and %d more\n\n"}
	if !d.ListsPaths {
		return s
	}
	if len(d.Paths) == 0 {
		s.fixedPieces([]string{"- nobody could give more than before\n"})
		return s
	}
	var pieces []string
	for i := range d.Paths {
		x := &d.Paths[i]
		for _, kind := range sectionsOf(x.Run) {
			piece := "- " + cellText(x.User.ID+", "+newPathTitle(x, &kind)) + "\n"
			for j := range kind.lines {
				l := &kind.lines[j]
				piece += "  - " + cellText(l.title(userOf(x))+": "+l.stepsOrReason(userOf(x))) + "\n"
			}
			pieces = append(pieces, piece)
		}
	}
	s.fixedPieces(pieces)
	return s
}

// NewPath is a way in which somebody could newly give access: what they could give, and how.
type NewPath struct {
	User  *policy.User
	Kind  string
	Lines []NewPathLine
}

// NewPathLine is one thing that somebody could give, and the steps.
type NewPathLine struct {
	Line PathsLine
	How  string
}

// NewPaths returns what people could newly give themselves and others.
func (d *Diff) NewPaths() (list []NewPath) {
	for i := range d.Paths {
		x := &d.Paths[i]
		for _, kind := range sectionsOf(x.Run) {
			p := NewPath{User: x.User, Kind: newPathTitle(x, &kind)}
			for j := range kind.lines {
				l := &kind.lines[j]
				p.Lines = append(p.Lines, NewPathLine{l.onPage(userOf(x), kind.number()), l.stepsOrReason(userOf(x))})
			}
			list = append(list, p)
		}
	}
	return list
}

// stepsOrReason says each act of a path of several, or else what makes the only one possible.
func (l *pathLine) stepsOrReason(u *paths.User) string {
	var t gappedText
	t.stepsOrReason(l)
	return t.about(u)
}

func (t *gappedText) stepsOrReason(l *pathLine) {
	if len(l.path.Acts) == 1 {
		t.reason(l.path.Last(), l.by)
		return
	}
	for i := range l.path.Acts {
		t.addIf(i > 0, "; then ")
		t.step(l, i)
	}
}

// annotatePaths says in the log who could newly give something.
func (d *Diff) annotatePaths(a annotations) {
	for i := range d.Paths {
		x := &d.Paths[i]
		for _, s := range sectionsOf(x.Run) {
			var what []string
			for j := range s.lines {
				what = append(what, s.lines[j].title(userOf(x)))
			}
			a.add("notice", policy.Position{}, "paths", x.User.ID+" could newly give, "+newPathTitle(x, &s)+": "+
				someNames(what))
		}
	}
}

type jsonNewPaths struct {
	User     string          `json:"user"`
	From     string          `json:"from,omitempty"` // left out: the day of the comparison
	Alone    json.RawMessage `json:"alone"`
	Assisted json.RawMessage `json:"assisted"`
	Others   json.RawMessage `json:"others"`
}

func (d *Diff) pathsJSON() []jsonNewPaths {
	out := []jsonNewPaths{}
	for i := range d.Paths {
		x := &d.Paths[i]
		n := jsonNewPaths{
			User:     x.User.ID,
			Alone:    pathsJSON(userOf(x), x.Alone),
			Assisted: pathsJSON(userOf(x), x.Assisted),
			Others:   pathsJSON(userOf(x), x.Others),
		}
		if x.From != 0 {
			n.From = x.From.String()
		}
		out = append(out, n)
	}
	return out
}
