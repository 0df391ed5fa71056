package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// marker is the line by which a bot finds its earlier comment.
const marker = "<!-- permc diff -->\n"

// longestComment limits the characters of a comment on GitHub.
const longestComment = 65_536

// DiffMarkdown writes a comparison as a comment on a pull request. It cuts a long comment and says how much is
// missing.
func DiffMarkdown(w io.Writer, d *Diff) error {
	_, err := io.WriteString(w, d.markdown(longestComment-1))
	return err
}

// section is a part of the comment that can be cut between its pieces; the gravest come first.
type section struct {
	head, tail string
	n          int
	piece      func(i int) string
	least      func(i int) int // how many characters a piece has at least, or nil
	people     func(i int) int // how many people a piece is about, or nil: one
	more       string          // text for the pieces cut, with %d
}

// comment returns the comparison without the names in the system, in at most so many characters.
func (d *Diff) comment(most int) string {
	var b strings.Builder
	b.WriteString(marker)
	fmt.Fprintf(&b, "### %s\n\n", cellText(d.Sum()))
	if d.Note != "" {
		fmt.Fprintf(&b, "> %s\n\n", cellText(d.Note))
	}
	for _, h := range d.Hits {
		fmt.Fprintf(&b, "- **Blocked** by `%s`: %s\n", strings.ReplaceAll(Safe(h.Gate), "`", "'"), cellText(h.Message))
	}
	if len(d.Hits) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(d.headlineSection().text(most / 8))
	left := most - utf8.RuneCountInString(b.String())
	list := d.entries()
	sections := []section{
		d.ownersSection(), d.pathsSection(), d.peopleSection(list), d.newSection(), d.fixedSection(), d.policySection(),
		d.factSection(), d.detailsSection(list),
	}
	for i := range sections {
		share := left // leaves room for findings and policy
		if i <= 2 {
			share = left / 2
		}
		text := sections[i].text(share)
		left -= utf8.RuneCountInString(text)
		b.WriteString(text)
	}
	return b.String()
}

// text returns the section with the pieces that fit. It skips a piece that is too long and goes on with the next.
func (s section) text(room int) string {
	if s.n == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(s.head)
	room -= utf8.RuneCountInString(s.head+s.tail) + len(s.more) + 12
	if room < 0 {
		return ""
	}
	left := 0
	for i := range s.n {
		if s.least == nil || s.least(i) <= room {
			p := s.piece(i)
			if n := utf8.RuneCountInString(p); n <= room {
				room -= n
				b.WriteString(p)
				continue
			}
		}
		if s.people != nil {
			left += s.people(i)
		} else {
			left++
		}
	}
	b.WriteString(s.tail)
	if left > 0 {
		fmt.Fprintf(&b, s.more, left)
	}
	return b.String()
}

// fixedPieces are pieces that are written already.
func (s *section) fixedPieces(pieces []string) {
	s.n, s.piece = len(pieces), func(i int) string { return pieces[i] }
}

// plainLength counts the letters and digits of a text: they stay in Markdown,
// whatever else becomes longer or is trimmed.
func plainLength(s string) (n int) {
	for i := range min(len(s), policy.LongestName) {
		if c := s[i]; '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' {
			n++
		}
	}
	return n
}

func (d *Diff) headlineSection() section {
	s := section{tail: "\n", more: "- …and %d more\n\n"}
	var pieces []string
	for _, line := range d.Headlines() {
		pieces = append(pieces, "- "+cellText(line)+"\n")
	}
	s.fixedPieces(pieces)
	return s
}

func (d *Diff) factSection() section {
	return section{head: "**Changed facts**\n\n", tail: "\n", more: "- …and %d more\n\n", n: len(d.Facts),
		piece: func(i int) string {
			f := &d.Facts[i]
			return "- " + cellText(aboutFact(f)) + ": " + strings.Join(d.causesMarkdown(f.Causes), ", ") + "\n"
		}}
}

func (d *Diff) peopleSection(list []entry) section {
	const row = "| %s | %s | %s | %s | %s | %s |\n"
	return section{
		head: "| Person | Gains | More | Less | Loses | Reason changed |\n| --- | --: | --: | --: | --: | --: |\n",
		tail: "\n", more: "…and %d more people.\n\n",
		n: len(list), people: func(i int) int { return len(list[i].people) },
		piece: func(i int) string {
			e := &list[i]
			n := e.counts()
			return fmt.Sprintf(row, cellText(d.each(e)),
				countOrBlank(n[diff.Gained]), countOrBlank(n[diff.Widened]), countOrBlank(n[diff.Narrowed]),
				countOrBlank(n[diff.Lost]), countOrBlank(n[diff.ReasonChanged]))
		},
		least: func(i int) int { return len(row) - len("%s")*6 + list[i].leastName() },
	}
}

// leastName counts how many characters the name of an entry takes at least.
func (e *entry) leastName() int {
	if e.folded() {
		return len("3 people")
	}
	return plainLength(e.people[0].User().ID)
}

func countOrBlank(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (d *Diff) detailsSection(list []entry) section {
	return section{
		more: "\n…and the details of %d more people.\n",
		n:    len(list), people: func(i int) int { return len(list[i].people) },
		piece: func(i int) string { return d.details(&list[i]) },
		least: func(i int) int { return list[i].leastDetails() },
	}
}

// leastDetails counts how many characters the details of an entry take at least: each
// kind of change has a line, and each permission is named.
func (e *entry) leastDetails() int {
	n := len("<details><summary></summary>\n\n\n</details>\n") + e.leastName()
	for k, rows := range e.counts() {
		if rows > 0 {
			n += len("- **** on : <br>\n") + len(e.word(diff.Kind(k)))
		}
	}
	lost := 0
	for _, x := range e.people[0].Effects {
		if x.More {
			n += plainLength(x.Permission.ID)
		} else { // of either side, so that it may be the same one twice
			lost += plainLength(x.Permission.ID)
		}
	}
	return n + lost/2
}

// mostInComment limits the names of people who change alike in a comment.
const mostInComment = 100

// details writes the changes of an entry as a folded block.
func (d *Diff) details(e *entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n",
		htmlText(Short(d.who(e))+strings.TrimRight(" — "+Short(strings.TrimSpace(e.about())), " —")))
	if e.folded() {
		fmt.Fprintf(&b, "<details><summary>Who</summary>\n\n%s\n\n</details>\n\n", cellText(e.names(mostInComment)))
	}
	for _, f := range e.people[0].Facts {
		fmt.Fprintf(&b, "- %s<br>%s\n", cellText(factText(&f)), strings.Join(d.causesMarkdown(f.Causes), ", "))
	}
	for _, x := range d.blocksOf(e) {
		at := d.causesMarkdown(x.causes)
		if more := e.moreLines(); more != "" {
			at = append(at, more)
		}
		sep := " "
		if x.kind == diff.ReasonChanged {
			sep = ": "
		}
		fmt.Fprintf(&b, "- **%s**%s%s on %s: %s<br>%s\n", e.word(x.kind), sep, cellText(x.itemsText(", ")),
			cellText(d.on(&x)),
			cellText(x.why), strings.Join(at, "<br>"))
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// causesMarkdown returns the positions of causes, linked to their lines if there is an address.
func (d *Diff) causesMarkdown(list []diff.Cause) (out []string) {
	for _, c := range list {
		out = append(out, d.causeMarkdown(c))
	}
	return out
}

func (d *Diff) causeMarkdown(c diff.Cause) string {
	url := d.Links.to(c.Base, d.files(c.Base), c.Pos)
	if url == "" {
		return cellText(d.causeText(c))
	}
	lead, at, why := d.causeParts(c)
	text := lead + "[" + cellText(at) + "](" + url + ")"
	if why != "" {
		text += " " + cellText(why)
	}
	return text
}

func (d *Diff) newSection() section {
	return section{head: "**New findings**\n\n", tail: "\n", more: "- …and %d more\n\n", n: len(d.New),
		piece: func(i int) string { return d.newFinding(&d.New[i]) },
		least: func(i int) int { return len("- :  ()\n") + plainLength(d.New[i].Rule) + plainLength(d.New[i].Message) },
	}
}

// newFinding writes a new finding as an item of a list.
func (d *Diff) newFinding(x *diag.Finding) string {
	line := fmt.Sprintf("- %s: %s (%s)", describeSeverity(x), cellText(messageOf(x, "; ")), cellText(x.Rule))
	if at := placePrefix(d.NewFiles.Position(x.Pos)); at != "" {
		at = cellText(strings.TrimSuffix(at, ": "))
		if url := d.Links.to(false, d.NewFiles, x.Pos); url != "" && d.NewFiles == d.Head.Files {
			at = "[" + at + "](" + url + ")"
		}
		line += " at " + at
	}
	return line + "\n"
}

func (d *Diff) fixedSection() section {
	s := section{head: "**Fixed findings**\n\n", tail: "\n", more: "- …and %d more\n\n"}
	list, more := d.fixed()
	var pieces []string
	for _, x := range list {
		pieces = append(pieces, fmt.Sprintf("- %s (%s)\n", cellText(messageOf(x, "; ")), cellText(x.Rule)))
	}
	for _, text := range more {
		pieces = append(pieces, "- …"+cellText(text)+"\n")
	}
	s.fixedPieces(pieces)
	return s
}

func (d *Diff) policySection() section {
	s := section{head: "**Policy changes**: they do not apply to this change yet\n\n", tail: "\n",
		more: "- …and %d more\n\n"}
	var pieces []string
	for _, p := range d.Policy {
		line := cellText(d.policyText(p))
		if p.Pos.IsValid() {
			line += ": " + d.causeMarkdown(diff.Cause{Base: p.Base, Pos: p.Pos})
		}
		pieces = append(pieces, "- "+line+"\n")
	}
	s.fixedPieces(pieces)
	return s
}
