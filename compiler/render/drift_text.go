package render

import (
	"bytes"
	"fmt"
	"io"

	"permc.dev/permc/compiler/ask/drift"
)

// DriftText writes what differs for people.
func DriftText(w io.Writer, d *drift.Drift, style Style) error {
	var b bytes.Buffer
	for i := range d.Items {
		driftItem(&b, d, &d.Items[i], style)
		if b.Len() > 1<<15 {
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
	}
	if len(d.Items) > 0 {
		b.WriteByte('\n')
	}
	for _, line := range CoverageLines(d) {
		fmt.Fprintln(&b, Safe(line))
	}
	fmt.Fprintln(&b, SumDrift(d))
	_, err := b.WriteTo(w)
	return err
}

func driftItem(b *bytes.Buffer, d *drift.Drift, x *drift.Item, style Style) {
	here, there := d.Policy.Files.Position(x.Pos), d.Position(x)
	at := here
	if at.Line == 0 {
		at = there
	}
	label := style.yellow("warning")
	if driftLevel(x) == "error" {
		label = style.red("error")
	}
	fmt.Fprintf(b, "%s%s: %s %s\n", style.bold(placePrefix(at)), label, style.bold(Safe(x.Message)),
		style.dim("["+string(x.Class)+"]"))
	if here.Line > 0 {
		writeSource(b, d.Policy.Files.File(x.Pos.File), x.Pos, here, style, style.cyan)
	}
	note := func(kind, text string) {
		fmt.Fprintf(b, "%s %s %s\n", style.cyan("   ="), style.bold(kind+":"), Safe(text))
	}
	if here.Line > 0 && there.Line > 0 {
		note("there", fmt.Sprintf("%s:%d", there.File, there.Line))
	}
	if x.Worth != nil {
		note("gives", SumWorth(x.Worth))
		for i := range x.Worth.Breaks {
			note("breaks", x.Worth.Breaks[i].Rule+": "+x.Worth.Breaks[i].Message)
		}
	}
	if x.Help != "" {
		note("help", x.Help)
	}
}
