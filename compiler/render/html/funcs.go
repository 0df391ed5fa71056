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
	"advice":  func(s string) template.HTML { return codeHTML(capitalize(s)) },
	"number":  render.Thousands,
	"plural":  render.Plural,
	"people":  func(n int) string { return render.Count(n, "person", "people") },
	"are":     func(n int) string { return render.Choose(n, "is", "are") },
	"at":      positionText,
	"legend":  func() []mark { return legend },
	"list":    func(l []string) string { return render.Safe(strings.Join(l, ", ")) },

	"anchor":   anchorID,
	"to":       func(kind, name string) template.URL { return template.URL("#" + anchorID(kind, name)) },
	"holders":  holdersText,
	"endTable": func(v viewer, list []report.End, key string) endTable { return endTable{v.the(), list, key} },
	"query":    queryText,
	"titled": func(title, id string) template.HTML {
		return titled(title, id, plainText(titleOf(title, id)))
	},
	"levelCell":   levelCell,
	"each":        func(l ...string) []string { return l },
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
			case run == longest, run > 2 && strings.ContainsRune("@._/:,", r):
				b.WriteString("<wbr>")
				run = 0
			}
		}
	}
	return template.HTML(b.String())
}

// codeHTML returns a text of permc's own or of a catalog for the page, with code for what is between backquotes.
func codeHTML(s string) template.HTML {
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 {
		return shownHTML(s)
	}
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			part = "<code>" + string(shownHTML(part)) + "</code>"
		} else {
			part = string(shownHTML(part))
		}
		b.WriteString(part)
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

// holdersText counts holders, and invited people separately.
func holdersText(h report.Holders) string {
	text := render.Thousands(h.Active)
	if h.Invited > 0 {
		text += ", " + render.Thousands(h.Invited) + " invited"
	}
	if h.Disabled > 0 {
		text += ", " + render.Thousands(h.Disabled) + " disabled"
	}
	return text
}
