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
	"safe":    shown,
	"plain":   render.Safe,
	"capital": func(s string) template.HTML { return shown(capital(s)) },
	"number":  render.Thousands,
	"plural":  render.Plural,
	"people":  func(n int) string { return render.Count(n, "person", "people") },
	"are":     func(n int) string { return render.Choose(n, "is", "are") },
	"at":      at,
	"legend":  func() []mark { return legend },
	"list":    func(l []string) string { return render.Safe(strings.Join(l, ", ")) },

	"anchor":      anchor,
	"to":          func(kind, name string) template.URL { return template.URL("#" + anchor(kind, name)) },
	"person":      personLink,
	"personNamed": func(u *policy.User) template.HTML { return link("user", u.ID, u.ID) },
	"role":        roleLink,
	"permission":  permissionLink,
	"scope":       scopeLink,
	"holders":     holdersText,
	"waived":      waivedFor,
	"whose":       whose,
	"endText":     endText,
	"endTable":    func(v viewer, list []report.End) endTable { return endTable{v.the(), list} },
	"catalogCell": catalogCell,
	"inMatrix":    func(v viewer, field, id string, n report.Holders) inMatrix { return inMatrix{v.the(), field, id, n} },
}

// longest is how many characters may stand side by side without a place where
// the line can break.
const longest = 24

// shown returns text on the page, in which nothing is hidden, nor too long to
// break.
func shown(s string) template.HTML {
	s = render.Safe(s)
	if len(s) <= longest {
		return template.HTML(escape(s))
	}
	var b strings.Builder
	b.Grow(2 * len(s))
	for word := range strings.SplitAfterSeq(s, " ") {
		if len(word) <= longest {
			b.WriteString(escape(word))
			continue
		}
		run := 0
		for _, r := range word {
			b.WriteString(escape(string(r)))
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

// capital begins a text with a capital letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// at returns a place as file:line:column.
func at(files *policy.Files, p policy.Pos) string {
	x := files.Position(p)
	switch {
	case x.File == "":
		return ""
	case x.Line == 0:
		return render.Safe(x.File)
	}
	return fmt.Sprintf("%s:%d:%d", render.Safe(x.File), x.Line, x.Column)
}

// anchor returns the id of an element about something with a name; what may not
// stand in an address is escaped there, as the page's program does it.
func anchor(kind, name string) string {
	b := append([]byte(kind), ':')
	for i := range len(name) {
		c := name[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~:@/+", c) >= 0 {
			b = append(b, c)
		} else {
			b = fmt.Appendf(b, "%%%02X", c)
		}
	}
	return string(b)
}

// link leads to the part about something with a name.
func link(kind, name, text string) template.HTML {
	return template.HTML(`<a href="#` + escape(anchor(kind, name)) + `"><bdi>` + string(shown(text)) + `</bdi></a>`)
}

func escape(s string) string { return template.HTMLEscapeString(s) }

func personLink(p *report.Person) template.HTML { return link("user", p.ID, p.ID) }

// holdersText counts how many people hold something; invited and disabled ones do not now.
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

// waivedFor says for whom a waiver is, and for what.
func waivedFor(w *policy.Waiver) template.HTML {
	text := "group " + escape(w.Group.Name)
	if w.User.Given() {
		text = string(link("user", w.User.Name, w.User.Name))
	}
	for _, x := range []policy.Ref{w.Role, w.Permission, w.Scope} {
		if x.Given() {
			text += ", " + escape(x.Name)
		}
	}
	return template.HTML(text)
}

// whose returns the person or group that an event is about.
func whose(e report.End) template.HTML {
	switch {
	case e.User != nil:
		return link("user", e.User.ID, e.User.ID)
	case e.Member != nil:
		return template.HTML("group " + escape(e.Member.Inner.ID))
	case e.Group != nil:
		return template.HTML("group " + escape(e.Group.ID))
	case e.Waiver.User.Given():
		return link("user", e.Waiver.User.Name, e.Waiver.User.Name)
	}
	return template.HTML("group " + escape(e.Waiver.Group.Name))
}
