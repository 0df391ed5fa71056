package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/diff"
)

// columns is how wide text is wrapped, whatever the terminal: it is read in
// logs as well.
const columns = 80

// DiffText writes a comparison for people: a block a person, then findings.
func DiffText(w io.Writer, d *Diff, style Style) error {
	var b bytes.Buffer
	if d.Note != "" {
		fmt.Fprintf(&b, "note: %s\n\n", Safe(d.Note))
	}
	d.headlines(&b, style)
	for i := range d.People {
		p := &d.People[i]
		fmt.Fprintf(&b, "%s%s\n", style.bold(Safe(p.User().ID)), style.dim(about(p.User())))
		for _, f := range p.Facts {
			fmt.Fprintf(&b, "  ~ %s\n", wrap(Safe(factText(&f)), 4, columns))
			d.causes(&b, f.Causes, style)
		}
		for _, x := range d.blocks(p) {
			d.block(&b, &x, style)
		}
		b.WriteByte('\n')
		if b.Len() > 1<<15 {
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
	}
	d.facts(&b, style)
	d.policyChanges(&b, style)
	d.findings(&b, style)
	fmt.Fprintf(&b, "%s\n", style.bold(d.Sum()))
	_, err := b.WriteTo(w)
	return err
}

var signs = [...]string{diff.Gained: "+", diff.Widened: ">", diff.Narrowed: "<", diff.Lost: "-", diff.ReasonChanged: "~"}

var kindWords = [...]string{diff.Gained: "gains", diff.Widened: "has more", diff.Narrowed: "has less", diff.Lost: "loses", diff.ReasonChanged: "has for another reason"}

// block writes what happens alike: what, on which scopes, why, and where.
func (d *Diff) block(b *bytes.Buffer, x *block, style Style) {
	head := fmt.Sprintf("  %s %s", signs[x.kind], kindWords[x.kind])
	scopes := wrap("on "+strings.Join(x.scopes, ", "), len(head)+1, columns)
	switch {
	case x.kind.More():
		head = style.yellow(head)
	case x.kind.Less():
		head = style.red(head)
	default:
		head = style.dim(head)
	}
	fmt.Fprintf(b, "%s %s\n", head, scopes)
	fmt.Fprintf(b, "      %s\n", wrap(strings.Join(x.items, ", "), 6, columns))
	fmt.Fprintf(b, "      %s\n", wrap(Safe(x.why), 6, columns))
	d.causes(b, x.causes, style)
}

func (d *Diff) causes(b *bytes.Buffer, list []diff.Cause, style Style) {
	for _, c := range list {
		fmt.Fprintf(b, "      %s\n", style.cyan(d.causeText(c)))
	}
}

// headlines name who comes to hold what is most sensitive, before all else.
func (d *Diff) headlines(b *bytes.Buffer, style Style) {
	list := d.Headlines()
	for _, line := range list {
		fmt.Fprintf(b, "%s\n", style.bold(Safe(line)))
	}
	if len(list) > 0 {
		b.WriteByte('\n')
	}
}

// factText is a fact that is otherwise than before.
func factText(f *diff.Fact) string {
	return fmt.Sprintf("%s: %s -> %s", f.What, cmp.Or(f.Before, "none"), cmp.Or(f.After, "none"))
}

// facts are those about scopes and permissions.
func (d *Diff) facts(b *bytes.Buffer, style Style) {
	for i := range d.Facts {
		f := &d.Facts[i]
		fmt.Fprintf(b, "%s %s\n  ~ %s\n", f.About, style.bold(Safe(f.Name)), wrap(Safe(factText(f)), 4, columns))
		d.causes(b, f.Causes, style)
	}
	if len(d.Facts) > 0 {
		b.WriteByte('\n')
	}
}

// wrap breaks text between words; later lines are indented.
func wrap(s string, indent, columns int) string {
	var b strings.Builder
	at := indent
	for i, word := range strings.Fields(s) {
		n := width(word)
		switch {
		case i > 0 && at+1+n > columns:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		case i > 0:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}

func (d *Diff) policyChanges(b *bytes.Buffer, style Style) {
	if len(d.Policy) == 0 {
		return
	}
	fmt.Fprintf(b, "%s\n", style.bold("policy changes"))
	for _, p := range d.Policy {
		fmt.Fprintf(b, "  %s\n", wrap(d.policyText(p), 4, columns))
		if p.Pos.IsValid() {
			fmt.Fprintf(b, "      %s\n", style.cyan(d.causeText(diff.Cause{Base: p.Base, Pos: p.Pos})))
		}
	}
	b.WriteByte('\n')
}

func (d *Diff) findings(b *bytes.Buffer, style Style) {
	for i := range d.New {
		if i == 0 {
			fmt.Fprintf(b, "%s\n", style.bold("findings that this change brings"))
		}
		finding(b, d.NewFiles, &d.New[i], style)
	}
	if len(d.New) > 0 {
		b.WriteByte('\n')
	}
	for i := range d.Fixed {
		if i == 0 {
			fmt.Fprintf(b, "%s\n", style.bold("findings that are gone"))
		}
		x := &d.Fixed[i]
		fmt.Fprintf(b, "  was %s%s %s\n", place(d.files(true).Position(x.Pos)), said(x, "; "), style.dim("["+x.Rule+"]"))
	}
	if len(d.Fixed) > 0 {
		b.WriteByte('\n')
	}
	if n := len(d.New) + len(d.Fixed) + d.Unchanged; n > 0 {
		fmt.Fprintf(b, "findings: %d new, %d gone, %d unchanged\n", len(d.New), len(d.Fixed), d.Unchanged)
	}
}
