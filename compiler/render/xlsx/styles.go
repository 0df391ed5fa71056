package xlsx

import (
	"fmt"
	"strings"
)

// Styles of cells, by their number in the workbook. No meaning depends on colour alone.
const (
	plain = 1 + iota
	wrapped
	muted
	located // a position
	dated
	header
	headerTurned
	headerReview
	title
	strong
	centred
	input
	inputCentred
	inputDated
	hyperlink
	number
	granted
	invited
	nothing
)

const (
	ink   = "1F2937"
	navy  = "1F3864"
	grey  = "6B7280"
	line  = "D1D5DB"
	paper = "FFFFFF"
	amber = "7C4A03"
	cream = "FFF8E1"
	azure = "1D4ED8"
	ice   = "DCE9F9"
)

// Alignments, as attributes.
const (
	atTop    = `vertical="top"`
	wrap     = `vertical="top" wrapText="1"`
	middle   = `horizontal="center" vertical="top"`
	atBottom = `horizontal="center" vertical="bottom"`
	turned   = `horizontal="center" vertical="top" textRotation="90"` // leaves room for a filter's button
)

// Number formats: two that every spreadsheet has, and one of ours.
const (
	general   = 0
	thousands = 3
	isoDate   = 164
)

// Borders, by their number in the workbook.
const (
	noBorder = iota
	rule     // a line below
	box      // lines left, right and below
)

// font is the type of a style.
type font struct {
	marks string // elements such as <b/>
	size  int
	color string
}

// look is a style: how a cell looks.
type look struct {
	font   font
	fill   string // a colour; empty: none
	border int
	align  string
	format int
}

// cellLooks returns the styles, by number.
func cellLooks() []look {
	text, small := font{"", 10, ink}, font{"", 10, grey}
	bold, head := font{"<b/>", 10, ink}, font{"<b/>", 10, paper}
	return []look{
		0:            {font: font{"", 11, ink}},
		plain:        {text, "", rule, atTop, general},
		wrapped:      {text, "", rule, wrap, general},
		muted:        {small, "", rule, atTop, general},
		located:      {small, "", rule, wrap, general},
		dated:        {text, "", rule, middle, isoDate},
		header:       {head, navy, noBorder, `vertical="bottom" wrapText="1"`, general},
		headerTurned: {head, navy, noBorder, turned, general},
		headerReview: {head, amber, noBorder, atBottom, general},
		title:        {font{"<b/>", 18, navy}, "", noBorder, atTop, general},
		strong:       {bold, "", rule, wrap, general},
		centred:      {text, "", box, middle, general},
		input:        {text, cream, box, atTop, general},
		inputCentred: {bold, cream, box, middle, general},
		inputDated:   {text, cream, box, middle, isoDate},
		hyperlink:    {font{"<u/>", 10, azure}, "", rule, atTop, general},
		number:       {text, "", rule, `horizontal="right" vertical="top" indent="1"`, thousands},
		granted:      {bold, ice, box, middle, general},
		invited:      {font{"<i/>", 10, grey}, "", box, middle, general},
		nothing:      {small, "", box, middle, general},
	}
}

// distinct numbers texts in the order of their first use.
type distinct []string

// index returns the number of a text.
func (d *distinct) index(text string) int {
	for i, s := range *d {
		if s == text {
			return i
		}
	}
	*d = append(*d, text)
	return len(*d) - 1
}

// list returns an element with the texts.
func (d distinct) list(name string) string {
	return fmt.Sprintf(`<%s count="%d">%s</%[1]s>`, name, len(d), strings.Join(d, ""))
}

// stylesXML returns the part of the workbook that defines the styles.
func stylesXML() string {
	const edge = ` style="thin"><color rgb="FF` + line + `"/></`
	fonts, cells := distinct{}, distinct{}
	fills := distinct{`<fill><patternFill patternType="none"/></fill>`,
		`<fill><patternFill patternType="gray125"/></fill>`} // every workbook begins with these
	for _, l := range cellLooks() {
		fill := 0
		if l.fill != "" {
			fill = fills.index(`<fill><patternFill patternType="solid"><fgColor rgb="FF` + l.fill +
				`"/></patternFill></fill>`)
		}
		text := fonts.index(fmt.Sprintf(`<font>%s<sz val="%d"/><color rgb="FF%s"/>`+
			`<name val="Calibri"/><family val="2"/></font>`,
			l.font.marks, l.font.size, l.font.color))
		cells = append(cells, fmt.Sprintf(`<xf numFmtId="%d" fontId="%d" fillId="%d" borderId="%d" xfId="0" `+
			`applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment %s/></xf>`,
			l.format, text, fill, l.border, l.align))
	}
	return xmlHead + `<styleSheet xmlns="` + mainNS + `">` +
		distinct{fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="yyyy-mm-dd"/>`, isoDate)}.list("numFmts") +
		fonts.list("fonts") + fills.list("fills") + distinct{
		`<border><left/><right/><top/><bottom/><diagonal/></border>`,
		`<border><left/><right/><top/><bottom` + edge + `bottom><diagonal/></border>`,
		`<border><left` + edge + `left><right` + edge + `right><top/><bottom` + edge + `bottom><diagonal/></border>`,
	}.list("borders") +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		cells.list("cellXfs") + `<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>` +
		distinct{
			`<dxf><font><b/><color rgb="FF` + paper +
				`"/></font><fill><patternFill patternType="solid"><bgColor rgb="FF` +
				amber + `"/></patternFill></fill></dxf>`,
			`<dxf><font><strike/><color rgb="FF` + grey + `"/></font></dxf>`,
		}.list("dxfs") + `</styleSheet>`
}
