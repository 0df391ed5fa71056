package xlsx

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// decisions prepares the columns that a reviewer fills: the allowed values, and the look of a decided row.
func (s *skeleton) decisions(p *part) {
	if p.review < 0 || p.rows == 0 {
		return
	}
	keep, date, bottom := p.review, p.review+3, p.rows+1
	x := excelize.NewDataValidation(true)
	x.SetSqref(cellRange(keep, 2, keep+1, bottom))
	s.note(x.SetDropList([]string{"x"}))
	x.SetError(excelize.DataValidationErrorStyleWarning, "Keep or remove", "Put an x in one of the two columns.")
	s.note(s.book.AddDataValidation(p.name, x))

	d := excelize.NewDataValidation(true)
	d.SetSqref(cellRange(date, 2, date, bottom))
	s.note(d.SetRange(serial2000, serial9999, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween))
	d.SetError(excelize.DataValidationErrorStyleWarning, "Date", "The date of the decision, e.g. 2026-12-31.")
	s.note(s.book.AddDataValidation(p.name, d))
	s.marked(p, cellRange(0, 2, keep+1, bottom), columnName(keep), columnName(keep+1))
}

// Day numbers of Excel.
const (
	serial2000 = 36526
	serial9999 = 2958465
)

// marked strikes out rows marked for removal, and highlights rows marked both keep and remove.
func (s *skeleton) marked(p *part, area, keep, remove string) {
	for _, m := range [...]struct {
		formula string
		style   excelize.Style
	}{
		{`AND($%s2<>"",$%s2<>"")`, excelize.Style{Font: &excelize.Font{Bold: true, Color: paper},
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{amber}}}},
		{`AND($%s2="",$%s2<>"")`, excelize.Style{Font: &excelize.Font{Strike: true, Color: grey}}},
	} {
		id, err := s.book.NewConditionalStyle(&m.style)
		s.note(err)
		s.note(s.book.SetConditionalFormat(p.name, area, []excelize.ConditionalFormatOptions{
			{Type: "formula", Criteria: fmt.Sprintf(m.formula, keep, remove), Format: &id}}))
	}
}
