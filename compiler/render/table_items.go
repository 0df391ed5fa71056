package render

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// ItemCells are the cells of an item in a review sheet, up to those for decisions.
type ItemCells struct {
	User, Name, Affiliation, Status, Kind, Entry, Scope string
	Gives, People                                       int
	Critical, Sensitivity, Reason, Ticket               string
	Since, Expires, Confirmed                           policy.Date
	ConfirmedBy                                         string
	Suggested, Reviewer                                 string
}

// mostCritical limits the critical permissions that a cell names.
const mostCritical = 12

// NewItemCells describes an item.
func NewItemCells(x *review.Item) ItemCells {
	c := ItemCells{
		User:        x.Holder(),
		Kind:        x.Kind,
		Entry:       x.What(),
		Scope:       x.Path(),
		Gives:       x.Rows,
		People:      x.People,
		Sensitivity: x.Sensitivity,
		Since:       x.Starts(),
		Expires:     x.Ends(),
		Suggested:   x.Suggested(),
		Reviewer:    strings.Join(x.By, "; "),
	}
	c.Reason, c.Ticket = x.Why()
	if x.Last != nil {
		c.Confirmed, c.ConfirmedBy = x.Last.On, x.Last.By.Name
	}
	if x.User != nil {
		c.Name, c.Affiliation, c.Status = x.User.Name, x.User.Affiliation, x.User.Status()
	} else {
		c.Name = x.Group.Title
	}
	list := x.Critical
	if more := len(list) - mostCritical; more > 0 {
		list = append(list[:mostCritical:mostCritical], strconv.Itoa(more)+" more")
	}
	c.Critical = strings.Join(list, ", ")
	return c
}

// writeItems writes a review sheet by decision as CSV, and returns all findings.
func writeItems(ctx context.Context, w io.Writer, job *TableJob) ([]diag.Finding, error) {
	survey := review.NewSurvey(job.Project, &job.Made, job.Filter.Match)
	found, err := job.Project.Visit(ctx, survey.Worker)
	if err != nil {
		return nil, err
	}
	list := append(append(append([]string{}, review.ItemTitles...), review.Decisions...), "position")
	list = append(list, review.Marks...)
	external := newMentions(job.Project.Policy.External)
	if len(external.byID) > 0 {
		list = append(list, externalColumn)
	}
	b := append([]byte(strings.Join(list, ",")), '\n')
	places := policy.Finder{}
	made := job.Made.String()
	for _, x := range survey.Finish(found) {
		b = appendItem(b, x)
		at := places.Start(job.Project.Policy.Files, x.Spots[0])
		b = append(b, ",,,,"...)
		b = append(appendCSV(b, at.File+":"+strconv.Itoa(at.Line)+":"+strconv.Itoa(at.Column)), ',')
		b = append(append(b, survey.Mark(x)...), ',')
		b = appendCSV(b, made)
		if len(external.byID) > 0 {
			b = appendExternalCSV(append(b, ','), external.ofItem(x))
		}
		b = append(b, '\n')
		if len(b) > 1<<16 {
			if _, err := w.Write(safeCSV(b)); err != nil {
				return nil, err
			}
			b = b[:0]
		}
	}
	_, err = w.Write(safeCSV(b))
	return found, err
}

// ofItem returns the names in the system of what an item is about, sorted.
func (m *mentions) ofItem(x *review.Item) (list []policy.External) {
	add := func(kind, id, of string) { list = append(list, m.named(kind, id, of)...) }
	if x.Group != nil {
		add("group", x.Group.ID, "")
	}
	if x.Into != nil {
		add("group", x.Into.ID, "")
	}
	if x.Scope != nil {
		add("scope", x.Scope.Path, "")
	}
	switch e := x.Entry; {
	case e == nil:
	case e.Role != nil:
		add("role", e.Role.ID, "")
	default:
		add("permission", e.Permission.ID, "")
		for _, a := range e.Named() {
			add("action", e.Permission.Actions[a.Action], e.Permission.ID)
		}
	}
	slices.SortFunc(list, policy.CompareExternal)
	return slices.Compact(list)
}

// appendItem appends the cells of an item, each with a comma.
func appendItem(b []byte, x *review.Item) []byte {
	c := NewItemCells(x)
	for _, text := range [...]string{c.User, c.Name, c.Affiliation, c.Status, c.Kind, c.Entry, c.Scope,
		strconv.Itoa(c.Gives), strconv.Itoa(c.People), c.Critical, c.Sensitivity, c.Reason, c.Ticket, c.Since.String(),
		c.Expires.String(), c.Confirmed.String(), c.ConfirmedBy, c.Suggested, c.Reviewer} {
		b = append(appendCSV(b, text), ',')
	}
	return b
}
