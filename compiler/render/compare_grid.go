package render

import (
	"cmp"
	"strings"
)

// grid lays out two columns side by side after a column of names, within the page width.
type grid struct{ name, cell int }

const (
	indent     = 4
	gap        = 2
	widestCell = 26 // names leave this much room
)

// newGrid measures columns for lines. Cells take what they need, as long as names have room.
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

// cell returns the text of a column.
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
	b = append(b, style.bold(padTo(title, indent+g.name+gap))...)
	return append(append(b, style.bold(padTo(sides[0], g.cell+gap))+style.bold(sides[1])...), '\n')
}

// line writes a name with its two cells. A name that is too long gets its own line, and cells wrap below.
func (g *grid) line(b []byte, l line) []byte {
	name := l.name
	if textWidth(name) > g.name {
		b = append(append(append(b, strings.Repeat(" ", indent)...), name...), '\n')
		name = ""
	}
	left, right := foldText(l.cell(0), g.cell), foldText(l.cell(1), g.cell)
	for i := range max(len(left), len(right)) {
		text := strings.Repeat(" ", indent) + padTo(name, g.name+gap) + padTo(nthOrEmpty(left, i), g.cell+gap) +
			nthOrEmpty(right, i)
		b = append(append(b, strings.TrimRight(text, " ")...), '\n')
		name = ""
	}
	return b
}

func nthOrEmpty(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
