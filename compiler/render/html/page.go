// Package html turns a report into one page that needs no network and no other file. A small report also works
// without scripts.
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
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

//go:embed templates/*.html style/*.css script/*.js
var files embed.FS

// Page is a report with the documentation of the built-in rules.
type Page struct {
	*report.Report
	Table   *Rows // nil if the rows are in parts
	BuiltIn []*lint.Rule
	Parts   []Link // of a report that is split
	Whole   *Link  // to the page that this one is a part of, or nil

	Options
}

// Options are what the user wants on the page.
type Options struct {
	PrintAll bool         // print the pages of people, roles, permissions and groups, too
	Sign     bool         // leave room for a signature
	Logo     template.URL // of the organization, as a data URL, or ""
}

// Link leads to another page of the same report.
type Link struct {
	File string // relative to this page, with slashes
	Part *report.Part
}

// assets are the parts of a page that never change.
type assets struct {
	Style  template.CSS
	Script template.JS
	CSP    string // the Content-Security-Policy
}

// parts of the page that are the same in every kind of page, in order.
var styles = []string{"page", "matrix", "print"}

// parsed returns the templates, parsed on first use.
var parsed = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(funcs).ParseFS(files, "templates/*.html"))
})

// loadPlainAssets assembles a page without a matrix that can be asked: its last script says what it does.
func loadPlainAssets(last string) *assets { return loadAssets("common", "long", "table", "view", last) }

// loadAssets assembles a kind of page from the embedded files.
func loadAssets(scripts ...string) *assets {
	style, script := joinFiles("style", styles, ".css"), joinFiles("script", scripts, ".js")
	script = "\"use strict\";\n(() => {\n" + script + "})();\n"
	return &assets{
		Style: template.CSS(style), Script: template.JS(script),
		CSP: fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; base-uri 'none'; "+
			"form-action 'none'; require-trusted-types-for 'script'",
			hashOf(script), hashOf(style)),
	}
}

func joinFiles(dir string, names []string, ext string) string {
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

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// rowsElement marks where the rows go, which are too many for a template. Text from a declaration is escaped and
// cannot contain it.
const rowsElement = rowsStart + rowsEnd

const (
	rowsStart = `<script type="application/json" class="rows">`
	rowsEnd   = `</script>`
)

// perRow estimates the bytes of a row on the page.
const perRow = 1500

// buffers are for the pages of a report in parts, one after the other.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Write writes the page.
func Write(w io.Writer, p *Page) error {
	a := loadAssets("common", "data", "long", "table", "grid", "matrix", "panel", "graph", "people", "view", "report")
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if p.Small() {
		b.Grow(perRow * p.Counts.Rows)
	}
	if err := parsed().ExecuteTemplate(b, "page", newView(p, a)); err != nil {
		return err
	}
	before, after, _ := bytes.Cut(render.PageText(b.Bytes()), []byte(rowsElement))
	if _, err := w.Write(before); err != nil {
		return err
	}
	if p.Table != nil {
		if err := writeRows(w, p.Table.pieces); err != nil {
			return err
		}
	}
	_, err := w.Write(after)
	return err
}

// writeRows writes the rows of people, each of which begins with a comma and a new line.
func writeRows(w io.Writer, pieces [][]byte) error {
	for _, piece := range pieces {
		text := render.SafeJSON(piece)
		for _, part := range [][]byte{[]byte(rowsStart + "["), text[1:], []byte("\n]" + rowsEnd)} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
	}
	return nil
}

// view is the data of the templates.
type view struct {
	*Page
	*assets
	places *policy.Files                   // files of findings, if they are not the policy's
	plain  bool                            // names have no part of the page to link to
	named  func(user string) template.HTML // names users then, or nil

	findPaths func(*policy.User) *reach.Run // once it is needed
	pathNames *pathNames                    // likewise
	silenced  map[*policy.Waiver]int        // findings, likewise
	nesting   *nesting                      // likewise
	ways      policy.WayFinder

	shownUsers map[*policy.User]bool
	fileOf     map[*policy.Scope]string // of the part that lists a scope
	matrices   []*scopeTable            // by index of the scope, once they are made
	repeated   map[string]bool          // titles that several things of a kind have, by kind and title
}

func newView(p *Page, a *assets) *view {
	v := &view{Page: p, assets: a, fileOf: map[*policy.Scope]string{}, shownUsers: map[*policy.User]bool{}}
	v.repeated = repeatedTitles(p.Policy)
	for _, l := range p.Parts {
		for _, s := range l.Part.Scopes {
			v.fileOf[s] = l.File
		}
	}
	if p.Table != nil {
		for i := range p.Tallies {
			v.shownUsers[p.Tallies[i].User] = true
		}
	}
	return v
}

// Names returns the names for the script of the page.
func (v *view) Names() template.JS { return template.JS(v.namesOf()) }

// Sum summarizes in a line a page of some bytes.
func Sum(p *Page, size int) string {
	s := p.Severities()
	return fmt.Sprintf("%s, %s, %s, %s; %s", render.Count(p.Total(), "person", "people"),
		render.Plural(p.Counts.Rows, "row"),
		render.Plural(s.Errors, "error"), render.Plural(s.Warnings, "warning"), bytesText(size))
}

func bytesText(n int) string {
	if n < 1e6 {
		return fmt.Sprintf("%d kB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
