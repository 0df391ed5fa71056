package render

import (
	"cmp"
	"strings"
)

// grid is two columns side by side, with names in front of them, in the width
// of a page.
type grid struct{ name, cell int }

const (
	indent     = 4
	gap        = 2
	widestCell = 26 // that names make room for
)

// newGrid measures columns for lines: cells take what they need, up to what
// leaves room for the names.
func newGrid(lines []line) *grid {
	name, cell, word := 12, 3, 20
	for _, l := range lines {
		name = max(name, textWidth(l.name))
		for i := range l.cells {
			cell = max(cell, textWidth(l.cell(i)))
			for _, w := range strings.Fields(l.cell(i)) {
				word = max(word, textWidth(w))
			}
		}
	}
	const room = pageWidth - indent - 2*gap
	g := &grid{name: min(name, room-2*min(cell, word, widestCell))}
	g.cell = min(cell, (room-g.name)/2)
	return g
}

// cell returns what stands in a column.
func (l *line) cell(i int) string {
	if !l.has[i] {
		return "-"
	}
	text := l.cells[i]
	switch {
	case text == "":
		text = cmp.Or(l.until[i], "yes")
	case l.until[i] != "":
		text += "; " + l.until[i]
	}
	return strings.TrimSpace(text + " " + l.refs[i])
}

func (g *grid) head(b []byte, title string, style Style) []byte {
	b = append(b, style.bold(pad(title, indent+g.name+gap))...)
	return append(append(b, style.bold(pad(sides[0], g.cell+gap))+style.bold(sides[1])...), '\n')
}

// line writes a name with its two cells; a name that does not fit stands in a
// line of its own, and cells go on below.
func (g *grid) line(b []byte, l line) []byte {
	name := l.name
	if textWidth(name) > g.name {
		b = append(append(append(b, strings.Repeat(" ", indent)...), name...), '\n')
		name = ""
	}
	left, right := foldText(l.cell(0), g.cell), foldText(l.cell(1), g.cell)
	for i := range max(len(left), len(right)) {
		text := strings.Repeat(" ", indent) + pad(name, g.name+gap) + pad(nth(left, i), g.cell+gap) + nth(right, i)
		b = append(append(b, strings.TrimRight(text, " ")...), '\n')
		name = ""
	}
	return b
}

func nth(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
