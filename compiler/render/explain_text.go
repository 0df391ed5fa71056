package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
)

// ExplainFormats are the output formats of explain.
var ExplainFormats = []string{"text", "json"}

// Explain writes an answer; with whole, also the facts of the catalog behind it.
func Explain(w io.Writer, a *explain.Answer, format string, whole bool, style Style) error {
	return withExternal(w, externalOf(a.Policy), format, style, func(w io.Writer) error {
		return writeExplain(w, a, format, whole, style)
	}, a, a.User.Entries, a.User.Memberships)
}

func writeExplain(w io.Writer, a *explain.Answer, format string, whole bool, style Style) error {
	if format == "json" {
		return explainJSON(w, a, whole)
	}
	t := &explained{Answer: a, Style: style, whole: whole, reviews: reviewsOf(a)}
	t.ways.Of(a.User)
	if a.Permission == nil {
		t.overview()
	} else {
		t.verdict()
	}
	_, err := t.b.WriteTo(w)
	return err
}

// explained is an answer being written for people.
type explained struct {
	*explain.Answer
	Style   Style
	whole   bool
	reviews []*policy.ToReview // of what gives the user something
	ways    policy.WayFinder
	b       bytes.Buffer
}

// countUpcoming counts the user's entries that begin later and may give the permission in question.
func countUpcoming(a *explain.Answer) who.Upcoming {
	q := who.Question{Permission: a.Permission, Scope: a.Scope, User: a.User.ID}
	if a.Permission != nil && a.Action != "" {
		q.Actions = a.Wanted()
	}
	return q.Upcoming(a.Policy)
}

// line writes wrapped text with an indent.
func (t *explained) line(indent int, format string, args ...any) {
	t.hanging(strings.Repeat(" ", indent), indent, fmt.Sprintf(format, args...))
}

// hanging writes wrapped text with a given start of the first line and an indent for the others.
func (t *explained) hanging(head string, indent int, text string) {
	b, _ := wrapWords([]byte(head), paintedWidth(head), indent, strings.Fields(Safe(text)), leaveUnpainted)
	t.b.Write(append(bytes.TrimRight(b, " "), '\n'))
}

func (t *explained) title(text string) { fmt.Fprintf(&t.b, "\n%s\n", t.Style.bold(text)) }

// at returns a position in brackets, if there is one.
func (t *explained) at(p policy.Pos) string {
	if !p.IsValid() {
		return ""
	}
	return " (" + t.place(p) + ")"
}

func (t *explained) place(p policy.Pos) string {
	return strings.TrimSuffix(placePrefix(t.Policy.Files.Position(p)), ": ")
}

// asked names the permission and the scope in question.
func (t *explained) asked() string {
	if t.Scope == nil {
		return t.Asked()
	}
	return fmt.Sprintf("%s on %q", t.Asked(), t.Scope.Path)
}

// verdict answers a question about one permission.
func (t *explained) verdict() {
	head, says := t.Style.bold("yes: "), "holds"
	if !t.Allowed {
		head, says = t.Style.red("no: "), "does not hold"
	}
	t.hanging(head, 4, fmt.Sprintf("%s %s %s", t.User.ID, says, t.asked()))
	t.line(4, "as of %s", t.Policy.AsOf)
	if text := UpcomingText(countUpcoming(t.Answer)); text != "" {
		t.line(4, "%s", text)
	}
	if t.Note != "" {
		t.b.WriteByte('\n')
		t.line(0, "%s", t.Note)
	}
	for i := range t.Rows {
		if !t.Allowed || t.Action == "" || t.Holds(&t.Rows[i]) {
			t.row(&t.Rows[i])
		}
	}
	t.facts()
	if len(t.Parts) > 0 {
		t.parts()
	}
	if t.Allowed {
		return
	}
	t.missing()
	t.how()
}

// row writes everything about one row, part by part.
func (t *explained) row(r *policy.Row) {
	fmt.Fprintf(&t.b, "\n%s %s\n", t.Style.cyan(r.Scope.Path),
		t.Style.dim("("+t.Policy.Catalog.Levels[r.Scope.Level]+")"))
	parts := r.Parts()
	for i := range parts {
		if !t.Allowed || t.Holds(&parts[i]) {
			t.rowPart(&parts[i])
		}
	}
}

func (t *explained) rowPart(r *policy.Row) {
	switch {
	case !r.Held():
		t.line(2, "no action left")
	case len(r.Permission.Actions) > 1:
		t.line(2, "actions: %s", describeActions(r))
	}
	for _, w := range r.Withheld {
		text := fmt.Sprintf("%s is withheld by rule %s", w.Action, w.Rule.ID)
		if w.Rule.Message != "" {
			text += ": " + w.Rule.Message
		}
		t.hanging("  ", 4, text)
	}
	if r.Records != policy.AllRecords {
		t.line(2, "%s", describeRecords(r.Records))
	}
	if r.Ends != 0 {
		t.line(2, "%s", describeExpiry(r.Ends))
	}
	if r.User.Invited {
		t.line(2, "invited: not held until the invitation is accepted")
	}
	if r.User.Disabled {
		t.line(2, "disabled: not held until the user is enabled again")
	}
	for _, c := range r.Permission.Conditions {
		t.hanging("  ", 4, fmt.Sprintf("if %s: %s", c.ID, c.Text))
	}
	via, more := r.Leading()
	if len(t.Rows) == 1 { // lists all sources, because no other command does
		via, more = r.Via, 0
	}
	for i := range via {
		t.via(r, &via[i])
	}
	if more > 0 {
		t.line(2, "- %d more sources: permc explain USER PERMISSION -s %s lists all", more, r.Scope.Path)
	}
}

// via describes one source with its position.
func (t *explained) via(r *policy.Row, v *policy.Via) {
	source := *v
	source.Group = nil // membership below names it
	text := nameRole(v) + describeSource(nil, &source, " on "+v.Scope.Path)
	if v.Kind == policy.FromDerived {
		text = "derived from the requirements below"
	}
	if v.Implier != nil && v.Pos == r.User.Pos {
		text += ", the default role"
	}
	if len(r.Via) > 1 && v.Actions != r.Permission.All() {
		text += ": " + policy.JoinNames(r.Permission.Names(v.Actions), ", ")
	}
	if v.Records > r.Records {
		text += ", " + describeRecords(v.Records)
	}
	if v.Ends != 0 {
		text += ", " + describeExpiry(v.Ends)
	}
	t.hanging("  - ", 4, text+t.at(v.Pos))
	if v.Group != nil {
		t.line(4, "%s", t.membership(v.Group))
	}
	t.sayReviewOf(v)
}

// membership says how the user is in a group.
func (t *explained) membership(g *policy.Group) string {
	if t.Group == g {
		return "as its member"
	}
	path, at := t.ways.Into(g)
	text := "as a member of group " + g.ID + throughInner(path) + t.at(at)
	for _, x := range path[1:max(1, len(path)-1)] {
		text += ", which is in " + x.ID
	}
	return text
}

// parts writes the parts of a derived permission, missing ones first.
func (t *explained) parts() {
	met := len(explain.Unmet(t.Parts)) == 0
	t.b.WriteByte('\n')
	if met {
		t.line(0, "This permission is derived. Every requirement is met on %q:", t.At.Path)
	} else {
		t.line(0, "This permission is derived: it needs all of these, checked on %q%s:", t.At.Path, t.nearest())
	}
	list := slices.Clone(t.Parts)
	slices.SortStableFunc(list, func(x, y explain.Part) int {
		order := func(p explain.Part) int {
			if p.Met {
				return 1
			}
			return 0
		}
		return cmp.Compare(order(x), order(y))
	})
	for i := 0; i < len(list); {
		n := t.together(list[i:])
		if n > 1 {
			t.several(list[i : i+n])
		} else {
			t.part(2, &list[i], false)
		}
		i += max(n, 1)
	}
}

func (t *explained) nearest() string {
	if t.Scope == t.At {
		return ""
	}
	return ", the closest scope"
}

// together counts the needed and held permissions that fit into one line.
func (t *explained) together(list []explain.Part) (n int) {
	for n < len(list) && list[n].Met && list[n].Permission != "" && list[n].Where == list[0].Where {
		n++
	}
	return n
}

func (t *explained) several(list []explain.Part) {
	var ids []string
	for _, p := range list {
		ids = append(ids, p.Permission)
	}
	t.hanging("  met      ", 11, "permissions"+list[0].Where+": "+strings.Join(ids, ", "))
}

func (t *explained) part(indent int, p *explain.Part, inner bool) {
	mark := "met      "
	if !p.Met {
		mark = t.Style.red("MISSING") + "  "
	}
	space := strings.Repeat(" ", indent)
	under := indent + len("MISSING  ")
	t.hanging(space+mark, under, p.Requirement)
	if p.Found != "" {
		t.line(under, "%s%s", p.Found, t.at(p.Pos))
	}
	for i := range p.Parts {
		if !p.Met || p.Parts[i].Met {
			t.part(under, &p.Parts[i], true)
		}
	}
	if !p.Met && p.Hint != "" && !inner {
		t.hanging(strings.Repeat(" ", under)+t.Style.bold("help: "), under+6, p.Hint)
	}
}

// missing lists what else is missing.
func (t *explained) missing() {
	list := slices.DeleteFunc(slices.Clone(t.Missing), func(m explain.Missing) bool { return m.InParts })
	if len(list) == 0 {
		return
	}
	t.title("missing")
	for _, m := range list {
		t.hanging("  - ", 4, m.Requirement+": "+m.Message+t.at(m.Pos))
		if m.Help != "" {
			t.hanging("    "+t.Style.bold("help: "), 10, m.Help)
		}
	}
}

// shownProposals limits the proposals shown.
const shownProposals = 5
