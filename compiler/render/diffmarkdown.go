package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/diff"
)

// marker is the line by which a bot finds the comment that it wrote before.
const marker = "<!-- permc diff -->\n"

// longestComment is how many characters a comment may have on GitHub.
const longestComment = 65_536

// DiffMarkdown writes a comparison as a comment on a pull request: short enough
// for one, and where something had to be left out, it says how much.
func DiffMarkdown(w io.Writer, d *Diff) error {
	_, err := io.WriteString(w, d.markdown(longestComment-1))
	return err
}

// section is a part of the comment that can be cut between its pieces.
type section struct {
	head, tail string
	pieces     []string
	more       string // what is said of those left out, with %d
}

func (d *Diff) markdown(most int) string {
	var b strings.Builder
	b.WriteString(marker)
	fmt.Fprintf(&b, "### Access: %s\n\n", cellText(d.Sum()))
	if d.Note != "" {
		fmt.Fprintf(&b, "> %s\n\n", cellText(d.Note))
	}
	for _, h := range d.Hits {
		fmt.Fprintf(&b, "- **refused** by `%s`: %s\n", strings.ReplaceAll(Safe(h.Gate), "`", "'"), cellText(h.Message))
	}
	if len(d.Hits) > 0 {
		b.WriteByte('\n')
	}
	left := most - utf8.RuneCountInString(b.String())
	sections := []section{d.peopleSection(), d.newSection(), d.fixedSection(), d.policySection(), d.detailsSection()}
	for i := range sections {
		share := left // findings and policy keep a part of the room
		if i == 0 {
			share = left / 2
		}
		text := sections[i].fit(share)
		left -= utf8.RuneCountInString(text)
		b.WriteString(text)
	}
	return b.String()
}

// fit is the section with as many pieces as there is room for.
func (s *section) fit(room int) string {
	if len(s.pieces) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(s.head)
	room -= utf8.RuneCountInString(s.head+s.tail) + len(s.more) + 12
	if room < 0 {
		return ""
	}
	for i, p := range s.pieces {
		n := utf8.RuneCountInString(p)
		if n > room {
			b.WriteString(s.tail)
			fmt.Fprintf(&b, s.more, len(s.pieces)-i)
			return b.String()
		}
		room -= n
		b.WriteString(p)
	}
	b.WriteString(s.tail)
	return b.String()
}

func (d *Diff) peopleSection() section {
	s := section{
		head: "| Person | Gains | More | Less | Loses | Other reason |\n| --- | --: | --: | --: | --: | --: |\n",
		tail: "\n", more: "…and %d more people.\n\n",
	}
	for _, p := range d.people() {
		n := p.counts()
		s.pieces = append(s.pieces, fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", cellText(p.user.ID),
			some(n[diff.Gained]), some(n[diff.Widened]), some(n[diff.Narrowed]), some(n[diff.Lost]), some(n[diff.ReasonChanged])))
	}
	return s
}

func some(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (d *Diff) detailsSection() section {
	s := section{more: "\n…and the details of %d more people.\n"}
	for _, p := range d.people() {
		var b strings.Builder
		fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n", htmlText(p.user.ID+strings.TrimRight(" — "+strings.TrimSpace(about(p.user)), " —")))
		for _, x := range p.blocks() {
			var at []string
			for _, c := range x.causes {
				at = append(at, cellText(d.causeText(c)))
			}
			fmt.Fprintf(&b, "- **%s** %s on %s: %s<br>%s\n", kindWords[x.kind], cellText(strings.Join(x.items, ", ")), cellText(strings.Join(x.scopes, ", ")),
				cellText(x.why), strings.Join(at, "<br>"))
		}
		b.WriteString("\n</details>\n")
		s.pieces = append(s.pieces, b.String())
	}
	return s
}

func (d *Diff) newSection() section {
	s := section{head: "**New findings**\n\n", tail: "\n", more: "- …and %d more\n\n"}
	for i := range d.New {
		x := &d.New[i]
		line := fmt.Sprintf("- %s: %s (%s)", severityOf(x), cellText(said(x, "; ")), cellText(x.Rule))
		if at := place(d.NewFiles.Position(x.Pos)); at != "" {
			line += " at " + cellText(strings.TrimSuffix(at, ": "))
		}
		s.pieces = append(s.pieces, line+"\n")
	}
	return s
}

func (d *Diff) fixedSection() section {
	s := section{head: "**Findings that are gone**\n\n", tail: "\n", more: "- …and %d more\n\n"}
	for i := range d.Fixed {
		x := &d.Fixed[i]
		s.pieces = append(s.pieces, fmt.Sprintf("- %s (%s)\n", cellText(said(x, "; ")), cellText(x.Rule)))
	}
	return s
}

func (d *Diff) policySection() section {
	s := section{head: "**Policy changes**: this change is judged by what was there before\n\n", tail: "\n", more: "- …and %d more\n\n"}
	for _, p := range d.Policy {
		line := cellText(d.policyText(p))
		if p.Pos.IsValid() {
			line += ": " + cellText(d.causeText(diff.Cause{Base: p.Base, Pos: p.Pos}))
		}
		s.pieces = append(s.pieces, "- "+line+"\n")
	}
	return s
}
