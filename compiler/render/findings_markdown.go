package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// FindingsMarkdown writes findings as a table, without those in the baseline.
func FindingsMarkdown(w io.Writer, r *Findings) error {
	var b strings.Builder
	s := r.Summary()
	fmt.Fprintf(&b, "**%s** as of %s\n", s, r.AsOf)
	if len(r.Findings) > s.Baseline {
		b.WriteString("\n| Severity | Rule | Place | Finding | What to do |\n| --- | --- | --- | --- | --- |\n")
	}
	list, omitted := r.written()
	if !r.Whole {
		foldScopes(list)
	}
	for _, d := range list {
		if d == nil || d.Baseline {
			continue
		}
		at := r.Files.Position(d.Pos)
		where := at.File
		if at.Line > 0 {
			where = fmt.Sprintf("%s:%d", at.File, at.Line)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", describeSeverity(d), cellText(d.Rule), cellText(where),
			cellText(messageOf(d, "; ")), cellText(d.Help))
	}
	if text := notListed(omitted); text != "" {
		fmt.Fprintf(&b, "\n%s\n", text)
	}
	lines := correctionLines(r.Policy)
	for _, n := range r.Notes {
		lines = append(lines, "note: "+NoteText(r.Files, n))
	}
	for i, line := range lines {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "- %s\n", cellText(line))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tableMarkdown writes the table as one Markdown table.
type tableMarkdown struct{ *Table }

func (t tableMarkdown) head(b []byte) []byte {
	more := [2]string{}
	if len(t.Policy.External) > 0 {
		more = [2]string{" " + externalTitle + " |", " --- |"}
	}
	b = append(append(b, "| User | Affiliation | Status | Scope | Permission | Actions | Withheld | Access | "+
		"Conditions |"+
		" Through | Until |"...), more[0]...)
	b = append(b, "\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"...)
	return append(append(b, more[1]...), '\n')
}

func (t tableMarkdown) rows(b []byte, rows []policy.Row) []byte { return t.worker()(b, rows) }

// worker returns a function that appends rows. Each goroutine needs its own.
func (t tableMarkdown) worker() func(b []byte, rows []policy.Row) []byte {
	c := newCellWriter()
	return func(b []byte, rows []policy.Row) []byte {
		for i := range rows {
			b = t.row(b, c, &rows[i])
		}
		return b
	}
}

func (t tableMarkdown) row(b []byte, c *cellWriter, r *policy.Row) []byte {
	var withheld []string
	for _, w := range r.Withheld {
		withheld = append(withheld, fmt.Sprintf("%s (%s)", w.Action, w.Rule.ID))
	}
	for _, cell := range [...]string{c.text(r.User.ID), c.text(r.User.Affiliation), r.User.Status(),
		c.text(r.Scope.Path), c.text(r.Permission.ID), c.text(policy.JoinNames(r.Permission.Names(r.Actions), ", ")),
		c.text(strings.Join(withheld, ", ")), NameAccess(r), c.text(strings.Join(r.Permission.ConditionIDs, ", ")),
		c.text(strings.Join(t.vias(r), "; ")), r.Ends.String()} {
		b = append(append(append(b, "| "...), cell...), ' ')
	}
	if len(t.Policy.External) > 0 {
		b = append(append(append(b, "| "...), c.text(DescribeExternal(r))...), ' ')
	}
	return append(b, "|\n"...)
}

func (t tableMarkdown) tail(b []byte) []byte {
	for i, line := range correctionLines(t.Policy) {
		if i == 0 {
			b = append(b, '\n')
		}
		b = fmt.Appendf(b, "- %s\n", cellText(line))
	}
	return b
}
