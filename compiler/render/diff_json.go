package render

import (
	"bytes"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

type jsonFact struct {
	About  string      `json:"about"`
	Name   string      `json:"name"`
	What   string      `json:"what"`
	Before string      `json:"before,omitempty"`
	After  string      `json:"after,omitempty"`
	Cause  []jsonCause `json:"cause"`
}

type jsonCause struct {
	policy.Position
	Side string `json:"side"`
	Why  string `json:"why,omitempty"`
}

type jsonDiffFindings struct {
	New       []jsonFinding `json:"new"`
	Fixed     []jsonFinding `json:"fixed"`
	Unchanged int           `json:"unchanged"`
}

type jsonPolicyChange struct {
	What     string     `json:"what"`
	Name     string     `json:"name,omitempty"`
	Change   string     `json:"change"`
	Text     string     `json:"text,omitempty"`
	Position *jsonCause `json:"position,omitempty"`
}

type jsonHit struct {
	Gate    string `json:"gate"`
	Message string `json:"message"`
	Changes int    `json:"changes"`
	Roles   int    `json:"roles,omitempty"`
	From    string `json:"from,omitempty"`
}

// DiffJSON writes a comparison as one JSON value, with a line for each change.
func DiffJSON(w io.Writer, d *Diff) error {
	o := &jsonObject{w: w}
	o.field("version", Version)
	o.field("base", d.BaseName)
	o.field("head", d.HeadName)
	o.field("asOf", d.Head.AsOf.String())
	if d.Note != "" {
		o.field("note", d.Note)
	}
	o.field("verdict", d.Verdict())
	d.ofPeople(o, "changes", (*changeWriter).changes)
	d.ofPeople(o, "roles", (*changeWriter).roles)
	o.list("facts", func(add func(any)) {
		for i := range d.People {
			for j := range d.People[i].Facts {
				add(d.factJSON(&d.People[i].Facts[j]))
			}
		}
		for i := range d.Facts {
			add(d.factJSON(&d.Facts[i]))
		}
	})
	o.field("findings", d.findingsJSON())
	o.list("policyChanges", func(add func(any)) {
		for _, p := range d.Policy {
			add(d.policyJSON(p))
		}
	})
	if d.ListsPaths {
		o.field("newPaths", d.pathsJSON())
	}
	if d.Owners != nil {
		o.field("owners", d.ownersJSON())
	}
	if len(d.Hits) > 0 {
		o.list("gates", func(add func(any)) {
			for _, h := range d.Hits {
				add(jsonHit{h.Gate, h.Message, h.Rows, h.Roles, h.From.String()})
			}
		})
	}
	return o.end()
}

func (d *Diff) findingsJSON() jsonDiffFindings {
	f := jsonDiffFindings{New: findingsJSON(d.NewFiles, d.New), Fixed: []jsonFinding{}, Unchanged: d.Unchanged}
	if d.Base != nil {
		f.Fixed = findingsJSON(d.Base.Files, d.Fixed)
	}
	return f
}

func (d *Diff) policyJSON(p diff.PolicyChange) jsonPolicyChange {
	x := jsonPolicyChange{What: p.What, Name: p.Name, Change: p.How, Text: p.Text}
	if p.Pos.IsValid() {
		at := d.causeJSON(diff.Cause{Base: p.Base, Pos: p.Pos})
		x.Position = &at
	}
	return x
}

// jsonObject writes the fields of an object one by one, so that a long list is never in memory at once.
type jsonObject struct {
	w   io.Writer
	n   int // fields so far
	err error
}

func (o *jsonObject) name(name string) {
	sep := ",\n"
	if o.n++; o.n == 1 {
		sep = "{\n"
	}
	o.write(sep + `  "` + name + `": `)
}

func (o *jsonObject) writeBytes(b []byte) {
	if o.err == nil {
		_, o.err = o.w.Write(b)
	}
}

func (o *jsonObject) write(s string) {
	if o.err == nil {
		_, o.err = io.WriteString(o.w, s)
	}
}

// value writes a value whose lines after the first are indented.
func (o *jsonObject) value(v any) {
	var b bytes.Buffer
	if err := writeJSON(&b, v, "  "); err != nil && o.err == nil {
		o.err = err
	}
	o.write(strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\n", "\n  "))
}

// line writes a value on one line.
func (o *jsonObject) line(v any) {
	var b bytes.Buffer
	if err := writeJSON(&b, v, ""); err != nil && o.err == nil {
		o.err = err
	}
	o.writeBytes(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func (o *jsonObject) field(name string, v any) {
	o.name(name)
	o.value(v)
}

func (o *jsonObject) list(name string, each func(add func(any))) {
	o.name(name)
	sep := "["
	each(func(v any) {
		o.write(sep + "\n    ")
		o.line(v)
		sep = ","
	})
	if sep == "[" {
		o.write("[]")
		return
	}
	o.write("\n  ]")
}

func (o *jsonObject) end() error {
	o.write("\n}\n")
	return o.err
}

func findingsJSON(files *policy.Files, list []diag.Finding) []jsonFinding {
	out := []jsonFinding{}
	for i := range list {
		out = append(out, findingJSON(files, &list[i]))
	}
	return out
}

func (d *Diff) factJSON(f *diff.Fact) jsonFact {
	return jsonFact{f.About, f.Name, f.What, f.Before, f.After, d.causesJSON(f.Causes)}
}

func (d *Diff) causesJSON(list []diff.Cause) []jsonCause {
	out := []jsonCause{}
	for _, c := range list {
		out = append(out, d.causeJSON(c))
	}
	return out
}

func (d *Diff) causeJSON(c diff.Cause) jsonCause {
	side := "head"
	if c.Base {
		side = "base"
	}
	return jsonCause{d.files(c.Base).Position(c.Pos), side, c.Why}
}
