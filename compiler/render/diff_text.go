package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
)

// DiffText writes a comparison for people: a block for each person or for those who change alike, then findings.
func DiffText(w io.Writer, d *Diff, style Style) error {
	var b bytes.Buffer
	if d.Note != "" {
		fmt.Fprintf(&b, "note: %s\n\n", Safe(d.Note))
	}
	d.headlines(&b, style)
	list := d.entries()
	lines := 0
	for i := range list {
		if lines < mostDetailedLines || d.Verbose {
			from := b.Len()
			d.entry(&b, &list[i], style)
			lines += bytes.Count(b.Bytes()[from:], []byte{'\n'})
		} else {
			d.entryInBrief(&b, &list[i], style)
		}
		if b.Len() > 1<<15 {
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
	}
	if lines >= mostDetailedLines && !d.Verbose {
		b.WriteString(style.dim("The gravest changes are shown in full. To see all of them, use -v, or -f json.") +
			"\n\n")
	}
	d.facts(&b, style)
	d.policyChanges(&b, style)
	d.newPaths(&b, style)
	d.owners(&b, style)
	d.findings(&b, style)
	fmt.Fprintf(&b, "%s\n", style.bold(d.Sum()))
	_, err := b.WriteTo(w)
	return err
}

// mostDetailedLines is after how many lines people get a line each. The gravest come first.
const mostDetailedLines = 1000

var signs = [...]string{
	diff.Gained:        "+",
	diff.Widened:       ">",
	diff.Narrowed:      "<",
	diff.Lost:          "-",
	diff.ReasonChanged: "~",
}

var kindWords = [...]string{
	diff.Gained:        "gains",
	diff.Widened:       "has more",
	diff.Narrowed:      "has less",
	diff.Lost:          "loses",
	diff.ReasonChanged: "reason changed",
}

// severalWords are the plural of kindWords.
var severalWords = [...]string{
	diff.Gained:        "gain",
	diff.Widened:       "have more",
	diff.Narrowed:      "have less",
	diff.Lost:          "lose",
	diff.ReasonChanged: "reason changed",
}

// entry writes what changes for somebody, or for several people alike.
func (d *Diff) entry(b *bytes.Buffer, e *entry, style Style) {
	fmt.Fprintf(b, "%s%s\n", style.bold(Safe(d.who(e))), style.dim(e.about()))
	if e.folded() {
		most := mostNamed
		if d.Verbose {
			most = len(e.people)
		}
		fmt.Fprintf(b, "  %s\n", wrapText(Safe(e.names(most)), 2, 2))
	}
	for _, f := range e.people[0].Facts {
		fmt.Fprintf(b, "  ~ %s\n", wrapText(Safe(factText(&f)), 4, 4))
		d.causes(b, f.Causes, style)
		d.more(b, e, style)
	}
	for _, x := range d.blocksOf(e) {
		d.block(b, e, &x, style)
	}
	b.WriteByte('\n')
}

// entryInBrief writes one line for somebody, or for several people alike: how many rows change.
func (d *Diff) entryInBrief(b *bytes.Buffer, e *entry, style Style) {
	var parts []string
	for k, n := range e.counts() {
		if n > 0 {
			parts = append(parts, e.word(diff.Kind(k))+" "+Thousands(n))
		}
	}
	if len(e.people[0].Facts) > 0 {
		parts = append(parts, "attributes or ids changed")
	}
	if len(parts) == 0 {
		parts = append(parts, "roles changed")
	}
	who := Safe(d.who(e))
	if e.folded() {
		who += " (" + Safe(e.names(mostNamed)) + ")"
	}
	fmt.Fprintf(b, "%s: %s\n", style.bold(who), strings.Join(parts, ", "))
}

// block writes one block: permissions, scopes, reason and lines.
func (d *Diff) block(b *bytes.Buffer, e *entry, x *block, style Style) {
	head := fmt.Sprintf("  %s %s", signs[x.kind], e.word(x.kind))
	scopes := wrapText("on "+d.on(x), len(head)+1, len(head)+1)
	switch {
	case x.kind.More():
		head = style.yellow(head)
	case x.kind.Less():
		head = style.red(head)
	default:
		head = style.dim(head)
	}
	fmt.Fprintf(b, "%s %s\n", head, scopes)
	fmt.Fprintf(b, "      %s\n", wrapText(x.itemsText(", "), 6, 6))
	fmt.Fprintf(b, "      %s\n", wrapText(Safe(x.why), 6, 6))
	d.causes(b, x.causes, style)
	d.more(b, e, style)
}

// more says that there are further lines.
func (d *Diff) more(b *bytes.Buffer, e *entry, style Style) {
	if text := e.moreLines(); text != "" {
		fmt.Fprintf(b, "      %s\n", style.cyan(text))
	}
}

func (d *Diff) causes(b *bytes.Buffer, list []diff.Cause, style Style) {
	for _, c := range list {
		fmt.Fprintf(b, "      %s\n", style.cyan(d.causeText(c)))
	}
}

// headlines names first who gains the most sensitive permissions.
func (d *Diff) headlines(b *bytes.Buffer, style Style) {
	list := d.Headlines()
	for _, line := range list {
		fmt.Fprintf(b, "%s\n", style.bold(Safe(line)))
	}
	if len(list) > 0 {
		b.WriteByte('\n')
	}
}

// factText describes a fact that changed.
func factText(f *diff.Fact) string {
	return fmt.Sprintf("%s: %s -> %s", f.What, cmp.Or(f.Before, "none"), cmp.Or(f.After, "none"))
}

// facts writes what changed about scopes and permissions.
func (d *Diff) facts(b *bytes.Buffer, style Style) {
	for i := range d.Facts {
		f := &d.Facts[i]
		fmt.Fprintf(b, "%s %s\n  ~ %s\n", f.About, style.bold(Safe(f.Name)), wrapText(Safe(factText(f)), 4, 4))
		d.causes(b, f.Causes, style)
	}
	if len(d.Facts) > 0 {
		b.WriteByte('\n')
	}
}

func (d *Diff) policyChanges(b *bytes.Buffer, style Style) {
	if len(d.Policy) == 0 {
		return
	}
	fmt.Fprintf(b, "%s\n", style.bold("policy changes"))
	for _, p := range d.Policy {
		fmt.Fprintf(b, "  %s\n", wrapText(d.policyText(p), 4, 4))
		if p.Pos.IsValid() {
			fmt.Fprintf(b, "      %s\n", style.cyan(d.causeText(diff.Cause{Base: p.Base, Pos: p.Pos})))
		}
	}
	b.WriteByte('\n')
}

func (d *Diff) findings(b *bytes.Buffer, style Style) {
	for i := range d.New {
		if i == 0 {
			fmt.Fprintf(b, "%s\n", style.bold("new findings"))
		}
		writeFinding(b, d.NewFiles, &d.New[i], style)
	}
	if len(d.New) > 0 {
		b.WriteByte('\n')
	}
	list, more := d.fixed()
	for i, x := range list {
		if i == 0 {
			fmt.Fprintf(b, "%s\n", style.bold("fixed findings"))
		}
		fmt.Fprintf(b, "  was %s%s %s\n", placePrefix(d.files(true).Position(x.Pos)), messageOf(x, "; "),
			style.dim("["+x.Rule+"]"))
	}
	for _, text := range more {
		fmt.Fprintf(b, "  %s\n", text)
	}
	if len(d.Fixed) > 0 {
		b.WriteByte('\n')
	}
	if n := len(d.New) + len(d.Fixed) + d.Unchanged; n > 0 {
		fmt.Fprintf(b, "findings: %d new, %d fixed, %d unchanged\n", len(d.New), len(d.Fixed), d.Unchanged)
	}
}
