package html

import (
	"html/template"
	"strconv"

	"permc.dev/permc/compiler/policy"
)

// lines builds the lines of tables. A page may have thousands, and a template is many times slower.
type lines struct{ b []byte }

// raw appends markup, never text from a declaration.
func (l *lines) raw(parts ...string) {
	for _, p := range parts {
		l.b = append(l.b, p...)
	}
}

// text appends text that may come from a declaration.
func (l *lines) text(s string) { l.b = append(l.b, shownHTML(s)...) }

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

// Body returns the table of a person's permissions on a scope. Rows with the same reason are adjacent.
func (x *place) Body() template.HTML {
	var l lines
	for _, b := range x.Blocks {
		l.raw("<tbody>")
		for i, r := range b.Rows {
			l.raw(`<tr id="`, escapeHTML(rowAnchor(r)), `"><th scope="row">`)
			l.html(permissionLink(r.Permission))
			if s := r.Sensitivity(); s != "" {
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

// may describes the actions of a row and their limits.
func (l *lines) may(p *policy.Policy, r *policy.Row) {
	l.text(actionsText(r))
	for _, w := range r.Withheld {
		l.raw(`<span class="term">`)
		l.text(w.Action + " withheld by " + w.Rule.ID)
		l.raw("</span>")
	}
	l.each(`<span class="term">`, terms(r), "</span>")
}

// HolderLines returns the lines of the permission's holders.
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

// HolderLines returns the lines of the role's holders.
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

// cell writes a cell of a matrix: the mark, and its meaning for screen readers.
func (l *lines) cell(c cellOf) {
	if c.row == nil {
		l.raw("<td></td>")
		return
	}
	class, text := cellMark(c.policy, c.row)
	l.raw(`<td class="`, class, `"><a href="#`, escapeHTML(rowAnchor(c.row)), `"><span aria-hidden="true">`)
	l.text(text)
	l.raw(`</span><span class="vh">`)
	l.text(inWords(c.row))
	l.raw("</span></a></td>")
}
