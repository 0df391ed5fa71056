package html

import (
	"html/template"
	"strconv"

	"permc.dev/permc/compiler/render"
)

// mostLinesShown limits the lines of the declaration on the page.
const mostLinesShown = 5000

// LinesShown counts the lines on the page.
func (c *change) LinesShown() int { return min(len(c.lines), mostLinesShown) }

// ManyPeople reports whether too many people change to list the lines of all.
func (c *change) ManyPeople() bool { return len(c.Diff.People) > mostPeople }

// LinesLeft counts the others.
func (c *change) LinesLeft() int { return len(c.lines) - c.LinesShown() }

// CauseLines returns the table of the lines that cause the changes of access.
func (c *change) CauseLines() template.HTML {
	var l lines
	for i := range c.lines[:c.LinesShown()] {
		x := &c.lines[i]
		l.raw(`<tr><th scope="row"><code class="at">`)
		l.placeLink(&x.ChangedAt)
		side := "after"
		if x.Base {
			side = "before"
		}
		l.raw(`</code></th><td>`, side, "</td>")
		l.level(x.Level)
		l.raw(`<td data-v="`, strconv.Itoa(len(x.Users)), `">`)
		l.raw("<p>")
		l.html(c.nameUsers(x.Users))
		l.raw("</p></td>")
		for _, n := range []int{x.Gains, x.Loses, x.Other} {
			l.count(n)
		}
		l.raw("</tr>\n")
	}
	return l.done()
}

// count appends a cell of a number, empty for zero.
func (l *lines) count(n int) {
	l.raw(`<td class="n">`)
	if n > 0 {
		l.raw(render.Thousands(n))
	}
	l.raw("</td>")
}
