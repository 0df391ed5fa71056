package xlsx

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Limits of Excel.
const (
	mostRows  = 1 << 20 // of a sheet, its header among them
	mostUnits = 32767   // of a cell, in UTF-16
	mostName  = 31      // of a sheet's name
)

// newRow is invalid in XML. It marks where a row begins until the rows are put together, because workers do not know
// its number.
const newRow = 0x01

// cells appends rows of cells as XML. Each goroutine needs its own. A cell is text, a number or a date: there is no
// way to write a formula. Cells have no references of their own, because each row fills its columns from the first.
type cells struct {
	columns []column // of the sheet, for their widths
	shared  *sharedTexts
	memory  *memory // nil: none
	b       []byte
	col     int
	cut     int // cells cut to Excel's limit
	height  int // offset of the row's height, written at the end
	lines   int // lines of text in the row
}

// noHeight is overwritten when the row ends: up to three digits, a quote and blanks.
const noHeight = ` ht="    >`

func (c *cells) begin() {
	c.b, c.col, c.lines = append(append(c.b, newRow), noHeight...), 0, 1
	c.height = len(c.b) - len("    >")
}

// end ends a row, and sets its height, because not every program makes room for several lines.
func (c *cells) end() {
	n := min(c.lines*lineHeight+2, mostHeight)
	copy(c.b[c.height:], strconv.Itoa(n)+`"`)
	c.b = append(c.b, "</row>"...)
}

// Heights in points.
const (
	lineHeight = 13
	mostHeight = 409
)

// countLines returns the lines that text takes in its column. Spreadsheets break lines at spaces and after hyphens.
func (c *cells) countLines(s string) int {
	width := int(c.columns[c.col].width * 1.15) // a width counts digits, but most letters are narrower
	line, lines := 0, 1
	for s != "" {
		n := strings.IndexAny(s, " -/") + 1
		if n == 0 {
			n = len(s)
		}
		word := utf8.RuneCountInString(s[:n])
		if line > 0 && line+word > width+1 { // a space may hang over
			line, lines = 0, lines+1
		}
		line += word
		lines, line = lines+(line-1)/(width+1), (line-1)%(width+1)+1
		s = s[n:]
	}
	return lines
}

func (c *cells) open(style int) {
	c.b = strconv.AppendInt(append(c.b, `<c s="`...), int64(style), 10)
	c.b = append(c.b, '"')
	c.col++
}

// empty writes a cell that is to be filled, or that only has a border.
func (c *cells) empty(style int) {
	c.open(style)
	c.b = append(c.b, "/>"...)
}

func (c *cells) number(style, n int) {
	c.open(style)
	c.b = strconv.AppendInt(append(c.b, "><v>"...), int64(n), 10)
	c.b = append(c.b, "</v></c>"...)
}

// firstDay is the first day that Excel counts correctly, 1900-03-01.
var firstDay, _ = policy.ParseDate("1900-03-01")

// date writes a day as Excel counts it, or as text if it cannot.
func (c *cells) date(style int, d policy.Date) {
	switch {
	case d == 0:
		c.empty(style)
	case d < firstDay:
		c.text(style, d.String())
	default:
		c.number(style, int(d-firstDay)+61)
	}
}

// text writes a cell of text that other rows may repeat: it remembers the cell.
func (c *cells) text(style int, s string) {
	if s == "" {
		c.empty(style)
		return
	}
	if c.memory == nil {
		c.newText(style, s)
		return
	}
	column := c.col
	cell := c.memory.find(column, style, s)
	if cell == nil {
		start, cut := len(c.b), c.cut
		lines := c.newText(style, s)
		if c.cut == cut {
			c.memory.add(column, writtenCell{s, style, bytes.Clone(c.b[start:]), lines})
		}
		return
	}
	c.again(cell)
}

// again writes a cell once more.
func (c *cells) again(cell *writtenCell) {
	c.b = append(c.b, cell.xml...)
	c.lines = max(c.lines, cell.lines)
	c.col++
}

// likeLast writes a cell of text that only the row before may have, too.
func (c *cells) likeLast(style int, s string) {
	if c.memory == nil || s == "" {
		c.newText(style, s)
		return
	}
	column := c.col
	if cell := c.memory.findLast(column, style, s); cell != nil {
		c.again(cell)
		return
	}
	start, cut := len(c.b), c.cut
	lines := c.newText(style, s)
	if last := &c.memory.last[column]; c.cut == cut {
		// no other cell of the column has these bytes
		*last = writtenCell{s, style, append(last.xml[:0], c.b[start:]...), lines}
	} else {
		last.xml = nil
	}
}

// newText writes a cell of text and returns the lines that it takes.
func (c *cells) newText(style int, s string) (lines int) {
	if s == "" {
		c.empty(style)
		return 0
	}
	s = c.fit(Shown(s))
	switch style {
	case wrapped, strong, located:
		lines = c.countLines(s)
	case title:
		lines = 2
	}
	c.lines = max(c.lines, lines)
	c.open(style)
	if n, ok := c.shared.find(style, s); ok {
		c.b = strconv.AppendInt(append(c.b, ` t="s"><v>`...), int64(n), 10)
		c.b = append(c.b, "</v></c>"...)
		return lines
	}
	c.b = append(append(c.b, ` t="inlineStr"><is>`...), openText(s)...)
	c.b = append(appendXML(c.b, s), "</t></is></c>"...)
	return lines
}

// Shown returns text as shown in a cell, without characters that steer a terminal or hide text order.
func Shown(s string) string {
	s = render.Safe(s)
	if strings.Contains(s, "\uFFFE") || strings.Contains(s, "\uFFFF") {
		s = strings.NewReplacer("\uFFFE", `\u{FFFE}`, "\uFFFF", `\u{FFFF}`).Replace(s)
	}
	return s
}

// fit cuts text to Excel's limit, and says so in the cell.
func (c *cells) fit(s string) string {
	if !tooLong(s) {
		return s
	}
	c.cut++
	note := "… (" + strconv.Itoa(utf8.RuneCountInString(s)) + " characters, more than a cell holds)"
	left := mostUnits - len(utf16.Encode([]rune(note)))
	for i, r := range s {
		if left -= utf16.RuneLen(r); left < 0 {
			return s[:i] + note
		}
	}
	return s
}

func tooLong(s string) bool {
	return len(s) > mostUnits && len(utf16.Encode([]rune(s))) > mostUnits
}

// appendXML appends text for an element. It escapes `_x0041_`, which would be read as an escape.
func appendXML(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '&':
			b = append(b, "&amp;"...)
		case c == '<':
			b = append(b, "&lt;"...)
		case c == '>':
			b = append(b, "&gt;"...)
		case c == '_' && isEscape(s[i:]):
			b = append(b, "_x005F_"...)
		default:
			b = append(b, c)
		}
	}
	return b
}

// isEscape reports whether text begins with _xHHHH_, the form in which spreadsheets write a character that XML cannot
// hold.
func isEscape(s string) bool {
	if len(s) < 7 || s[1] != 'x' && s[1] != 'X' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}

var columnNames = sync.OnceValue(func() *[702]string {
	var names [702]string
	for i := range names {
		if i >= 26 {
			names[i] = string(rune('A' + i/26 - 1))
		}
		names[i] += string(rune('A' + i%26))
	}
	return &names
})

// columnName returns A, B, …, Z, AA, … for a column counted from zero.
func columnName(i int) string {
	if names := columnNames(); i < len(names) {
		return names[i]
	}
	return columnName(i/26-1) + string(rune('A'+i%26))
}
