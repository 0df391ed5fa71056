package xlsx

import (
	"slices"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/render"
)

// couldSheet returns the sheet of what people could alone give themselves, or nil if nobody could.
func couldSheet(f *facts) *sheet {
	critical, all := f.CouldPeople()
	if all == 0 {
		return nil
	}
	people := slices.DeleteFunc(slices.Clone(f.Tallies), func(t report.Tally) bool { return !t.Could.Any() })
	s := &sheet{name: "Could get", head: true, frozen: 1, rows: len(people), review: -1,
		about: render.CouldSum(critical, all) + "; permc paths USER lists how, also with help and for others",
		columns: []column{{"User", 34, header}, {"Name", 24, header}, {"Status", 9, header}, {"Critical", 9, header},
			{"High", 9, header}}}
	s.fill = func(x *stream) error {
		for from := 0; from < len(people); from += itemsAtOnce {
			part := people[from:min(from+itemsAtOnce, len(people))]
			if err := x.rows(func(c *cells) { couldRows(c, part) }); err != nil {
				return err
			}
		}
		return nil
	}
	return s
}

func couldRows(c *cells, people []report.Tally) {
	for i := range people {
		t := &people[i]
		c.begin()
		c.text(strong, t.User.ID)
		c.text(wrapped, t.User.Name)
		c.text(plain, t.User.Status())
		c.number(number, t.Could.Critical)
		c.number(number, t.Could.High)
		c.end()
	}
}
