package xlsx

import (
	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// itemsSheet returns the sheet for reviewers to fill: a row per assignment, grant and membership.
func itemsSheet(in *job, f *facts) *sheet {
	s := &sheet{name: "Review", head: true, frozen: 1, rows: len(f.items), review: 19, printed: 23,
		about: "what to decide: one row per assignment, grant and membership; fill the columns from Keep on"}
	s.columns = []column{
		{"User", columnWidth(14, 34, userIDs(in)), header}, {"Name", 17, header}, {"Affiliation", 11, header},
		{"Status", 9, header}, {"Kind", 12, header}, {"Entry", columnWidth(14, 32, permissionIDs(in)), header},
		{"Scope", columnWidth(12, 26, scopePaths(in)), header}, {"Gives", 8, header}, {"People", 8, header},
		{"Critical", 28, header}, {"Sensitivity", 12, header}, {"Reason", 30, header}, {"Ticket", 12, header},
		{"Since", 12, header}, {"Expires", 12, header}, {"Last confirmed", 12, header},
		{"Confirmed by", 20, header}, {"Suggested", 24, header},
		{"Reviewer", 24, header},
		{"Keep", 8, headerReview}, {"Remove", 9, headerReview}, {"By", 20, headerReview}, {"Date", 12, headerReview},
		{"Position", 36, header}, {"Row", 28, header}, {"Table", 40, header},
	}
	s.fill = func(x *stream) error {
		at, made := policy.Finder{}, in.Made.String()
		for from := 0; from < len(f.items); from += itemsAtOnce {
			part := f.items[from:min(from+itemsAtOnce, len(f.items))]
			err := x.rows(func(c *cells) {
				for _, item := range part {
					itemRow(c, render.NewItemCells(item))
					c.newText(located, placeText(at.Start(in.Policy.Files, item.Spots[0])))
					c.newText(muted, f.survey.Mark(item))
					c.text(muted, made)
					c.end()
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	return s
}

// itemsAtOnce bounds the rows that are held in memory.
const itemsAtOnce = 1 << 12

// itemRow writes the cells of an item up to those for decisions.
func itemRow(c *cells, x render.ItemCells) {
	c.begin()
	c.text(wrapped, x.User)
	c.text(wrapped, x.Name)
	c.text(plain, x.Affiliation)
	c.text(plain, x.Status)
	c.text(plain, x.Kind)
	c.text(wrapped, x.Entry)
	c.text(wrapped, x.Scope)
	c.number(number, x.Gives)
	c.number(number, x.People)
	c.text(wrapped, x.Critical)
	c.text(plain, x.Sensitivity)
	c.text(wrapped, x.Reason)
	c.text(plain, x.Ticket)
	c.date(dated, x.Since)
	c.date(dated, x.Expires)
	c.date(dated, x.Confirmed)
	c.text(wrapped, x.ConfirmedBy)
	c.text(wrapped, x.Suggested)
	c.text(wrapped, x.Reviewer)
	c.empty(inputCentred)
	c.empty(inputCentred)
	c.empty(input)
	c.empty(inputDated)
}

// newSurvey lists what a sheet of decisions is about, or returns nil.
func (in *job) newSurvey() *review.Survey {
	if in.Review != render.ByDecision {
		return nil
	}
	return review.NewSurvey(in.Project, &in.Made, in.Filter.Match)
}
