package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/drift"
)

// DriftGitHub writes what differs as workflow commands, and as the job summary if there is one.
func DriftGitHub(w io.Writer, summary *JobSummary, d *drift.Drift) error {
	a := annotations{}
	for i := range d.Items {
		x := &d.Items[i]
		if a.full(driftLevel(x)) {
			continue
		}
		text := driftMessage(x)
		if x.Help != "" {
			text += "; " + x.Help
		}
		if !x.Pos.IsValid() {
			if at := d.Position(x); at.Line > 0 {
				text += fmt.Sprintf(" (%s:%d)", at.File, at.Line)
			}
		}
		a.add(driftLevel(x), d.Policy.Files.Position(x.Pos), string(x.Class), text)
	}
	rest := "permc drift -f json lists all"
	if summary != nil {
		rest = "the job summary lists more"
	}
	if err := a.write(w, rest); err != nil || summary == nil {
		return err
	}
	var b strings.Builder
	if err := DriftMarkdown(&b, d); err != nil {
		return err
	}
	_, err := io.WriteString(summary, atMost(b.String(), summary.Room))
	return err
}
