package xlsx

import "github.com/xuri/excelize/v2"

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
	ink    = "1F2937"
	navy   = "1F3864"
	grey   = "6B7280"
	line   = "D1D5DB"
	paper  = "FFFFFF"
	amber  = "7C4A03"
	cream  = "FFF8E1"
	azure  = "1D4ED8"
	ice    = "DCE9F9"
	family = "Calibri"
)

var isoDate = "yyyy-mm-dd"

func cellStyles() []*excelize.Style {
	font := func(f excelize.Font) *excelize.Font {
		f.Family, f.Size = family, max(f.Size, 10)
		if f.Color == "" {
			f.Color = ink
		}
		return &f
	}
	top := &excelize.Alignment{Vertical: "top"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	middle := &excelize.Alignment{Vertical: "top", Horizontal: "center"}
	rule := []excelize.Border{{Type: "bottom", Color: line, Style: 1}}
	box := []excelize.Border{{Type: "left", Color: line, Style: 1}, {Type: "right", Color: line, Style: 1},
		{Type: "bottom", Color: line, Style: 1}}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	head := func(color string, a excelize.Alignment) *excelize.Style {
		return &excelize.Style{Font: font(excelize.Font{Bold: true, Color: paper}), Fill: fill(color), Alignment: &a}
	}
	return []*excelize.Style{
		plain - 1:   {Font: font(excelize.Font{}), Alignment: top, Border: rule},
		wrapped - 1: {Font: font(excelize.Font{}), Alignment: wrap, Border: rule},
		muted - 1:   {Font: font(excelize.Font{Color: grey}), Alignment: top, Border: rule},
		located - 1: {Font: font(excelize.Font{Color: grey}), Alignment: wrap, Border: rule},
		dated - 1:   {Font: font(excelize.Font{}), Alignment: middle, Border: rule, CustomNumFmt: &isoDate},
		header - 1:  head(navy, excelize.Alignment{Vertical: "bottom", WrapText: true}),
		// leaves room for a filter's button
		headerTurned - 1: head(navy, excelize.Alignment{Horizontal: "center", Vertical: "top", TextRotation: 90}),
		headerReview - 1: head(amber, excelize.Alignment{Horizontal: "center", Vertical: "bottom"}),
		title - 1:        {Font: font(excelize.Font{Bold: true, Size: 18, Color: navy}), Alignment: top},
		strong - 1:       {Font: font(excelize.Font{Bold: true}), Alignment: wrap, Border: rule},
		centred - 1:      {Font: font(excelize.Font{}), Alignment: middle, Border: box},
		input - 1:        {Font: font(excelize.Font{}), Fill: fill(cream), Alignment: top, Border: box},
		inputCentred - 1: {Font: font(excelize.Font{Bold: true}), Fill: fill(cream), Alignment: middle, Border: box},
		inputDated - 1: {Font: font(excelize.Font{}), Fill: fill(cream), Alignment: middle, Border: box,
			CustomNumFmt: &isoDate},
		hyperlink - 1: {Font: font(excelize.Font{Color: azure, Underline: "single"}), Alignment: top, Border: rule},
		granted - 1:   {Font: font(excelize.Font{Bold: true}), Fill: fill(ice), Alignment: middle, Border: box},
		invited - 1:   {Font: font(excelize.Font{Italic: true, Color: grey}), Alignment: middle, Border: box},
		nothing - 1:   {Font: font(excelize.Font{Color: grey}), Alignment: middle, Border: box},
		number - 1: {Font: font(excelize.Font{}),
			Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right", Indent: 1}, Border: rule, NumFmt: 3},
	}
}
