package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// BrokenBase is the answer of diff where the base cannot be evaluated: nothing was compared.
type BrokenBase struct {
	Name     string
	Findings *Findings // of the base; their places are not in the change
}

// WriteBrokenBase says in the formats that reviewers read, github and markdown, that nothing was compared and why. The
// other formats hold a comparison, and get nothing.
func WriteBrokenBase(w io.Writer, b *BrokenBase, format string, with With) error {
	switch format {
	case "markdown":
		_, err := io.WriteString(w, b.markdown())
		return err
	case "github":
		return with.Summary(func(summary *JobSummary) error { return b.github(w, summary) })
	}
	return nil
}

const brokenHelp = "correct the base first; if this change does that, review its lines, and the next change is " +
	"compared again"

// github writes one annotation without a line: the change does not have the lines of the base.
func (b *BrokenBase) github(w io.Writer, summary *JobSummary) error {
	a := annotations{}
	text := fmt.Sprintf("the base %s cannot be evaluated, so nothing was compared", b.Name)
	if list := b.errors(); len(list) > 0 {
		text += fmt.Sprintf(": %s: %s", b.place(list[0]), messageOf(list[0], "; "))
	}
	a.add("error", policy.Position{}, "permc diff", text+"; help: "+brokenHelp)
	if err := a.write(w, "the job summary lists all"); err != nil || summary == nil {
		return err
	}
	_, err := io.WriteString(summary, atMost(b.markdown(), summary.Room))
	return err
}

func (b *BrokenBase) markdown() string {
	const most = 10
	var s strings.Builder
	s.WriteString(marker)
	fmt.Fprintf(&s, "### Access change: not compared\n\nThe base %s cannot be evaluated.\n\n", cellText(b.Name))
	list := b.errors()
	for _, d := range list[:min(len(list), most)] {
		fmt.Fprintf(&s, "- %s: %s\n", cellText(b.place(d)), cellText(messageOf(d, "; ")))
	}
	if n := len(list) - most; n > 0 {
		fmt.Fprintf(&s, "- %d more: see the log\n", n)
	}
	fmt.Fprintf(&s, "\nHelp: %s.\n", brokenHelp)
	return s.String()
}

// errors returns what stops the base.
func (b *BrokenBase) errors() (list []*diag.Finding) {
	for i := range b.Findings.Findings {
		if d := &b.Findings.Findings[i]; d.Severity == diag.Error {
			list = append(list, d)
		}
	}
	return list
}

// place returns the place of a finding in the base.
func (b *BrokenBase) place(d *diag.Finding) string {
	at := b.Findings.Files.Position(d.Pos)
	if at.File == "" {
		return b.Name
	}
	return fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
}
