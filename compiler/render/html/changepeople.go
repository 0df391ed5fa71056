package html

import (
	"fmt"
	"html/template"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// personChange is what changes for one person, or alike for several, with everything that the page shows.
type personChange struct {
	*change
	*render.ChangedPerson
}

// Name names the person, or counts the people.
func (p personChange) Name() template.HTML {
	if p.Who == "" {
		return p.nameUser(p.User)
	}
	return linkTo("user", p.User.ID, capitalize(p.Who)) + ", each"
}

// Heading returns the name without a link.
func (p personChange) Heading() template.HTML {
	if p.Who == "" {
		return titled(p.User.Name, p.User.ID, plainText(titleOf(p.User.Name, p.User.ID)))
	}
	return plainText(capitalize(p.Who))
}

// FirstNames names the first people of an entry, and counts the others.
func (p personChange) FirstNames() template.HTML {
	parts := []template.HTML{plainText(titleOf(p.User.Name, p.User.ID))}
	for _, u := range p.Others[:min(len(p.Others), 1)] {
		parts = append(parts, plainText(titleOf(u.Name, u.ID)))
	}
	n := 1 + len(p.Others) + p.ChangedPerson.More - len(parts)
	return joinHTML(parts, ", ") + template.HTML(" and "+render.Thousands(n)+" more")
}

// Everybody lists the people of an entry, with a link for each that has one.
func (p personChange) Everybody() template.HTML {
	parts := []template.HTML{plainText(p.User.ID)}
	for _, u := range p.Others {
		parts = append(parts, plainText(u.ID))
	}
	return joinHTML(parts, ", ")
}

// Unnamed counts the people whom the page does not name.
func (c *change) Unnamed() int {
	n := c.More
	for _, p := range c.Shown {
		n += p.ChangedPerson.More
	}
	return n
}

// Kind names the kind of user.
func (p personChange) Kind() string {
	if p.Who != "" {
		return ""
	}
	return kindOfUser(p.User)
}

// Summary counts what changes, in a sentence.
func (p personChange) Summary() string {
	var parts []string
	add := func(n int, verb, verbs string) {
		if n > 0 {
			if p.Who != "" {
				verb = verbs
			}
			parts = append(parts, verb+" "+render.Plural(n, "permission"))
		}
	}
	add(p.Counts[diff.Gained], "gains", "gain")
	add(p.Counts[diff.Widened], "has more of", "have more of")
	add(p.Counts[diff.Narrowed], "has less of", "have less of")
	add(p.Counts[diff.Lost], "loses", "lose")
	if n := p.Counts[diff.ReasonChanged]; n > 0 {
		parts = append(parts, "reason changed for "+render.Plural(n, "permission"))
	}
	if len(parts) == 0 {
		parts = append(parts, "no permission changes")
	}
	text := capitalize(strings.Join(parts, "; "))
	if n := p.Critical(); n > 0 {
		text += fmt.Sprintf(". %s of what comes is critical", render.Thousands(n))
	}
	return text + "."
}

// Comes counts what comes: gained permissions, and those with more of them.
func (p personChange) Comes() int { return p.Counts[diff.Gained] + p.Counts[diff.Widened] }

// Goes counts what goes, likewise.
func (p personChange) Goes() int { return p.Counts[diff.Lost] + p.Counts[diff.Narrowed] }

// Other counts the permissions that stay for another reason.
func (p personChange) Other() int { return p.Counts[diff.ReasonChanged] }

// Critical counts the critical permissions that come.
func (p personChange) Critical() int { return p.comesOf("critical") }

// High counts the high permissions that come.
func (p personChange) High() int { return p.comesOf("high") }

func (p personChange) comesOf(level string) int {
	for _, l := range p.Gains {
		if l.Level == level {
			return l.Rows
		}
	}
	return 0
}

// Gained names the most sensitive permissions that come.
func (p personChange) Gained() template.HTML { return nameLevels(p.Gains) }

// Lost names the most sensitive permissions that go.
func (p personChange) Lost() template.HTML { return nameLevels(p.Loses) }

// mostNamed limits the permissions that a line of a table names.
const mostNamed = 3

// nameLevels names the most sensitive permissions, and counts the others.
func nameLevels(list []render.ChangedLevel) template.HTML {
	if len(list) == 0 {
		return ""
	}
	var l lines
	named, all := 0, 0
	l.raw("<p>")
	for _, level := range list {
		all += len(level.Items)
		for i, x := range level.Items[:min(len(level.Items), mostNamed-named)] {
			if named++; named > 1 {
				l.raw(", ")
			}
			if i == 0 && (level.Level == "critical" || level.Level == "high") {
				l.raw(`<span class="level `, level.Level, `">`, level.Level, `</span> `)
			}
			l.html(plainText(titleOf(x.Title, x.ID)))
		}
	}
	if all > named {
		l.raw(` <span class="sub">and `, render.Thousands(all-named), " more</span>")
	}
	l.raw("</p>")
	return l.done()
}

// NewFindings counts the open new findings about the person.
func (p personChange) NewFindings() int {
	if p.Who != "" {
		return 0
	}
	return len(p.found[p.User.ID])
}

// ShownFindings returns the first open new findings about the person.
func (p personChange) ShownFindings() []findingView {
	if p.Who != "" {
		return nil
	}
	list := p.found[p.User.ID]
	v := &view{Page: &Page{}, places: p.NewFiles, plain: true, pathNames: p.titles}
	var shown []findingView
	for _, d := range list[:min(len(list), mostOfPerson)] {
		shown = append(shown, findingView{v, d, v.about(d), false})
	}
	return shown
}

// MoreFindings counts the others.
func (p personChange) MoreFindings() int { return max(0, p.NewFindings()-mostOfPerson) }

// WayLines returns the table of what changes for the person.
func (p personChange) WayLines() template.HTML {
	var l lines
	for i := range p.Ways {
		p.wayLine(&l, &p.Ways[i])
	}
	return l.done()
}

func (p personChange) wayLine(l *lines, w *render.ChangedWay) {
	l.raw(`<tr class="`, w.Kind.String(), `"><th scope="row"><span class="sign" aria-hidden="true">`,
		escapeHTML(w.Sign), `</span> `, escapeHTML(w.Word), `</th>`)
	l.level(w.Level)
	l.raw("<td>")
	for _, x := range w.Items {
		l.raw("<p>")
		if x.Role {
			l.raw("role ")
		}
		l.html(titled(x.Title, x.ID, plainText(titleOf(x.Title, x.ID))))
		if x.Terms != "" {
			l.raw(`<span class="term">`)
			l.text(x.Terms)
			l.raw("</span>")
		}
		l.raw("</p>")
	}
	l.raw("</td><td>")
	for _, path := range w.Scopes {
		l.raw("<p>")
		l.html(p.nameScope(path, w.Kind == diff.Lost))
		l.raw("</p>")
	}
	l.text(w.On)
	l.raw("</td><td>")
	l.text(capitalize(p.titles.sentence(w.Why)))
	l.raw("</td><td>")
	l.places(w.At)
	l.raw("</td></tr>\n")
}

// nameScope names a scope of one side by its title, with its path.
func (c *change) nameScope(path string, lost bool) template.HTML {
	s := c.Head.ScopeByPath[path]
	if (s == nil || lost) && c.Base != nil && c.Base.ScopeByPath[path] != nil {
		s = c.Base.ScopeByPath[path]
	}
	if s == nil {
		return plainText(path)
	}
	return titled(s.Title, path, plainText(titleOf(s.Title, path)))
}

// places appends lines of the declaration, with links to them.
func (l *lines) places(list []render.ChangedAt) {
	for _, at := range list {
		l.raw(`<p><code class="at">`)
		if at.Lead != "at " {
			l.text(at.Lead)
		}
		l.placeLink(&at)
		l.text(at.Why)
		l.raw("</code></p>")
	}
}

func (l *lines) placeLink(at *render.ChangedAt) {
	if at.URL == "" {
		l.text(at.At)
		return
	}
	l.raw(`<a href="`, escapeHTML(at.URL), `">`)
	l.text(at.At)
	l.raw("</a>")
}

// findingsByUser returns the open new findings about each user.
func findingsByUser(list []diag.Finding) map[string][]*diag.Finding {
	found := map[string][]*diag.Finding{}
	for i := range list {
		if d := &list[i]; d.User != "" && kindOf(d) == "" {
			found[d.User] = append(found[d.User], d)
		}
	}
	return found
}

// nameUsers names the first of some users, and counts the others.
func (c *change) nameUsers(list []*policy.User) template.HTML {
	var parts []template.HTML
	for _, u := range list[:min(len(list), mostNamed)] {
		first, ok := c.listed[u]
		if text := titleOf(u.Name, u.ID); ok {
			parts = append(parts, linkTo("user", first, text))
		} else {
			parts = append(parts, plainText(text))
		}
	}
	text := joinHTML(parts, ", ")
	if n := len(list) - len(parts); n > 0 {
		text += template.HTML(` <span class="sub">and ` + render.Thousands(n) + ` more</span>`)
	}
	return text
}
