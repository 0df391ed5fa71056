package html

import (
	"html/template"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
)

// Given returns the lines about what the person was given: entries, and memberships with their reviews. It returns ""
// if they would only repeat the list of roles.
func (p personView) Given() template.HTML {
	var l lines
	told := p.Reviews != nil
	for i := range p.User.Entries {
		e := &p.User.Entries[i]
		if e.ByDefault || p.Partial && !p.hasEntry(e) {
			continue
		}
		told = told || e.Detail != nil && e.Detail.Reason+e.Detail.Ticket != ""
		var x *report.Reviewed
		if p.Reviews != nil {
			x = p.Reviews.OfEntry(p.User, nil, e)
		}
		p.given(&l, p.givenEntry(e), periodOf(e, p.Policy.AsOf), e.Detail, e.FaultFor(p.User), x)
		l.at(p.view, e.Pos)
	}
	if p.Reviews != nil {
		for _, x := range p.Reviews.OfUser[p.User] {
			if x.Into != nil {
				p.given(&l, p.reviewedThing(x), expiryText(x.Ends), nil, 0, x)
				l.at(p.view, x.Pos)
			}
		}
	}
	if !told {
		return ""
	}
	return l.done()
}

func (v *view) hasEntry(e *policy.Entry) bool {
	if !v.hasScope(e.Scope) {
		return false
	}
	if e.Role != nil {
		return v.hasRole(e.Role)
	}
	return v.hasPermission(e.Permission)
}

// given writes a line, but for its last cell.
func (p personView) given(l *lines, what template.HTML, when string, d *policy.Detail, fault policy.Fault,
	x *report.Reviewed) {
	l.head(what)
	l.raw(`<td class="day">`, when, "</td>")
	l.reason(d, fault)
	if p.Reviews != nil {
		l.review(p.view, x)
		due := policy.Date(0)
		if x != nil {
			due = x.Due
		}
		l.day(due)
	}
}

func (v *view) givenEntry(e *policy.Entry) template.HTML {
	return v.reviewedThing(&report.Reviewed{ToReview: &policy.ToReview{Entry: e}})
}

func expiryText(d policy.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// reason appends a cell of why something was given, or why it gives nothing.
func (l *lines) reason(d *policy.Detail, fault policy.Fault) {
	l.raw("<td>")
	if d != nil {
		l.text(d.Reason)
		if d.Ticket != "" {
			l.raw(` <span class="id">`)
			l.text(d.Ticket)
			l.raw("</span>")
		}
	}
	if fault != 0 {
		l.raw(` <span class="sub">gives nothing: `, fault.String(), "</span>")
	}
	l.raw("</td>")
}

// at appends the last cell of a line: where something is declared.
func (l *lines) at(v *view, pos policy.Pos) {
	l.raw(`<td><code class="at">`)
	l.text(positionText(v.Files(), pos))
	l.raw("</code></td></tr>\n")
}
