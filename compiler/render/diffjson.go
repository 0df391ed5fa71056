package render

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

type jsonChange struct {
	Kind        string           `json:"kind"`
	User        string           `json:"user"`
	Scope       string           `json:"scope"`
	Permission  string           `json:"permission"`
	Sensitivity string           `json:"sensitivity,omitempty"`
	Actions     []string         `json:"actions"`
	Changed     []string         `json:"changed,omitempty"`
	From        string           `json:"from,omitempty"`
	Until       string           `json:"until,omitempty"`
	Differences []jsonDifference `json:"differences,omitempty"`
	Before      json.RawMessage  `json:"before,omitempty"`
	After       json.RawMessage  `json:"after,omitempty"`
	Cause       []jsonCause      `json:"cause"`
}

type jsonDifference struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

type jsonRoleChange struct {
	Kind  string      `json:"kind"`
	User  string      `json:"user"`
	Role  string      `json:"role"`
	Scope string      `json:"scope"`
	Group string      `json:"group,omitempty"`
	From  string      `json:"from,omitempty"`
	Until string      `json:"until,omitempty"`
	Cause []jsonCause `json:"cause"`
}

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

// DiffJSON writes a comparison as one JSON value, change by change.
func DiffJSON(w io.Writer, d *Diff) error {
	o := &jsonObject{w: w}
	o.field("version", Version)
	o.field("base", d.BaseName)
	o.field("head", d.HeadName)
	o.field("asOf", d.Head.AsOf.String())
	if d.Note != "" {
		o.field("note", d.Note)
	}
	o.field("verdict", diff.Verdict(d.People))
	o.list("changes", func(add func(any)) {
		for i := range d.People {
			changes := d.Changes(&d.People[i])
			for j := range changes {
				add(d.changeJSON(&changes[j]))
			}
		}
	})
	o.list("roles", func(add func(any)) {
		for i := range d.People {
			for j := range d.People[i].Roles {
				add(d.roleJSON(&d.People[i].Roles[j]))
			}
		}
	})
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

// jsonObject writes the fields of an object one by one, so that a long list is
// never in memory whole.
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

func (o *jsonObject) write(s string) {
	if o.err == nil {
		_, o.err = io.WriteString(o.w, s)
	}
}

// value writes a value whose lines after the first are indented.
func (o *jsonObject) value(v any, indent string) {
	var b bytes.Buffer
	if err := encode(&b, v, "  "); err != nil && o.err == nil {
		o.err = err
	}
	o.write(strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\n", "\n"+indent))
}

func (o *jsonObject) field(name string, v any) {
	o.name(name)
	o.value(v, "  ")
}

func (o *jsonObject) list(name string, each func(add func(any))) {
	o.name(name)
	sep := "["
	each(func(v any) {
		o.write(sep + "\n    ")
		o.value(v, "    ")
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

func findingsJSON(files *policy.Files, list []diag.Diagnostic) []jsonFinding {
	out := []jsonFinding{}
	for i := range list {
		out = append(out, findingJSON(files, &list[i]))
	}
	return out
}

func (d *Diff) changeJSON(c *diff.Change) jsonChange {
	r := c.Row()
	x := jsonChange{
		Kind: c.Kind.String(), User: c.User.ID, Scope: r.Scope.Path, Permission: r.Permission.ID,
		Actions: append([]string{}, r.Permission.Names(r.Actions)...), Cause: []jsonCause{},
	}
	if c.Kind == diff.Lost {
		x.Actions = c.Before.Permission.Names(c.Before.Actions)
	}
	if c.Before != nil {
		x.Before = (&Table{Policy: d.Base}).appendRow(nil, c.Before)
	}
	if c.After != nil {
		x.After = (&Table{Policy: d.Head}).appendRow(nil, c.After)
	}
	x.Sensitivity, x.From, x.Until, x.Changed = gravest(c), c.From.String(), c.Until.String(), c.Actions
	for _, y := range c.Differences {
		x.Differences = append(x.Differences, jsonDifference{y.What, y.Before, y.After})
	}
	x.Cause = d.causesJSON(c.Causes)
	return x
}

func (d *Diff) roleJSON(c *diff.RoleChange) jsonRoleChange {
	x := jsonRoleChange{Kind: c.Kind.String(), User: c.User.ID, Role: c.Role.ID, Scope: c.Scope.Path,
		From: c.From.String(), Until: c.Until.String(), Cause: d.causesJSON(c.Causes)}
	if c.Group != nil {
		x.Group = c.Group.ID
	}
	return x
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
