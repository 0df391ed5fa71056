package html

import (
	"html/template"
	"strconv"

	"permc.dev/permc/compiler/policy"
)

// lines are lines of tables, of which a page may have thousands: a template
// takes many times as long for them.
type lines struct{ b []byte }

// raw appends markup, and nothing that people have written.
func (l *lines) raw(parts ...string) {
	for _, p := range parts {
		l.b = append(l.b, p...)
	}
}

// text appends what people have written, or may have.
func (l *lines) text(s string) { l.b = append(l.b, shown(s)...) }

func (l *lines) html(h template.HTML) { l.b = append(l.b, h...) }

// each puts each text into an element.
func (l *lines) each(before string, list []string, after string) {
	for _, s := range list {
		l.raw(before)
		l.text(s)
		l.raw(after)
	}
}

func (l *lines) done() template.HTML { return template.HTML(l.b) }

// Body returns the table of what a person has on a scope; what has the same
// reason stands together.
func (x *place) Body() template.HTML {
	var l lines
	for _, b := range x.Blocks {
		l.raw("<tbody>")
		for i, r := range b.Rows {
			l.raw(`<tr id="`, escape(rowAnchor(r)), `"><th scope="row">`)
			l.html(permissionLink(r.Permission))
			if s := r.Permission.Sensitivity; s != "" {
				l.raw(` <span class="level `, s, `">`, s, `</span>`)
			}
			l.raw("</th><td>")
			l.may(x.policy, r)
			l.raw("</td>")
			if i == 0 {
				span := `<td class="why" rowspan="` + strconv.Itoa(len(b.Rows)) + `">`
				l.raw(span)
				l.each("<p>", b.Why, "</p>")
				l.raw("</td>", span)
				l.each(`<p><code class="at">`, b.At, "</code></p>")
				l.raw("</td>")
			}
			l.raw("</tr>\n")
		}
		l.raw("</tbody>")
	}
	return l.done()
}

// may says what a row lets somebody do, and what of it is bound or withheld.
func (l *lines) may(p *policy.Policy, r *policy.Row) {
	l.text(actions(r))
	for _, w := range r.Withheld {
		l.raw(`<span class="term">`)
		l.text(w.Action + " withheld by " + w.Rule.ID)
		l.raw("</span>")
	}
	l.each(`<span class="term">`, terms(r), "</span>")
}

// HolderLines returns the lines of who holds the permission.
func (p permissionView) HolderLines() template.HTML {
	var l lines
	for _, h := range p.Holders() {
		l.raw(`<tr><th scope="row">`)
		l.html(personLink(h.Person))
		l.raw("</th><td>")
		l.html(scopeLink(h.Scope))
		l.raw("</td><td>")
		l.may(p.Policy, h.Row)
		l.raw("</td><td>")
		l.each("<p>", h.Why, "</p>")
		l.raw("</td></tr>\n")
	}
	return l.done()
}

// HolderLines returns the lines of who has the role.
func (r roleView) HolderLines() template.HTML {
	var l lines
	for _, h := range r.Holders() {
		l.raw(`<tr><th scope="row">`)
		l.html(personLink(h.Person))
		if h.Person.Waits() {
			l.raw(` <span class="sub">`, h.Person.Status(), `</span>`)
		}
		l.raw("</th><td>")
		l.html(scopeLink(h.Scope))
		l.raw("</td><td>")
		l.each("", h.Why, "")
		l.raw(`</td><td class="day">`, h.Until.String(), `</td><td><code class="at">`)
		l.text(h.At)
		l.raw("</code></td></tr>\n")
	}
	return l.done()
}

// Body returns the lines of a matrix.
func (t *scopeTable) Body() template.HTML {
	var l lines
	for _, line := range t.Lines {
		l.raw(`<tr><th scope="row">`)
		l.html(personLink(line.Person))
		l.raw("</th>")
		for _, c := range line.Cells {
			l.cell(c)
		}
		l.raw("</tr>\n")
	}
	return l.done()
}

// cell writes a cell of a matrix: the mark, and the same in words.
func (l *lines) cell(c cellOf) {
	if c.row == nil {
		l.raw("<td></td>")
		return
	}
	class, text := cellMark(c.policy, c.row)
	l.raw(`<td class="`, class, `"><a href="#`, escape(rowAnchor(c.row)), `"><span aria-hidden="true">`, text, `</span><span class="vh">`)
	l.text(inWords(c.row))
	l.raw("</span></a></td>")
}
