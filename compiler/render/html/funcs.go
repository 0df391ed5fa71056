package html

import (
	"fmt"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

var funcs = template.FuncMap{
	"safe":    shownHTML,
	"plain":   render.Safe,
	"capital": func(s string) template.HTML { return shownHTML(capitalize(s)) },
	"number":  render.Thousands,
	"plural":  render.Plural,
	"people":  func(n int) string { return render.Count(n, "person", "people") },
	"are":     func(n int) string { return render.Choose(n, "is", "are") },
	"at":      positionText,
	"legend":  func() []mark { return legend },
	"list":    func(l []string) string { return render.Safe(strings.Join(l, ", ")) },

	"anchor":      anchorID,
	"to":          func(kind, name string) template.URL { return template.URL("#" + anchorID(kind, name)) },
	"person":      personLink,
	"personNamed": func(u *policy.User) template.HTML { return linkTo("user", u.ID, u.ID) },
	"role":        roleLink,
	"permission":  permissionLink,
	"scope":       scopeLink,
	"holders":     holdersText,
	"waived":      waivedFor,
	"whose":       subjectOf,
	"endText":     endText,
	"endTable":    func(v viewer, list []report.End) endTable { return endTable{v.the(), list} },
	"catalogCell": catalogCell,
	"inMatrix": func(v viewer, field, id string, n report.Holders) inMatrix {
		return inMatrix{v.the(), field, id, n}
	},
}

// longest limits the characters in a row without a place to break the line.
const longest = 24

// shownHTML returns text for the page in which nothing is hidden or too long to break.
func shownHTML(s string) template.HTML {
	s = render.Safe(s)
	if len(s) <= longest {
		return template.HTML(escapeHTML(s))
	}
	var b strings.Builder
	b.Grow(2 * len(s))
	for word := range strings.SplitAfterSeq(s, " ") {
		if len(word) <= longest {
			b.WriteString(escapeHTML(word))
			continue
		}
		run := 0
		for _, r := range word {
			b.WriteString(escapeHTML(string(r)))
			switch run++; {
			case r == '-':
				run = 0
			case run == longest, run > 2 && strings.ContainsRune("@._/:", r):
				b.WriteString("<wbr>")
				run = 0
			}
		}
	}
	return template.HTML(b.String())
}

// capitalize begins a text with a capital letter.
func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// positionText returns a position as file:line:column.
func positionText(files *policy.Files, p policy.Pos) string {
	x := files.Position(p)
	switch {
	case x.File == "":
		return ""
	case x.Line == 0:
		return render.Safe(x.File)
	}
	return fmt.Sprintf("%s:%d:%d", render.Safe(x.File), x.Line, x.Column)
}

// anchorID returns the id of the element for a name. It escapes characters that an address may not have, like the
// script of the page.
func anchorID(kind, name string) string {
	b := append([]byte(kind), ':')
	for i := range len(name) {
		c := name[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			strings.IndexByte("-._~:@/+", c) >= 0 {
			b = append(b, c)
		} else {
			b = fmt.Appendf(b, "%%%02X", c)
		}
	}
	return string(b)
}

// linkTo links to the element for a name.
func linkTo(kind, name, text string) template.HTML {
	return template.HTML(`<a href="#` + escapeHTML(anchorID(kind,
		name)) + `"><bdi>` + string(shownHTML(text)) + `</bdi></a>`)
}

func escapeHTML(s string) string { return template.HTMLEscapeString(s) }

func personLink(p *report.Person) template.HTML { return linkTo("user", p.ID, p.ID) }

// holdersText counts holders, and invited people separately.
func holdersText(h report.Holders) string {
	text := render.Thousands(h.Active)
	if h.Invited > 0 {
		text += " and " + render.Thousands(h.Invited) + " invited"
	}
	if h.Disabled > 0 {
		text += " and " + render.Thousands(h.Disabled) + " disabled"
	}
	return text
}

// waivedFor names the user or group of a waiver, and its subject.
func waivedFor(w *policy.Waiver) template.HTML {
	text := "group " + escapeHTML(w.Group.Name)
	if w.User.Given() {
		text = string(linkTo("user", w.User.Name, w.User.Name))
	}
	for _, x := range []policy.Ref{w.Role, w.Permission, w.Scope} {
		if x.Given() {
			text += ", " + escapeHTML(x.Name)
		}
	}
	return template.HTML(text)
}

// subjectOf returns the person or group of an event.
func subjectOf(e report.End) template.HTML {
	switch {
	case e.User != nil:
		return linkTo("user", e.User.ID, e.User.ID)
	case e.Member != nil:
		return template.HTML("group " + escapeHTML(e.Member.Inner.ID))
	case e.Group != nil:
		return template.HTML("group " + escapeHTML(e.Group.ID))
	case e.Waiver.User.Given():
		return linkTo("user", e.Waiver.User.Name, e.Waiver.User.Name)
	}
	return template.HTML("group " + escapeHTML(e.Waiver.Group.Name))
}
