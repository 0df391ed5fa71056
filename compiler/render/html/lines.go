package html

import (
	"html/template"
	"strconv"

	"permc.dev/permc/compiler/ask/report"
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

// head begins a line with its heading.
func (l *lines) head(h template.HTML) { l.raw(`<tr><th scope="row">`, string(h), "</th>") }

// cells appends cells of markup.
func (l *lines) cells(list ...template.HTML) {
	for _, h := range list {
		l.raw("<td>", string(h), "</td>")
	}
}

// day appends a cell of a date, or an empty one.
func (l *lines) day(d policy.Date) {
	l.raw(`<td class="day">`)
	if d != 0 {
		l.raw(d.String())
	}
	l.raw("</td>")
}

// each puts each text into an element.
func (l *lines) each(before string, list []string, after string) {
	for _, s := range list {
		l.raw(before)
		l.text(s)
		l.raw(after)
	}
}

func (l *lines) done() template.HTML { return template.HTML(l.b) }

// level appends a cell of a sensitivity, with its rank to sort by.
func (l *lines) level(s string) { l.html(levelCell(s)) }

func levelCell(s string) template.HTML {
	if s == "" {
		return `<td data-v="9"></td>`
	}
	rank := strconv.Itoa(rankOf(s))
	return template.HTML(`<td data-v="` + rank + `"><span class="level ` + s + `">` + s + `</span></td>`)
}

// PermissionLines returns the table of a person's permissions.
func (p personView) PermissionLines() template.HTML {
	var l lines
	for i := range p.Rows {
		r := &p.Rows[i]
		l.raw(`<tr id="`, escapeHTML(rowAnchor(r)), `"><th scope="row">`)
		l.html(p.NamePermission(r.Permission))
		l.raw("</th>")
		l.cells(p.NameScope(r.Scope))
		l.level(r.Sensitivity())
		l.held(r)
		l.raw("<td>")
		l.each("<p>", p.sourceTexts(r, toSentence), "</p>")
		l.raw("</td><td>")
		l.each(`<p><code class="at">`, p.positions(r), "</code></p>")
		l.raw("</td></tr>\n")
	}
	return l.done()
}

func (v *view) positions(r *policy.Row) (list []string) {
	via, _ := r.Leading()
	for i := range via {
		list = append(list, positionText(v.Files(), via[i].Pos))
	}
	return dropRepeats(list)
}

// held appends cells of the actions of a row, with their limits, of its expiry, and of how sure it is.
func (l *lines) held(r *policy.Row) {
	l.raw("<td>")
	l.text(actionsText(r))
	for _, w := range r.Withheld {
		l.raw(`<span class="term">`)
		l.text(w.Action + " withheld by ")
		l.html(linkTo("denied", w.Rule.ID, w.Rule.ID))
		l.raw("</span>")
	}
	ends := r.Ends
	if r.Mixed() {
		ends = 0 // each part has its own, among the limits
	}
	l.each(`<span class="term">`, limits(r), "</span>")
	l.raw("</td>")
	l.day(ends)
	l.raw("<td>", r.Confidence().String(), "</td>")
}

// HolderLines returns the lines of the permission's holders.
func (p permissionView) HolderLines() template.HTML {
	var l lines
	for _, h := range p.Holders() {
		l.head(p.NameUser(h.Person.User))
		l.cells(p.NameScope(h.Scope))
		l.level(h.Row.Sensitivity())
		l.held(h.Row)
		l.raw("<td>")
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
		l.html(r.NameUser(h.Person.User))
		l.html(statusOf(h.Person))
		l.raw("</th>")
		l.cells(r.NameScope(h.Scope))
		l.raw("<td>")
		l.each("", h.Why, "")
		l.raw("</td>")
		l.day(h.Until)
		if r.Observed != nil {
			l.cells(r.presenceOf(h.Person.User, h.Group, h.Entry))
		}
		l.raw(`<td><code class="at">`)
		l.text(h.At)
		l.raw("</code></td></tr>\n")
	}
	return l.done()
}

// statusOf says that somebody is not active.
func statusOf(p *report.Person) template.HTML {
	if !p.Waits() {
		return ""
	}
	return template.HTML(` <span class="sub">` + p.Status() + `</span>`)
}

// Body returns the lines of a matrix.
func (t *scopeTable) Body() template.HTML {
	var l lines
	for _, line := range t.Lines {
		l.head(t.NameUser(line.Person.User))
		for _, r := range line.Cells {
			l.cell(t.view, r)
		}
		l.raw("</tr>\n")
	}
	return l.done()
}

// cell writes a cell of a matrix: the mark, and its meaning for screen readers.
func (l *lines) cell(v *view, r *policy.Row) {
	if r == nil {
		l.raw("<td></td>")
		return
	}
	class, text := cellMark(v.Policy, r)
	l.raw(`<td class="`, class, `"><a href="#`, escapeHTML(rowAnchor(r)), `"><span aria-hidden="true">`)
	l.text(text)
	l.raw(`</span><span class="vh">`)
	l.text(v.inWords(r))
	l.raw("</span></a></td>")
}
