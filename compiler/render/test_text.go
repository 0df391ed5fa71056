package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/expect"
	"permc.dev/permc/compiler/policy"
)

// WriteTest writes what became of expectations in one of TestFormats.
func WriteTest(w io.Writer, r *TestReport, format string, style Style) error {
	return withExternal(w, externalOf(r.Policy), format, style, func(w io.Writer) error {
		return writeTest(w, r, format, style)
	}, r, untouched{r.Result.Coverage.Roles.Untouched, r.Result.Coverage.Permissions.Untouched})
}

// untouched are ids of what no expectation touches.
type untouched struct{ Roles, Permissions []string }

func writeTest(w io.Writer, r *TestReport, format string, style Style) error {
	switch format {
	case "json":
		return TestJSON(w, r)
	case "junit":
		return TestJUnit(w, r)
	}
	return TestText(w, r, style)
}

// TestFormats are the output formats of test.
var TestFormats = []string{"text", "json", "junit"}

// TestReport has the outcomes of a project's expectations.
type TestReport struct {
	Policy      *policy.Policy
	Result      *expect.Result
	MinCoverage int // in percent
}

// Shortfall says that the coverage is below the minimum, or "".
func (r *TestReport) Shortfall() string {
	if n := r.covered(); n < r.MinCoverage {
		return fmt.Sprintf("coverage is %d %%, below --min-coverage %d %%", n, r.MinCoverage)
	}
	return ""
}

// covered returns the coverage in percent: 0 without expectations.
func (r *TestReport) covered() int {
	if len(r.Result.Outcomes) == 0 {
		return 0
	}
	return r.Result.Coverage.Percent()
}

func (r *TestReport) summary() string {
	all, failed := len(r.Result.Outcomes), r.Result.Failed()
	return fmt.Sprintf("%d passed, %d failed: %s, as of %s", all-failed, failed, Plural(all, "expectation"),
		r.Policy.AsOf)
}

// TestText writes for people the outcome of each expectation, and the coverage.
func TestText(w io.Writer, r *TestReport, style Style) error {
	var b bytes.Buffer
	if len(r.Result.Outcomes) == 0 {
		_, err := io.WriteString(w,
			"no expectations, so nothing is tested; list under expect who can and cannot do what\n")
		return err
	}
	for i := range r.Result.Outcomes {
		writeOutcome(&b, r.Policy.Files, &r.Result.Outcomes[i], style)
		if b.Len() > 1<<15 {
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
	}
	writeCoverage(&b, r, style)
	summary := style.green(r.summary())
	if r.Result.Failed() > 0 {
		summary = style.red(r.summary())
	}
	b.WriteString("\n" + summary + "\n")
	_, err := b.WriteTo(w)
	return err
}

func writeOutcome(b *bytes.Buffer, files *policy.Files, o *expect.Outcome, style Style) {
	at := files.Position(o.Pos())
	label := style.green("pass")
	if !o.Passed() {
		label = style.red("fail")
	}
	fmt.Fprintf(b, "%s%s: %s\n", style.bold(placePrefix(at)), label, Safe(o.String()))
	if o.Passed() {
		return
	}
	if at.Line > 0 {
		writeSource(b, files.File(o.Pos().File), o.Pos(), at, style, style.red)
	}
	for _, n := range outcomeNotes(files, o) {
		fmt.Fprintf(b, "%s %s %s\n", style.cyan("   ="), style.bold(n[0]+":"), Safe(n[1]))
	}
}

// outcomeNotes says why an expectation fails, each line with its kind.
func outcomeNotes(files *policy.Files, o *expect.Outcome) (notes [][2]string) {
	add := func(kind, text string) { notes = append(notes, [2]string{kind, text}) }
	if o.People == 0 {
		add("note", o.Nobody())
	}
	for i := range o.Misses {
		m := &o.Misses[i]
		for j := range m.Causes {
			c := &m.Causes[j]
			add("fails", fromDay(m.From)+fmt.Sprintf("%q %s", m.User.ID, c.Message))
			for _, s := range listSeen(files, c) {
				add("see", s)
			}
		}
		if m.More > 0 {
			add("note", fmt.Sprintf("%d more for %q", m.More, m.User.ID))
		}
	}
	if n := len(o.Misses); n < o.Failing {
		add("note", fmt.Sprintf("%d of %d people fail; the first %d are listed", o.Failing, o.People, n))
	}
	return notes
}

// fromDay says from which later day something applies.
func fromDay(day policy.Date) string {
	if day == 0 {
		return ""
	}
	return "from " + day.String() + ": "
}

// shownSources limits the sources of a row that are shown.
const shownSources = 5

// listSeen lists the positions of a cause: entries, or the sources of a row.
func listSeen(files *policy.Files, c *expect.Cause) (list []string) {
	for _, rel := range c.See {
		list = append(list, placePrefix(files.Position(rel.Pos))+rel.Message)
	}
	if c.Row == nil {
		return list
	}
	for i := range c.Row.Via {
		if i == shownSources {
			return append(list, fmt.Sprintf("%d more", len(c.Row.Via)-i))
		}
		v := &c.Row.Via[i]
		list = append(list, placePrefix(files.Position(v.Pos))+describeSourceOf(c.Row, v))
	}
	return list
}

// writeCoverage writes how much of the policy is touched, and the rest.
func writeCoverage(b *bytes.Buffer, r *TestReport, style Style) {
	c := &r.Result.Coverage
	parts := []struct {
		name string
		of   *expect.Part
	}{{"roles", &c.Roles}, {"permissions", &c.Permissions}, {"deny rules", &c.Rules}}
	var text []string
	for _, p := range parts {
		if p.of.All == 0 {
			continue
		}
		text = append(text, fmt.Sprintf("%s %d %% (%d of %d)", p.name, p.of.Percent(), p.of.Touched(), p.of.All))
	}
	fmt.Fprintf(b, "\n%s %s\n", style.bold(fmt.Sprintf("coverage %d %%:", r.covered())), strings.Join(text, ", "))
	for _, p := range parts {
		if len(p.of.Untouched) > 0 {
			fmt.Fprintf(b, "  %s\n", wrapText("untouched "+p.name+": "+strings.Join(p.of.Untouched, ", "), 2, 4))
		}
	}
}
