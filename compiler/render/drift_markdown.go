package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/ask/drift"
)

// driftMarker is the line by which a bot finds its earlier issue or comment.
const driftMarker = "<!-- permc drift -->\n"

// driftTitles are the headings of the classes.
var driftTitles = map[drift.Class]string{
	drift.Extra:     "There, and not declared",
	drift.Kept:      "Ended, and still there",
	drift.Missing:   "Declared, and not there",
	drift.Early:     "There before its first day",
	drift.Differs:   "Different there",
	drift.Off:       "Disabled on one side",
	drift.Unmatched: "Names that fit nothing",
	drift.Ambiguous: "Names that fit several things",
}

// DriftTitle says what the differences of a class are.
func DriftTitle(c drift.Class) string { return driftTitles[c] }

// DriftMarkdown writes what differs as an issue or comment. It cuts a long one and says how much is missing.
func DriftMarkdown(w io.Writer, d *drift.Drift) error {
	var b strings.Builder
	b.WriteString(driftMarker)
	fmt.Fprintf(&b, "### Drift: %s\n\n", cellText(SumDrift(d)))
	var tail strings.Builder
	for _, line := range CoverageLines(d) {
		if tail.Len() < longestComment/8 {
			fmt.Fprintf(&tail, "- %s\n", cellText(line))
		}
	}
	left := longestComment - 1 - utf8.RuneCountInString(b.String()) - utf8.RuneCountInString(tail.String())
	const room = 100 // for how much is missing
	cut := 0
	for _, c := range drift.Classes {
		text, more := driftSection(d, c, left-room)
		left -= utf8.RuneCountInString(text)
		b.WriteString(text)
		cut += more
	}
	if cut > 0 {
		fmt.Fprintf(&b, "…and %s more; the text format lists all.\n\n", Thousands(cut))
	}
	b.WriteString(tail.String())
	_, err := io.WriteString(w, b.String())
	return err
}

// driftSection writes the items of a class into some characters, and returns how many did not fit.
func driftSection(d *drift.Drift, c drift.Class, most int) (text string, cut int) {
	var b strings.Builder
	n := d.Count(c)
	if n == 0 {
		return "", 0
	}
	fmt.Fprintf(&b, "**%s** (%s, `%s`)\n\n", driftTitles[c], Thousands(n), c)
	size := utf8.RuneCountInString(b.String())
	if size > most {
		return "", n
	}
	for i := range d.Items {
		x := &d.Items[i]
		if x.Class != c {
			continue
		}
		line := "- " + cellText(driftLine(d, x)) + "\n"
		if size += utf8.RuneCountInString(line); size > most {
			cut++
			continue
		}
		b.WriteString(line)
	}
	b.WriteByte('\n')
	return b.String(), cut
}

// driftMessage says what differs and what it is worth.
func driftMessage(x *drift.Item) string {
	text := x.Message
	if x.Worth != nil {
		text += "; gives " + SumWorth(x.Worth)
		for i := range x.Worth.Breaks {
			text += "; breaks " + x.Worth.Breaks[i].Rule
		}
	}
	return text
}

// driftLine says in one line what differs, what it is worth and where it is.
func driftLine(d *drift.Drift, x *drift.Item) string {
	text := driftMessage(x)
	at := d.Policy.Files.Position(x.Pos)
	if at.Line == 0 {
		at = d.Position(x)
	}
	if at.Line > 0 {
		text += fmt.Sprintf(" (%s:%d)", at.File, at.Line)
	}
	return text
}
