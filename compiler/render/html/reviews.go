package html

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mostReviews limits the lines of the page about reviews.
const mostReviews = 1000

// ReviewLines returns the lines about what needs reviews.
func (v *view) ReviewLines() template.HTML {
	var l lines
	for _, x := range v.Reviews.List[:min(len(v.Reviews.List), mostReviews)] {
		l.head(v.reviewHolder(x))
		l.cells(v.reviewedThing(x))
		l.level(x.Level)
		l.review(v, x)
		l.day(x.Due)
		l.at(v, x.Pos)
	}
	return l.done()
}

// ReviewsNotPrinted counts those that are cut on paper.
func (v *view) ReviewsNotPrinted() int {
	return max(0, min(len(v.Reviews.List), mostReviews)-mostPrinted)
}

// MoreReviews counts those that are not listed.
func (v *view) MoreReviews() int { return max(0, len(v.Reviews.List)-mostReviews) }

// ReviewSum sums up the reviews in a few sentences.
func (v *view) ReviewSum() string {
	r := v.Reviews
	text := fmt.Sprintf("%s of %s %s confirmed", render.Thousands(r.Confirmed()),
		render.Count(len(r.List), "assignment, grant or membership", "assignments, grants and memberships"),
		isOrAre(r.Confirmed() == 1 || len(r.List) == 1)) + v.Here()
	never, late, rest := r.Counts[policy.NeverReviewed], r.Counts[policy.ReviewOverdue], r.Counts[policy.AwaitsReview]
	if r.Every.Limited {
		text += "; a review counts for " + render.Plural(r.Every.Days, "day")
	}
	var overdue []string
	if never > 0 {
		overdue = append(overdue, render.Thousands(never)+" never confirmed")
	}
	if late > 0 {
		overdue = append(overdue, render.Thousands(late)+" confirmed too long ago")
	}
	if len(overdue) > 0 {
		text += ". Overdue: " + strings.Join(overdue, ", ")
	}
	switch {
	case rest > 0 && r.Every.Limited:
		text += ". Not due yet: " + render.Thousands(rest)
	case rest > 0:
		text += ". Never confirmed: " + render.Thousands(rest)
	}
	return text + "."
}

func isOrAre(one bool) string {
	if one {
		return "is"
	}
	return "are"
}

func (v *view) reviewHolder(x *report.Reviewed) template.HTML {
	switch {
	case x.User != nil:
		return v.NameUser(x.User)
	case x.Group != nil:
		return "group " + v.NameGroup(x.Group)
	}
	return plainText(x.Name)
}

// reviewedThing names what is to be reviewed.
func (v *view) reviewedThing(x *report.Reviewed) template.HTML {
	switch e := x.Entry; {
	case e == nil:
		return "membership of group " + v.LinkGroup(x.Into)
	case e.Role != nil:
		return "role " + v.LinkRole(e.Role) + " on " + v.LinkScope(e.Scope)
	}
	text := "grant of " + v.LinkPermission(x.Entry.Permission)
	if names := x.Entry.ActionNames(); len(names) > 0 {
		text += template.HTML(" (" + shownHTML(policy.JoinNames(names, ", ")) + ")")
	}
	return text + " on " + v.LinkScope(x.Entry.Scope)
}

// review appends cells of the last confirmation, and of who confirmed it.
func (l *lines) review(v *view, x *report.Reviewed) {
	if x == nil {
		l.raw("<td></td><td></td>")
		return
	}
	state, text := reviewState(x)
	l.raw(`<td class="day" data-v="`, strconv.Itoa(int(x.State)), ` `, text, `">`, text)
	if state != "" {
		l.raw(` <span class="badge `, reviewBadge(x), `">`, state, "</span>")
	}
	l.raw("</td><td>")
	if x.Last != nil {
		l.html(v.NameSubject(x.Last.By.Name, ""))
	}
	l.raw("</td>")
}

// reviewState returns a word for what needs attention, and the day of the last confirmation.
func reviewState(x *report.Reviewed) (state, day string) {
	if x.Last != nil {
		day = x.Last.On.String()
	}
	if x.State != policy.ReviewedInTime {
		state = render.ReviewStates[x.State]
	}
	return state, day
}

func reviewBadge(x *report.Reviewed) string {
	if x.State == policy.AwaitsReview {
		return "fine"
	}
	return "warning"
}

// reviewSumOf sums up what a user has: what is overdue, or else the oldest confirmation. The number sorts the most
// urgent first.
func (v *view) reviewSumOf(u *policy.User) (text string, rank int) {
	overdue, oldest := 0, policy.Date(0)
	list := v.Reviews.OfUser[u]
	for _, x := range list {
		switch {
		case x.State < policy.AwaitsReview:
			overdue++
		case x.Last != nil && (oldest == 0 || x.Last.On < oldest):
			oldest = x.Last.On
		}
	}
	switch {
	case overdue > 0:
		return render.Thousands(overdue) + " overdue", -overdue
	case oldest != 0:
		return oldest.String(), int(oldest)
	case len(list) > 0:
		return render.ReviewStates[policy.AwaitsReview], 1
	}
	return "", 0
}

// ReviewCell returns the cell of the list of people.
func (p personView) ReviewCell() template.HTML {
	text, rank := p.reviewSumOf(p.User)
	if rank == 0 {
		return `<td class="day"></td>`
	}
	class := ""
	if rank < 0 {
		class = "level due"
	}
	return template.HTML(fmt.Sprintf(`<td class="day" data-v="%d"><span class="%s">%s</span></td>`, rank, class, text))
}

// nameReviewed is what a user has that needs reviews: a summary with its rank, and for each the text, the state and day
// of the last confirmation, and who confirmed it.
type nameReviewed struct {
	User  shownText      `json:"user"`
	Sum   shownText      `json:"sum"`
	Rank  int            `json:"rank"`
	Lines [][4]shownText `json:"lines"`
}

// reviewedOf returns what needs reviews of each user, for the script of the page.
func (v *view) reviewedOf() (list []nameReviewed) {
	if v.Reviews == nil {
		return nil
	}
	for _, u := range v.Policy.Users {
		if len(v.Reviews.OfUser[u]) == 0 {
			continue
		}
		text, rank := v.reviewSumOf(u)
		n := nameReviewed{User: shownText(u.ID), Sum: shownText(text), Rank: rank}
		for _, x := range v.Reviews.OfUser[u] {
			state, day := reviewState(x)
			by := ""
			if x.Last != nil {
				by = x.Last.By.Name
			}
			n.Lines = append(n.Lines, [4]shownText{shownText(reviewedText(x)), shownText(state), shownText(day),
				shownText(by)})
		}
		list = append(list, n)
	}
	return list
}

// reviewedText names what is to be reviewed, without links.
func reviewedText(x *report.Reviewed) string {
	switch {
	case x.Entry == nil:
		return "membership of group " + x.Into.ID
	case x.Entry.Role != nil:
		return "role " + x.What + " on " + x.Subject.Scope
	}
	return "grant of " + x.What + " on " + x.Subject.Scope
}
