package html

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/report"
)

var funcs = template.FuncMap{
	"safe":   render.Safe,
	"number": thousands,
	"plural": plural,
	"people": func(n int) string { return count(n, "person", "people") },
	"are":    func(n int) string { return choose(n, "is", "are") },
	"at":     at,
	"person": personLink,
	"legend": func() []mark { return legend },
	"cell":   cellHTML,
}

func choose(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func count(n int, one, many string) string { return thousands(n) + " " + choose(n, one, many) }

func plural(n int, what string) string { return count(n, what, what+"s") }

// thousands is a number as people read it: 12,345.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// at is a place as file:line:column.
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

// anchor is the id of an element about something with a name.
func anchor(kind, name string) string {
	return kind + ":" + strings.ReplaceAll(url.PathEscape(name), "%40", "@")
}

// link leads to the part about something with a name.
func link(kind, name, text string) template.HTML {
	return template.HTML(`<a href="#` + escape(anchor(kind, name)) + `"><bdi>` + escape(render.Safe(text)) + `</bdi></a>`)
}

func escape(s string) string { return template.HTMLEscapeString(s) }

func personLink(p *report.Person) template.HTML { return link("user", p.ID, p.ID) }
