package render

import (
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"

	"permc.dev/permc/compiler/ask/review"
)

// Evidence is the record of a review, for an auditor.
type Evidence struct {
	Title  string
	Facts  [][2]string // names and values
	Tables []EvidenceTable
}

// EvidenceTable is one part of the record.
type EvidenceTable struct {
	Name, About string
	Titles      []string
	Rows        [][]string
}

// What became of the changes that a sheet asks for.
const (
	NotApplied = "not applied"
	Applied    = "applied"
	Refused    = "refused: nothing was changed"
	Unneeded   = "nothing to change: it is as decided"
)

// NewEvidence describes a review. The sums are SHA-256 sums of the sheet and of the table before the changes.
func NewEvidence(r *Review, state, sheetSum, tableSum string) *Evidence {
	c := r.Counts
	e := &Evidence{Title: "Access review of " + Safe(r.Policy.Catalog.Product)}
	add := func(name, value string) { e.Facts = append(e.Facts, [2]string{name, Safe(value)}) }
	add("Sheet", r.Sheet)
	for _, m := range r.Made {
		add("Made from", m.String())
	}
	add("SHA-256 of the sheet", sheetSum)
	add("Table as of", r.Policy.AsOf.String())
	add("SHA-256 of the table (CSV)", tableSum)
	add("Decisions", strconv.Itoa(c.Rows))
	add("Kept", strconv.Itoa(c.Kept))
	add("Removed", strconv.Itoa(c.Removed))
	add("Already removed", strconv.Itoa(c.Done))
	add("Unreadable or contradictory", strconv.Itoa(c.Contradictory))
	add("Overdue: undecided", strconv.Itoa(c.Undecided))
	add("Overdue: not on the sheet", strconv.Itoa(c.Missing))
	if r.ByItem {
		add("Reviews to add", strconv.Itoa(r.Confirms))
		add("Reviews to remove", strconv.Itoa(r.Outdated))
	}
	add("Changes", state)
	e.Tables = []EvidenceTable{r.decisions(), r.changes(), r.overdue(), r.wrong()}
	return e
}

func safeCells(cells ...string) []string {
	for i := range cells {
		cells[i] = Safe(cells[i])
	}
	return cells
}

// decisions lists who decided what, and when.
func (r *Review) decisions() EvidenceTable {
	t := EvidenceTable{Name: "Decisions", About: "who decided what, and when",
		Titles: []string{"User", "Kind", "Entry", "Scope", "Decision", "By", "Date", "Row", "State"}}
	for _, d := range r.Decided() {
		state := strings.Join(d.Wrong, "; ")
		if d.Done {
			state = "already removed"
		}
		t.Rows = append(t.Rows, safeCells(d.User, d.Kind, d.What, d.Scope, d.Decision.String(), d.By, d.Date,
			d.Where.String(), state))
	}
	return t
}

// changes lists the lines that the decisions change.
func (r *Review) changes() EvidenceTable {
	t := EvidenceTable{Name: "Changes", About: "the lines of the declaration that the decisions change",
		Titles: []string{"Position", "Change", "Removes", "Decided"}}
	for _, l := range r.Lines {
		own := l.User != nil && l.Kind != review.DropGroupEntry && !l.Shared
		removes := ""
		if len(l.Asked) > 0 {
			removes = rowWords(l.Asked, !own)
		}
		at := placePrefix(r.Policy.Files.Position(l.Pos))
		t.Rows = append(t.Rows, safeCells(strings.TrimSuffix(at, ": "), lineWords(l), removes,
			decidedBy(append(l.Asked[:len(l.Asked):len(l.Asked)], review.Ref{By: l.By, Date: l.Date}))))
	}
	return t
}

// overdue lists what nobody has decided about.
func (r *Review) overdue() EvidenceTable {
	t := EvidenceTable{Name: "Overdue", About: "what nobody has decided about",
		Titles: []string{"User", "Kind", "Entry", "Scope", "Row", "Why"}}
	for _, d := range r.Decided() {
		if d.Decision == review.Undecided {
			t.Rows = append(t.Rows, safeCells(d.User, d.Kind, d.What, d.Scope, d.Where.String(), "undecided"))
		}
	}
	for i := range r.Problems {
		if p := &r.Problems[i]; p.Kind == "missing" {
			t.Rows = append(t.Rows, safeCells("", "", "", "", "", p.Message))
		}
	}
	return t
}

// wrong lists the problems of the sheet.
func (r *Review) wrong() EvidenceTable {
	t := EvidenceTable{Name: "Problems", About: "what was wrong with the sheet or its changes",
		Titles: []string{"Kind", "Severity", "Where", "Problem"}}
	for i := range r.Problems {
		p := &r.Problems[i]
		severity, where := "error", ""
		if p.Warning {
			severity = "warning"
		}
		if p.Where.Row > 0 {
			where = p.Where.String()
		}
		t.Rows = append(t.Rows, safeCells(p.Kind, severity, where, p.Message))
	}
	return t
}

// EvidenceHTML writes the record as a page without scripts.
func EvidenceHTML(w io.Writer, e *Evidence) error {
	var b strings.Builder
	if err := evidencePage().Execute(&b, e); err != nil {
		return err
	}
	_, err := w.Write(PageText([]byte(b.String())))
	return err
}

var evidencePage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("evidence").Parse(evidenceText))
})

const evidenceText = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; --ink: #1f2937; --line: #d1d5db; --head: #f3f4f6; --paper: #fff }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e5e7eb; --line: #374151; --head: #1f2937; --paper: #111827 }
}
body {
  background: var(--paper); color: var(--ink); font: 14px/1.45 system-ui, sans-serif;
  margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
}
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
.scroll { overflow-x: auto } .scroll th, .day { white-space: nowrap }
.facts td { overflow-wrap: anywhere }
p::first-letter { text-transform: uppercase }
th { background: var(--head) } .facts th { width: min(16rem, 40%); background: none; font-weight: 600 }
@media screen and (max-width: 40rem) {
  body { margin: 1rem auto } .scroll { overflow: visible } .scroll thead { display: none }
  .scroll tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line) }
  .scroll td { display: flex; gap: .6rem; border: 0; padding: .1rem 0; white-space: normal; overflow-wrap: anywhere }
  .scroll td::before { content: attr(data-label); flex: 0 0 6rem; font-weight: 600 } .scroll td:empty { display: none }
}
@page { size: landscape; margin: 12mm }
@media print {
  body { margin: 0; max-width: none; padding: 0; font-size: 8.5pt } th, td { padding: .15rem .4rem }
  .scroll { overflow: visible } td { overflow-wrap: anywhere; min-width: 7ch } tr { break-inside: avoid }
  td[data-label=User], td[data-label=By] { min-width: 24ch }
  td[data-label=Entry], td[data-label=Scope] { min-width: 20ch } h2 { break-after: avoid }
}
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<table class="facts">
{{range .Facts}}<tr><th scope="row">{{index . 0}}</th><td>{{index . 1}}</td></tr>
{{end}}</table>
{{range $table := .Tables}}<h2>{{.Name}} ({{len .Rows}})</h2>
<p>{{.About}}</p>
{{if .Rows}}<div class="scroll" tabindex="0" role="region" aria-label="{{.Name}}"><table>
<thead><tr>{{range .Titles}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Rows}}<tr>{{range $i, $cell := .}}{{$title := index $table.Titles $i -}}
  <td data-label="{{$title}}"{{if or (eq $title "Date") (eq $title "Row")}} class="day"{{end}}>{{$cell}}</td>
{{- end}}</tr>
{{end}}</tbody>
</table></div>
{{else}}<p>None.</p>
{{end}}{{end}}</body>
</html>
`
