package html

import (
	"fmt"
	"html/template"
	"strings"

	"permc.dev/permc/compiler/render"
)

// graph draws boxes in columns, with edges between them: who reaches what, and through what.
type graph struct {
	columns [4][]*box
	edges   [][2]*box
	index   map[string]*box
}

// box has a title and lines below it.
type box struct {
	kind  string
	title string
	lines []string
	more  int // lines beyond the limit
	x, y  int
}

const (
	boxLine  = 16
	boxPad   = 9
	boxGap   = 14
	mostBox  = 10 // boxes of a column
	mostLine = 8  // lines of a box
)

// columnWidth is the width of the boxes in each column.
var columnWidth = [4]int{210, 150, 230, 270}

func newGraph() *graph { return &graph{index: map[string]*box{}} }

// box returns the box of a column with a key, and adds it if needed.
func (g *graph) box(column int, key, kind, title string) *box {
	key = fmt.Sprintf("%d %s", column, key)
	b := g.index[key]
	if b == nil {
		b = &box{kind: kind, title: title}
		g.index[key] = b
		g.columns[column] = append(g.columns[column], b)
	}
	return b
}

// line adds a line to a box, once.
func (b *box) line(s string) {
	for _, have := range b.lines {
		if have == s {
			return
		}
	}
	b.lines = append(b.lines, s)
}

func (g *graph) edge(from, to *box) {
	for _, e := range g.edges {
		if e[0] == from && e[1] == to {
			return
		}
	}
	g.edges = append(g.edges, [2]*box{from, to})
}

// trim limits the boxes, and counts the others in a last box.
func (g *graph) trim() {
	for i := range g.columns {
		list := g.columns[i]
		for _, b := range list {
			if len(b.lines) > mostLine {
				b.more = len(b.lines) - mostLine + 1
				b.lines = b.lines[:mostLine-1]
			}
		}
		if len(list) <= mostBox {
			continue
		}
		rest := &box{kind: "rest", title: fmt.Sprintf("and %s more", render.Thousands(len(list)-mostBox+1))}
		gone := map[*box]bool{}
		for _, b := range list[mostBox-1:] {
			gone[b] = true
		}
		g.columns[i] = append(list[:mostBox-1:mostBox-1], rest)
		edges := g.edges
		g.edges = nil
		for _, e := range edges {
			for k := range e {
				if gone[e[k]] {
					e[k] = rest
				}
			}
			g.edge(e[0], e[1])
		}
	}
}

func (b *box) height() int {
	n := 1 + len(b.lines)
	if b.more > 0 {
		n++
	}
	return n*boxLine + 2*boxPad - 3
}

// draw draws the columns, each centred vertically.
func (g *graph) draw(words string) template.HTML {
	g.trim()
	d := &drawing{}
	column := g.layOut(d)
	for _, e := range g.edges {
		d.curve("edge", e[0].x+columnWidth[column[e[0]]], e[0].y+e[0].height()/2, e[1].x, e[1].y+e[1].height()/2)
	}
	for i, list := range g.columns {
		for _, b := range list {
			b.draw(d, columnWidth[i])
		}
	}
	return d.picture(words)
}

// layOut gives each box its place, and returns its column.
func (g *graph) layOut(d *drawing) map[*box]int {
	for _, list := range g.columns {
		d.height = max(d.height, heightOf(list))
	}
	d.height += 4
	x, column := 1, map[*box]int{}
	for i, list := range g.columns {
		if len(list) == 0 {
			continue
		}
		y := (d.height - heightOf(list)) / 2
		for _, b := range list {
			b.x, b.y, column[b] = x, y, i
			y += b.height() + boxGap
		}
		x += columnWidth[i] + 56
	}
	d.width = x - 55
	return column
}

// heightOf returns the height of a column.
func heightOf(list []*box) (h int) {
	for _, b := range list {
		h += b.height() + boxGap
	}
	return h - boxGap
}

func (b *box) draw(d *drawing, width int) {
	d.box("box "+b.kind, b.x, b.y, width, b.height())
	most := (width - 2*boxPad) * 10 / 73
	y := b.y + boxPad + 10
	d.text("head", b.x+boxPad, y, shortenEnd(b.title, most-2))
	for _, l := range b.lines {
		y += boxLine
		d.text("label", b.x+boxPad, y, shortenEnd(l, most))
	}
	if b.more > 0 {
		d.text("label more", b.x+boxPad, y+boxLine, fmt.Sprintf("and %s more", render.Thousands(b.more)))
	}
}

// nameFew names a few items and counts the rest.
func nameFew(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %s more", render.Thousands(len(list)-most))
}
