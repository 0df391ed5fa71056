package xlsx

import "fmt"

// Day numbers of Excel.
const (
	serial2000 = 36526
	serial9999 = 2958465
)

// Looks of decided rows, by their number among the conditional styles.
const (
	markedTwice = iota
	markedRemove
)

// decisionRules returns what prepares the columns that a reviewer fills: it strikes out rows marked for removal,
// highlights rows marked both keep and remove, and limits the values.
func decisionRules(p *part) string {
	if p.review < 0 || p.rows == 0 {
		return ""
	}
	keep, date, bottom := p.review, p.review+3, p.rows+1
	area, k, r := cellRange(0, 2, keep+1, bottom), columnName(keep), columnName(keep+1)
	rule := func(look int, formula string) string {
		return fmt.Sprintf(`<cfRule type="expression" dxfId="%d" priority="%d"><formula>%s</formula></cfRule>`,
			look, look+1, appendXML(nil, formula))
	}
	return `<conditionalFormatting sqref="` + area + `">` +
		rule(markedTwice, fmt.Sprintf(`AND($%s2<>"",$%s2<>"")`, k, r)) +
		rule(markedRemove, fmt.Sprintf(`AND($%s2="",$%s2<>"")`, k, r)) + `</conditionalFormatting>` +
		`<dataValidations count="2">` +
		`<dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1" errorTitle="Keep or remove"` +
		` error="Put an x in one of the two columns." sqref="` + cellRange(keep, 2, keep+1, bottom) +
		`"><formula1>"x"</formula1></dataValidation>` +
		`<dataValidation type="date" errorStyle="warning" allowBlank="1" showErrorMessage="1" errorTitle="Date"` +
		` error="The date of the decision, e.g. 2026-12-31." sqref="` + cellRange(date, 2, date, bottom) +
		fmt.Sprintf(`"><formula1>%d</formula1><formula2>%d</formula2></dataValidation></dataValidations>`,
			serial2000, serial9999)
}
