package render

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Review is the answer to a filled sheet.
type Review struct {
	*review.Outcome
	Policy *policy.Policy
	Sheet  string         // its name
	New    []diag.Finding // findings that the changes bring
	Stops  []diag.Finding // why there is no table after the changes

	Confirms, Outdated int // reviews that the changes add and remove
}

// WriteReview writes what a filled sheet asks for in one of ReviewFormats.
func WriteReview(w io.Writer, r *Review, format string, style Style) error {
	return withExternal(w, externalOf(r.Policy), format, style, func(w io.Writer) error {
		return writeReview(w, r, format, style)
	}, r)
}

func writeReview(w io.Writer, r *Review, format string, style Style) error {
	if format == "json" {
		return ReviewJSON(w, r)
	}
	return ReviewText(w, r, style)
}

// ReviewFormats are the output formats of review.
var ReviewFormats = []string{"text", "json"}

// Errors counts errors and warnings: contradictions, open rows, and unwanted effects of the changes.
func (r *Review) Errors() (errors, warnings int) {
	for i := range r.Problems {
		if r.Problems[i].Warning {
			warnings++
		} else {
			errors++
		}
	}
	for _, list := range [...][]diag.Finding{r.New, r.Stops} {
		for i := range list {
			switch {
			case list[i].Silenced():
			case list[i].Severity == diag.Error:
				errors++
			default:
				warnings++
			}
		}
	}
	return errors, warnings
}

// mostRefs limits the users and scopes in a line of text.
const mostRefs = 6

// mostProblems limits the listed problems of one kind.
const mostProblems = 20

// ReviewText writes a review for people.
func ReviewText(w io.Writer, r *Review, style Style) error {
	var b bytes.Buffer
	for _, l := range r.Lines {
		r.line(&b, l, style)
	}
	r.stays(&b, style)
	r.gained(&b, style)
	r.after(&b, style)
	r.problems(&b, style)
	for _, line := range r.summary() {
		fmt.Fprintln(&b, line)
	}
	_, err := b.WriteTo(w)
	return err
}

// ReviewProblems writes why the changes that a sheet asks for are not made.
func ReviewProblems(w io.Writer, r *Review, style Style) error {
	var b bytes.Buffer
	if len(r.Stops) > 0 {
		r.after(&b, style)
	}
	for _, l := range r.Lines {
		if l.Shared || Beyond(l) {
			r.line(&b, l, style)
		}
	}
	r.stays(&b, style)
	r.problems(&b, style)
	_, err := b.WriteTo(w)
	return err
}

// Refused counts why the changes are not to be made: errors of the sheet, and lines that change more than it decides.
func (r *Review) Refused() (n int) {
	for i := range r.Problems {
		if !r.Problems[i].Warning {
			n++
		}
	}
	for _, l := range r.Lines {
		if l.Shared || Beyond(l) {
			n++
		}
	}
	return n
}

// Beyond reports whether a line would remove what the sheet does not decide about.
func Beyond(l *review.Line) bool { return len(l.Unlisted)+len(l.Others) > 0 }

func (r *Review) line(b *bytes.Buffer, l *review.Line, style Style) {
	files := r.Policy.Files
	at := files.Position(l.Pos)
	fmt.Fprintf(b, "%s%s\n", style.bold(placePrefix(at)), style.bold(Safe(lineWords(l))))
	if at.Line > 0 {
		writeSource(b, files.File(l.Pos.File), l.Pos, at, style, style.red)
	}
	note := func(kind string, refs []review.Ref, whose bool) {
		if len(refs) > 0 {
			fmt.Fprintf(b, "%s %s %s\n", style.cyan("   ="), style.bold(kind+":"), rowWords(refs, whose))
		}
	}
	own := l.User != nil && l.Kind != review.DropGroupEntry && !l.Shared
	note("removes", l.Asked, !own)
	if text := decidedBy(append(l.Asked[:len(l.Asked):len(l.Asked)], review.Ref{By: l.By, Date: l.Date})); text != "" {
		fmt.Fprintf(b, "%s %s %s\n", style.cyan("   ="), style.bold("decided:"), Safe(text))
	}
	note("also removes, marked Keep", l.Kept, !own)
	note("also removes, undecided", l.Undecided, !own)
	note("also removes, not on the sheet", l.Unlisted, !own)
	note("removes from others", l.Others, true)
	note("expire earlier", l.Ends, !own)
	note("remain, through another line", l.Stays, !own)
	if l.Shared {
		fmt.Fprintf(b, "%s %s %s\n", style.cyan("   ="), style.bold("note:"),
			"several people get access from this place: edit it here, or where it is used")
	}
	b.WriteByte('\n')
}

// lineWords says how to change a line.
func lineWords(l *review.Line) string {
	what := ""
	switch {
	case l.Role != nil:
		what = fmt.Sprintf("the assignment of %q on %q", l.Role.ID, l.Scope.Path)
	case l.Permission != nil:
		what = fmt.Sprintf("the grant of %q on %q", l.Permission.ID, l.Scope.Path)
	}
	switch l.Kind {
	case review.LeaveGroup:
		if l.Inner != nil {
			return fmt.Sprintf("take group %q out of group %q", l.Inner.ID, l.Group.ID)
		}
		return fmt.Sprintf("take %s out of group %q", diag.Quote(l.User.ID), l.Group.ID)
	case review.DropGroupEntry:
		return fmt.Sprintf("delete %s of group %q", what, l.Group.ID)
	}
	return fmt.Sprintf("delete %s of %s", what, diag.Quote(l.User.ID))
}

// decidedBy says who decided about rows, and when.
func decidedBy(refs []review.Ref) string {
	var list []string
	for _, ref := range refs {
		if ref.By == "" {
			continue
		}
		text := "by " + ref.By
		if ref.Date != "" {
			text += " on " + ref.Date
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return strings.Join(list, ", ")
}

// rowWords describes rows: how many, whose, the permissions and scopes, and their rows in the sheet. Rows of one user
// are adjacent, in order of scope.
func rowWords(refs []review.Ref, whose bool) string {
	var groups []string
	var places []review.Where
	last := ""
	for from := 0; from < len(refs); {
		to := from
		for to < len(refs) && refs[to].Row.Scope == refs[from].Row.Scope && refs[to].Row.User == refs[from].Row.User {
			if at := refs[to].Where; at.Row > 0 && (len(places) == 0 || places[len(places)-1] != at) {
				places = append(places, refs[to].Where)
			}
			to++
		}
		what, scope := permissionsOf(refs[from:to], whose), refs[from].Row.Scope.Path
		if what == last {
			groups[len(groups)-1] += ", " + scope
		} else {
			groups = append(groups, what+" on "+scope)
		}
		from, last = to, what
	}
	text := strings.Join(groups[:min(len(groups), mostRefs)], "; ")
	if len(groups) > mostRefs {
		text += "; and more"
	}
	if n := countUsers(refs); n > 1 {
		text = fmt.Sprintf("%s of %d people: %s", Plural(len(refs), "row"), n, text)
	} else if len(refs) > 1 {
		text = Plural(len(refs), "row") + ": " + text
	}
	if len(places) > 0 {
		text += " (" + Safe(review.Places(places)) + ")"
	}
	return text
}

// permissionsOf returns the permissions of rows, with the user's id if whose is set.
func permissionsOf(refs []review.Ref, whose bool) string {
	var list []string
	for i := range refs {
		list = append(list, refs[i].Row.Permission.ID)
	}
	text := strings.Join(list, ", ")
	if whose {
		text = Safe(refs[0].Row.User.ID) + " " + text
	}
	return text
}

func countUsers(refs []review.Ref) int {
	seen := map[*policy.User]bool{}
	for i := range refs {
		seen[refs[i].Row.User] = true
	}
	return len(seen)
}

// stays lists the rows that no line removes, with advice.
func (r *Review) stays(b *bytes.Buffer, style Style) {
	if len(r.Stays) == 0 {
		return
	}
	fmt.Fprintln(b, style.bold("No line removes only these"))
	for i := range r.Stays {
		s := &r.Stays[i]
		fmt.Fprintf(b, "  %s\n", rowWords([]review.Ref{s.Ref}, true))
		for _, text := range s.Advice() {
			fmt.Fprintf(b, "      %s\n", Safe(text))
		}
	}
	b.WriteByte('\n')
}

func (r *Review) gained(b *bytes.Buffer, style Style) {
	if len(r.Gained) == 0 {
		return
	}
	var refs []review.Ref
	for _, row := range r.Gained {
		refs = append(refs, review.Ref{Row: row})
	}
	fmt.Fprintf(b, "%s %s\n\n", style.bold("The changes add:"), rowWords(refs, true))
}

// after writes the findings after the changes.
func (r *Review) after(b *bytes.Buffer, style Style) {
	list, title := r.New, "After these changes, permc check finds"
	if len(r.Stops) > 0 {
		list, title = r.Stops, "After these changes, there is no table"
	}
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(b, style.bold(title))
	for i := range list {
		writeFinding(b, r.Policy.Files, &list[i], style)
	}
	b.WriteByte('\n')
}

// problems lists the problems of the sheet, and merges equal ones.
func (r *Review) problems(b *bytes.Buffer, style Style) {
	listed := map[string]int{}
	for _, p := range alikeProblems(r.Problems) {
		if listed[p.Kind]++; listed[p.Kind] > mostProblems {
			continue
		}
		where := r.Sheet + ": "
		if len(p.places) > 0 {
			where = r.Sheet + ", " + review.Places(p.places) + ": "
		}
		label := style.red("error")
		if p.Warning {
			label = style.yellow("warning")
		}
		fmt.Fprintf(b, "%s%s: %s %s\n", style.bold(Safe(where)), label, style.bold(Safe(p.Message)),
			style.dim("["+p.Kind+"]"))
		if p.Help != "" {
			fmt.Fprintf(b, "%s %s %s\n", style.cyan("   ="), style.bold("help:"), Safe(p.Help))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(listed)) {
		if more := listed[kind] - mostProblems; more > 0 {
			fmt.Fprintf(b, "%s%d more like these %s\n", style.bold(Safe(r.Sheet)+": "), more, style.dim("["+kind+"]"))
		}
	}
	if len(r.Problems) > 0 {
		b.WriteByte('\n')
	}
}

// alikeProblem is a problem with all its positions.
type alikeProblem struct {
	review.Problem
	places []review.Where
}

func alikeProblems(problems []review.Problem) (list []*alikeProblem) {
	known := map[review.Problem]*alikeProblem{}
	for _, p := range problems {
		where := p.Where
		if p.Where = (review.Where{}); p.Kind == review.Stays {
			p.Help = "" // the lines say it
		}
		x := known[p]
		if x == nil {
			x = &alikeProblem{Problem: p}
			known[p] = x
			list = append(list, x)
		}
		if where.Row > 0 {
			x.places = append(x.places, where)
		}
	}
	return list
}

func (r *Review) summary() []string {
	c := r.Counts
	made := "the whole table"
	var texts []string
	for _, m := range r.Made {
		texts = append(texts, Safe(m.String()))
	}
	if len(texts) > 0 {
		made = strings.Join(texts, " and ")
	}
	text := fmt.Sprintf("%d kept, %d removed, %d undecided", c.Kept, c.Removed, c.Undecided)
	if c.Contradictory > 0 {
		text += fmt.Sprintf(", %d unreadable", c.Contradictory)
	}
	if c.Done > 0 {
		text += fmt.Sprintf("; %d already removed", c.Done)
	}
	what := "row"
	if r.ByItem {
		what = "decision"
	}
	return []string{fmt.Sprintf("%s: %s of %s; %s to change", text, Plural(c.Rows, what), made,
		Plural(len(r.Lines), "line"))}
}
