// Package html turns a report into one page that needs nothing else: no
// network, no other file, and for a small report no program either.
package html

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

//go:embed templates/*.html style/*.css script/*.js
var files embed.FS

// Page is a report with what is known of the built-in rules.
type Page struct {
	*report.Report
	Table   *Rows // nil where the rows are in parts
	BuiltIn []*lint.Rule
	Parts   []Link // of a report that is split
	Whole   *Link  // that the page is a part of, or nil
}

// Link leads to another page of the same report.
type Link struct {
	File string // relative to this page, with slashes
	Part *report.Part
}

// assets are the parts of every page that never change.
type assets struct {
	Style  template.CSS
	Script template.JS
	CSP    string // the Content-Security-Policy
}

// parts of the page that are the same in every kind of page, in order.
var styles = []string{"page", "matrix", "print"}

// parsed are the templates, once they are needed.
var parsed = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(funcs).ParseFS(files, "templates/*.html"))
})

// load puts a kind of page together from what is embedded.
func load(scripts ...string) *assets {
	style, script := join("style", styles, ".css"), join("script", scripts, ".js")
	script = "\"use strict\";\n(() => {\n" + script + "})();\n"
	return &assets{
		Style: template.CSS(style), Script: template.JS(script),
		CSP: fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
			hash(script), hash(style)),
	}
}

func join(dir string, names []string, ext string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := files.ReadFile(dir + "/" + name + ext)
		if err != nil {
			panic(err) // not embedded
		}
		b.Write(text)
	}
	return b.String()
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// rowsElement is where the rows go, which are too many to pass through a
// template. What people write cannot look like it: it is escaped.
const rowsElement = `<script type="application/json" id="rows">`

// perRow is about how many bytes a row takes that is written out.
const perRow = 1500

// Write writes the page.
func Write(w io.Writer, p *Page) error {
	a := load("data", "grid", "matrix", "panel", "graph", "people", "view", "report")
	var b bytes.Buffer
	if p.Small() {
		b.Grow(perRow * p.Counts.Rows)
	}
	if err := parsed().ExecuteTemplate(&b, "page", &view{Page: p, assets: a}); err != nil {
		return err
	}
	before, after, _ := bytes.Cut(render.PageText(b.Bytes()), []byte(rowsElement))
	var rows []byte
	if p.Table != nil {
		rows = render.SafeJSON(bytes.TrimPrefix(p.Table.text, []byte(",")))
	}
	for _, part := range [][]byte{before, []byte(rowsElement + "["), rows, []byte("\n]"), after} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// view is what the templates see.
type view struct {
	*Page
	*assets
	places *policy.Files // of findings, where they are not the policy's
	plain  bool          // there is nothing on the page that names could lead to
}

// Names returns the names for the page's program.
func (v *view) Names() template.JS { return template.JS(namesOf(v.Report)) }

// Sum says in a line what a page of some bytes holds.
func Sum(p *Page, size int) string {
	s := p.Severities()
	return fmt.Sprintf("%s, %s, %s, %s; %s", render.Count(p.Total(), "person", "people"), render.Plural(p.Counts.Rows, "row"),
		render.Plural(s.Errors, "error"), render.Plural(s.Warnings, "warning"), bytesText(size))
}

func bytesText(n int) string {
	if n < 1e6 {
		return fmt.Sprintf("%d kB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
