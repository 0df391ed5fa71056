package html

import (
	"cmp"
	"fmt"
	"html/template"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mostEnds limits the listed events.
const mostEnds = 500

// ShownEnds returns the first events.
func (v *view) ShownEnds() []report.End { return v.Ends[:min(len(v.Ends), mostEnds)] }

// MoreEnds counts the other events.
func (v *view) MoreEnds() int { return max(0, len(v.Ends)-mostEnds) }

// ExpirySum says how much expires within the horizon, as the overview counts it, or "".
func (v *view) ExpirySum() string {
	n := 0
	for _, e := range v.Ends {
		if !e.Starts && e.Waiver == nil && e.On <= v.Policy.AsOf+policy.Date(v.Policy.HorizonDays) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("Within %s, %s %s%s. With them, %s of %s %s.", render.Plural(v.Policy.HorizonDays, "day"),
		render.Count(n, "assignment, grant or membership", "assignments, grants and memberships"),
		render.Choose(n, "expires", "expire"), v.Here(), render.Plural(v.Ending, "permission"),
		render.Count(v.EndingPeople, "person", "people"), render.Choose(v.Ending, "expires", "expire"))
}

// endTable is a table of events.
type endTable struct {
	*view
	Ends []report.End
	Key  string // of the table, on its part of the page
}

// In says how far away an event is.
func (v *view) In(e report.End) string {
	switch n := int(e.On - v.Policy.AsOf); n {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	default:
		return fmt.Sprintf("in %s days", render.Thousands(n))
	}
}

// Place returns the position of an event's declaration.
func (v *view) Place(e report.End) string {
	switch {
	case e.Waiver != nil:
		return positionText(v.Files(), e.Waiver.ExpiresAt)
	case e.Member != nil && e.Starts:
		return positionText(v.Files(), cmp.Or(e.Member.Terms.StartsAt, e.Member.Pos))
	case e.Member != nil:
		return positionText(v.Files(), cmp.Or(e.Member.Terms.EndsAt, e.Member.Pos))
	case e.Starts:
		return positionText(v.Files(), cmp.Or(e.Entry.StartsAt(), e.Entry.Pos))
	}
	return positionText(v.Files(), cmp.Or(e.Entry.EndsAt(), e.Entry.Pos))
}

// Whose returns the person or group of an event.
func (v *view) Whose(e report.End) template.HTML {
	switch {
	case e.User != nil:
		return v.NameUser(e.User)
	case e.Member != nil:
		return "group " + v.NameGroup(e.Member.Inner)
	case e.Group != nil:
		return "group " + v.NameGroup(e.Group)
	}
	return v.NameSubject(e.Waiver.User.Name, e.Waiver.Group.Name)
}

// What describes an event.
func (v *view) What(e report.End) template.HTML {
	happens := template.HTML(" expires")
	if e.Starts {
		happens = " starts"
	}
	switch {
	case e.Waiver != nil:
		return "waiver of " + plainText(e.Waiver.Rule.Name) + " expires; its finding opens again"
	case e.Member != nil:
		return "membership of group " + v.LinkGroup(e.Group) + happens
	case e.Entry.Role != nil:
		return "role " + v.LinkRole(e.Entry.Role) + " on " + v.LinkScope(e.Entry.Scope) + happens
	}
	return "grant of " + v.LinkPermission(e.Entry.Permission) + " on " + v.LinkScope(e.Entry.Scope) + happens
}
