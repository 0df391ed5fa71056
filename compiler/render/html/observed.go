package html

import (
	"cmp"
	"fmt"
	"html/template"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mostObserved limits the differences of a kind on the page, and the lines that exports do not cover.
const mostObserved = 500

// observedView is what exports say, with everything that its part of the page shows.
type observedView struct {
	*view
	*report.Observed
	Access, Names []driftRow
	More          int // differences that are not listed
}

// Really returns the part of the page about exports, or nil if there are none.
func (v *view) Really() *observedView {
	if v.Observed == nil {
		return nil
	}
	access, names := v.Observed.Differing()
	o := &observedView{view: v, Observed: v.Observed, More: max(0, len(access)-mostObserved) + max(0,
		len(names)-mostObserved)}
	for _, x := range access[:min(len(access), mostObserved)] {
		o.Access = append(o.Access, driftRowOf(x.Export, x.Item))
	}
	for _, x := range names[:min(len(names), mostObserved)] {
		o.Names = append(o.Names, driftRowOf(x.Export, x.Item))
	}
	return o
}

// ReallyThere heads a column of presences, with the days of the exports.
func (v *view) ReallyThere() template.HTML {
	text := template.HTML("Really there")
	if days := v.exportDays(); days != "" {
		text += template.HTML(` <span class="sub">` + days + `</span>`)
	}
	return text
}

// exportDays returns the day of the exports, or the first and the last one.
func (v *view) exportDays() string { return exportDays(v.Observed) }

func exportDays(o *report.Observed) string {
	var first, last policy.Date
	for _, d := range o.Exports {
		if d.Read != 0 && (first == 0 || d.Read < first) {
			first = d.Read
		}
		last = max(last, d.Read)
	}
	switch {
	case last == 0:
		return ""
	case first == last:
		return last.String()
	}
	return first.String() + " to " + last.String()
}

// Sum says how much of what is declared is there.
func (o *observedView) Sum() string { return report.SumLines(o.Counts, o.Extras(nil)) }

// Differ counts the differences, names included.
func (o *observedView) Differ() int { return len(o.Items) }

// HasErrors reports whether a difference is an error.
func (o *observedView) HasErrors() bool {
	for _, x := range o.Items {
		if driftLevelOf(x.Item) == "error" {
			return true
		}
	}
	return false
}

// Covered says for what an export is complete.
func (o *observedView) Covered(d *drift.Drift) []string { return render.CoverageLines(d) }

// Uncovered returns what the exports say nothing about, up to a limit.
func (o *observedView) Uncovered() (list []template.HTML) {
	for _, u := range o.Policy.Users {
		for _, l := range o.Of[u] {
			list = o.addUncovered(list, l)
		}
	}
	for _, g := range o.Policy.Groups {
		for _, l := range o.OfGroup[g] {
			list = o.addUncovered(list, l)
		}
	}
	return list
}

func (o *observedView) addUncovered(list []template.HTML, l *drift.Line) []template.HTML {
	if l.Worst() != drift.Unlisted || len(list) >= mostObserved {
		return list
	}
	who := o.LinkGroup
	if l.User != nil {
		return append(list, o.NameUser(l.User)+": "+o.whatOf(l))
	}
	return append(list, "group "+who(l.Group)+": "+o.whatOf(l))
}

// MoreUncovered counts the lines that Uncovered leaves out.
func (o *observedView) MoreUncovered() int { return max(0, o.Counts[drift.Unlisted]-mostObserved) }

// whatOf names what a line is about, and where.
func (v *view) whatOf(l *drift.Line) template.HTML {
	switch {
	case l.In != nil:
		return "member of " + v.LinkGroup(l.In)
	case l.Role != nil:
		return v.LinkRole(l.Role) + " on " + v.LinkScope(l.Scope)
	}
	return v.LinkPermission(l.Permission) + " on " + v.LinkScope(l.Scope)
}

// Presence sums up what exports say about a person.
func (p personView) Presence() string { return sumPresence(p.Observed, p.User) }

func sumPresence(o *report.Observed, u *policy.User) string {
	count := map[drift.Presence]int{}
	for _, l := range o.Of[u] {
		count[l.Worst()]++
	}
	return cmp.Or(report.SumLines(count, o.Extras(u)), "nothing declared")
}

// EntryLines returns the lines about what a person is declared to have, each with what exports say.
func (p personView) EntryLines() template.HTML {
	var l lines
	for _, x := range p.Observed.Of[p.User] {
		how := template.HTML("directly")
		if x.Via != nil {
			how = "group " + p.LinkGroup(x.Via)
		}
		l.head(p.whatOf(x))
		l.cells(how, presenceCell(x))
		l.raw(`<td><code class="at">`)
		l.text(positionText(p.Files(), x.Pos))
		l.raw("</code></td></tr>\n")
	}
	return l.done()
}

// Undeclared returns what exports have of a person and nobody declares, and other differences.
func (p personView) Undeclared() []string { return undeclaredOf(p.Observed, p.User) }

func undeclaredOf(o *report.Observed, u *policy.User) (list []string) {
	for _, x := range o.ItemsOf(u) {
		if x.Class != drift.Missing && x.Class != drift.Kept && x.Class != drift.Early {
			list = append(list, x.Message)
		}
	}
	return list
}

// mostObservedText limits the bytes about differences of single users that the script of a page reads.
const mostObservedText = 1 << 20

// observedOf returns what exports say about each user for the script of the page, and the days of the exports.
func observedOf(r *report.Report) (n *nameObserved, days string) {
	if r.Observed == nil {
		return nil, ""
	}
	n = &nameObserved{}
	of := map[string]int{}
	left := mostObservedText
	for i := range r.Tallies {
		u := r.Tallies[i].User
		sum := sumPresence(r.Observed, u)
		if _, ok := of[sum]; !ok {
			of[sum] = len(n.Sums)
			n.Sums = append(n.Sums, nameSum{Sum: shownText(sum)})
		}
		s := &n.Sums[of[sum]]
		s.Users = append(s.Users, shownText(u.ID))
		if items := r.Observed.ItemsOf(u); len(items) > 0 {
			n.Lines = append(n.Lines, linesOf(u, items, &left))
		}
	}
	return n, exportDays(r.Observed)
}

// linesOf returns the first differences about a user, as far as there is room for them.
func linesOf(u *policy.User, items []report.ObservedItem, left *int) nameLines {
	n := nameLines{User: shownText(u.ID)}
	for _, item := range items {
		if *left -= len(item.Message); *left < 0 || len(n.Lines) == mostOfPerson {
			break
		}
		n.Lines = append(n.Lines, shownText(item.Message))
	}
	n.More = len(items) - len(n.Lines)
	return n
}

// presenceCell writes what exports say about a line, with the day on which it ended.
func presenceCell(l *drift.Line) template.HTML {
	text := l.Text()
	if w := l.Worst(); l.Day != 0 && (w == drift.AfterEnd || w == drift.TooEarly) {
		text = fmt.Sprintf("%s, %s", text, l.Day)
	}
	return shownHTML(text)
}

// presenceOf says whether an entry is there that somebody has directly or through a group.
func (v *view) presenceOf(u *policy.User, g *policy.Group, e *policy.Entry) template.HTML {
	line := findLine(v.Observed.Of[u], func(l *drift.Line) bool { return isEntry(l, e) })
	if g == nil || line != nil && len(line.Said) > 0 {
		return presenceText(line)
	}
	role := presenceText(v.groupLine(g, e))
	member := presenceText(findLine(v.Observed.Of[u], func(l *drift.Line) bool { return l.In == g }))
	if role == member {
		return role
	}
	return "of the group: " + role + "; membership: " + member
}

// groupLine returns the line about an entry of a group, or nil.
func (v *view) groupLine(g *policy.Group, e *policy.Entry) *drift.Line {
	return findLine(v.Observed.OfGroup[g], func(l *drift.Line) bool { return isEntry(l, e) })
}

func isEntry(l *drift.Line, e *policy.Entry) bool {
	return l.In == nil && l.Role == e.Role && l.Permission == e.Permission && l.Scope == e.Scope
}

func findLine(list []*drift.Line, fits func(*drift.Line) bool) *drift.Line {
	for _, l := range list {
		if fits(l) {
			return l
		}
	}
	return nil
}

// presenceText writes what exports say about a line, which may be nil.
func presenceText(l *drift.Line) template.HTML {
	if l == nil {
		return template.HTML(drift.Unlisted)
	}
	return presenceCell(l)
}
