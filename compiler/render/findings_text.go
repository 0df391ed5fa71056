package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/silence/baseline"
)

// Findings are the findings of a project, to be written.
type Findings struct {
	Files    *policy.Files
	Policy   *policy.Policy // nil if the project cannot be evaluated
	AsOf     policy.Date
	Findings []diag.Finding
	Fixed    []baseline.Entry // in the baseline, but not found
	Whole    bool             // no limit: write every finding

	Users   int            // that Policy lacks, because another process has them
	Notes   []diag.Related // about files that people should look at
	Fixable int            // findings that permc fix can fix, if that was tried

	Others *Findings // that a question is not about; they are only counted. nil: it is about all

	// Place returns the path of a file below the top of the repository, by which the services that show findings know
	// it; or nil.
	Place func(name string) string
}

// Summary counts findings. A silenced finding counts only as silenced.
type Summary struct {
	Files      int `json:"files"`
	Users      int `json:"users"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Waived     int `json:"waived"`
	Suppressed int `json:"suppressed"`
	Baseline   int `json:"baseline"`
	Omitted    int `json:"omitted,omitempty"` // findings that are not written
}

// Summary counts the findings.
func (r *Findings) Summary() (s Summary) {
	for _, f := range r.Files.All() {
		if !f.Shipped {
			s.Files++
		}
	}
	if s.Users = r.Users; r.Policy != nil {
		if r.Policy.Others != nil {
			s.Users += r.Policy.Others.Users
		}
		for _, u := range r.Policy.Users {
			if !u.Invited {
				s.Users++
			}
		}
	}
	for i := range r.Findings {
		switch d := &r.Findings[i]; {
		case d.Waiver != nil:
			s.Waived++
		case d.Comment != nil:
			s.Suppressed++
		case d.Baseline:
			s.Baseline++
		case d.Severity == diag.Error:
			s.Errors++
		case d.Severity == diag.Warning:
			s.Warnings++
		}
	}
	return s
}

func (s Summary) String() string {
	text := fmt.Sprintf("%s, %s, %d waived", Plural(s.Errors, "error"), Plural(s.Warnings, "warning"), s.Waived)
	if s.Suppressed > 0 {
		text += fmt.Sprintf(", %d suppressed", s.Suppressed)
	}
	if s.Baseline > 0 {
		text += fmt.Sprintf(", %d in the baseline", s.Baseline)
	}
	return text
}

// FindingsText writes findings for people, each with its line. Those in the baseline are only counted.
func FindingsText(w io.Writer, r *Findings, style Style) error {
	var b bytes.Buffer
	list, omitted := r.written()
	shown, folded := 0, 0
	if !r.Whole {
		folded = foldScopes(list)
	}
	for _, d := range list {
		if d == nil || d.Baseline {
			continue
		}
		if shown++; shown > 1 {
			b.WriteByte('\n')
		}
		writeFinding(&b, r.Files, d, style)
		if b.Len() > 1<<15 {
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
	}
	if r.Others != nil {
		b.WriteString(countOthers(r))
	} else {
		writeSums(&b, r, omitted, folded, style)
	}
	_, err := b.WriteTo(w)
	return err
}

// writeSums writes what follows the findings: how many there are, and what to do next.
func writeSums(b *bytes.Buffer, r *Findings, omitted, folded int, style Style) {
	s := r.Summary()
	if len(r.Findings) > s.Baseline {
		b.WriteByte('\n')
	}
	if text := notListed(omitted); text != "" {
		b.WriteString(text + "\n")
	}
	b.WriteString(foldedText(folded))
	for _, line := range correctionLines(r.Policy) {
		b.WriteString(line + "\n")
	}
	switch {
	case r.Policy == nil:
		if s.Errors >= diag.Most {
			fmt.Fprintf(b, "only the first %d errors are listed; there may be more\n", diag.Most)
		}
		fmt.Fprintf(b, "%s. Fix %s to get a table.\n", style.red(Plural(s.Errors, "error")),
			Choose(s.Errors, "it", "them"))
	case len(r.Findings) == 0:
		fmt.Fprintf(b, "no findings: %s in %s, as of %s\n", Plural(s.Users, "user"), Plural(s.Files, "file"), r.AsOf)
	default:
		fmt.Fprintf(b, "%s: %s in %s, as of %s\n", s, Plural(s.Users, "user"), Plural(s.Files, "file"), r.AsOf)
	}
	if r.Fixable > 0 {
		fmt.Fprintf(b, "%d of %d can be fixed: permc fix --diff\n", r.Fixable, s.Errors+s.Warnings)
	}
}

// countOthers counts the findings that a question is not about, and says where to see them, or returns "".
func countOthers(r *Findings) string {
	s := r.Others.Summary()
	var counts []string
	more := ""
	if len(r.Findings) > 0 {
		more = "more "
	}
	for _, c := range []struct {
		n    int
		what string
	}{{s.Errors, more + "error"}, {s.Warnings, more + "warning"}} {
		if c.n > 0 {
			counts = append(counts, Plural(c.n, c.what))
		}
	}
	text := ""
	if len(counts) > 0 {
		text = strings.Join(counts, ", ") + ": permc check\n"
	}
	if len(r.Findings) > 0 {
		text = "\n" + text
	}
	return text
}

func writeFinding(b *bytes.Buffer, files *policy.Files, d *diag.Finding, style Style) {
	at := files.Position(d.Pos)
	label, paint := "warning", style.yellow
	if d.Severity == diag.Error {
		label, paint = "error", style.red
	}
	if d.Silenced() {
		label, paint = describeSeverity(d), style.dim
	}
	label = paint(label)
	fmt.Fprintf(b, "%s%s: %s %s\n", style.bold(placePrefix(at)), label, style.bold(Safe(d.Message)),
		style.dim("["+d.Rule+"]"))
	line := ""
	if at.Line > 0 {
		line = writeSource(b, files.File(d.Pos.File), d.Pos, at, style, paint)
	}
	note := func(kind, text string) {
		fmt.Fprintf(b, "%s %s %s\n", style.cyan("   ="), style.bold(kind+":"), Safe(text))
	}
	for _, rel := range d.Related {
		note("see", placePrefix(files.Position(rel.Pos))+rel.Message)
	}
	if whom := unnamedSubject(d); whom != "" && !strings.Contains(line, cmp.Or(d.User, d.Group)) {
		note("note", whom)
	}
	for _, n := range d.Notes {
		note("note", n)
	}
	if text := InSystem(d); text != "" {
		note("note", text)
	}
	if how := silencedBy(d); how != "" {
		note(how, whySilenced(d))
	} else if d.Help != "" {
		note("help", d.Help)
	}
}

// unnamedSubject names the user or group of a finding if its message does not.
func unnamedSubject(d *diag.Finding) string {
	whom := cmp.Or(d.User, d.Group)
	switch {
	case whom == "", strings.Contains(d.Message, strconv.Quote(whom)):
		return ""
	case d.User == "":
		return "this is about group " + whom
	}
	return "this is about " + whom
}

// correctionLines lists the corrected cells of a shipped catalog.
func correctionLines(p *policy.Policy) (list []string) {
	if p == nil {
		return nil
	}
	for _, c := range p.Catalog.Corrections {
		about, is := c.What()
		list = append(list, Safe(fmt.Sprintf("correction: %s is %s: %s (%s)", about, is, c.Reason, c.Source)))
	}
	return list
}

// placePrefix returns "file:line:col: ", or less if the position has less.
func placePrefix(p policy.Position) string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return Safe(p.File) + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", Safe(p.File), p.Line, p.Column)
}

// widest limits the columns shown of a source line.
const widest = 100

// writeSource shows the line with carets under the position, and returns the text shown. It cuts a long line around
// the position.
func writeSource(b *bytes.Buffer, f *policy.File, pos policy.Pos, at policy.Position, style Style,
	paint func(string) string) string {
	number := fmt.Sprintf("%5d", at.Line)
	parts, cut := f.Around(pos, policy.MostAround)
	before, marked, after := printSource(parts[0]), printSource(parts[1]), printSource(parts[2])
	if strings.TrimSpace(before+marked+after) == "" {
		return ""
	}
	if most := widest * 2 / 3; cut[0] || textWidth(before) > most {
		before = "…" + lastRunes(before, widest/2)
	}
	switch rest := max(10, widest-textWidth(before)-textWidth(marked)); {
	case cut[1] || textWidth(marked) > widest:
		marked, after = firstRunes(marked, widest)+"…", ""
	case cut[2] || textWidth(after) > rest:
		after = firstRunes(after, rest) + "…"
	}
	fmt.Fprintf(b, "%s %s%s%s\n", style.cyan(number+" |"), before, marked, after)
	carets := "^" + strings.Repeat("~", max(0, textWidth(marked)-1))
	fmt.Fprintf(b, "%s %s%s\n", style.cyan(strings.Repeat(" ", len(number))+" |"),
		strings.Repeat(" ", textWidth(before)), paint(carets))
	return before + marked + after
}

// printSource returns a piece of a source line as printed: a tab is four columns.
func printSource(s string) string {
	return Safe(strings.ReplaceAll(s, "\t", "    "))
}

func firstRunes(s string, n int) string {
	if isPrintable(s) {
		return s[:min(n, len(s))]
	}
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

func lastRunes(s string, n int) string {
	if isPrintable(s) {
		return s[max(0, len(s)-n):]
	}
	r := []rune(s)
	return string(r[max(0, len(r)-n):])
}
