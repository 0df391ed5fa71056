package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/catalogdiff"
)

// text writes a comparison for people: a block for each role, then one for each kind
// of item.
func (d *CatalogDiff) text(w io.Writer, style Style) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", style.bold(Safe(d.OldName+" -> "+d.NewName)))
	for _, x := range d.news() {
		fmt.Fprintf(&b, "  %s  %s\n", Safe(x.Date), wrapText(Safe(x.What), 14, 14))
	}
	b.WriteByte('\n')
	list := d.sections()
	for i := range list {
		s := &list[i]
		fmt.Fprintf(&b, "%s\n", style.bold(Safe(s.title)))
		for j := range s.lines {
			d.line(&b, &s.lines[j], style)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s\n", style.bold(wrapText(Safe(d.sum()), 0, 2)))
	_, err := io.WriteString(w, b.String())
	return err
}

// line writes what happens alike: what, to which items, and what it was and is.
func (d *CatalogDiff) line(b *strings.Builder, x *catalogLine, style Style) {
	head := catalogSigns[x.how] + " " + x.verb()
	if x.tag != "" {
		head += " [" + x.tag + "]"
	}
	at := 3 + textWidth(head)
	switch {
	case x.how <= catalogdiff.Widened:
		head = style.yellow(head)
	case x.how == catalogdiff.Narrowed || x.how == catalogdiff.Removed:
		head = style.red(head)
	}
	about := x.why
	if sure := x.sureText(); sure != "" {
		about += " (" + sure + ")"
	}
	items := x.items(d.Verbose)
	if !x.cells && len(items) == 1 {
		text := strings.TrimSpace(items[0])
		if about != "" {
			text = strings.TrimPrefix(text+": "+about, ": ")
		}
		fmt.Fprintf(b, "  %s %s\n", head, wrapText(Safe(text), at, 6))
		return
	}
	if about == "" {
		fmt.Fprintf(b, "  %s\n", head)
	} else {
		fmt.Fprintf(b, "  %s: %s\n", head, wrapText(Safe(strings.TrimSpace(about)), at+1, 6))
	}
	for _, item := range items {
		fmt.Fprintf(b, "      %s\n", wrapText(Safe(item), 6, 8))
	}
}

// markdown writes the same as a comment.
func (d *CatalogDiff) markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s\n", cellText(d.OldName+" -> "+d.NewName), cellText(d.sum()))
	for _, x := range d.news() {
		fmt.Fprintf(&b, "\n> %s: %s\n", cellText(x.Date), cellText(x.What))
	}
	list := d.sections()
	for i := range list {
		s := &list[i]
		fmt.Fprintf(&b, "\n#### %s\n\n", cellText(s.title))
		for j := range s.lines {
			x := &s.lines[j]
			head := "**" + x.verb() + "**"
			if x.tag != "" {
				head += " \\[" + x.tag + "\\]"
			}
			about := x.why
			if sure := x.sureText(); sure != "" {
				about += " (" + sure + ")"
			}
			if text := strings.Join(x.items(d.Verbose), "; "); text != "" {
				head += " " + cellText(text)
			}
			if about != "" {
				head += ": " + cellText(strings.TrimSpace(about))
			}
			fmt.Fprintf(&b, "- %s\n", head)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
