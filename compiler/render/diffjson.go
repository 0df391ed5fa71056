package render

import (
	"encoding/json"
	"io"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/diff"
	"permc.dev/permc/compiler/policy"
)

type jsonDiff struct {
	Version       string             `json:"version"`
	Base          string             `json:"base"`
	Head          string             `json:"head"`
	AsOf          string             `json:"asOf"`
	Note          string             `json:"note,omitempty"`
	Verdict       string             `json:"verdict"`
	Changes       []jsonChange       `json:"changes"`
	Findings      jsonDiffFindings   `json:"findings"`
	PolicyChanges []jsonPolicyChange `json:"policyChanges"`
	Gates         []jsonHit          `json:"gates,omitempty"`
}

type jsonChange struct {
	Kind       string          `json:"kind"`
	User       string          `json:"user"`
	Scope      string          `json:"scope"`
	Permission string          `json:"permission"`
	Actions    []string        `json:"actions"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
	Cause      []jsonCause     `json:"cause"`
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
}

// DiffJSON writes a comparison as one JSON value.
func DiffJSON(w io.Writer, d *Diff) error {
	out := jsonDiff{
		Version: Version, Base: d.BaseName, Head: d.HeadName, AsOf: d.Head.AsOf.String(), Note: d.Note,
		Verdict: diff.Verdict(d.Changes), Changes: []jsonChange{}, PolicyChanges: []jsonPolicyChange{},
		Findings: jsonDiffFindings{New: findingsJSON(d.NewFiles, d.New), Fixed: []jsonFinding{}, Unchanged: d.Unchanged},
	}
	if d.Base != nil {
		out.Findings.Fixed = findingsJSON(d.Base.Files, d.Fixed)
	}
	for i := range d.Changes {
		out.Changes = append(out.Changes, d.changeJSON(&d.Changes[i]))
	}
	for _, p := range d.Policy {
		x := jsonPolicyChange{What: p.What, Name: p.Name, Change: p.How, Text: p.Text}
		if p.Pos.IsValid() {
			at := d.causeJSON(diff.Cause{Base: p.Base, Pos: p.Pos})
			x.Position = &at
		}
		out.PolicyChanges = append(out.PolicyChanges, x)
	}
	for _, h := range d.Hits {
		out.Gates = append(out.Gates, jsonHit{h.Gate, h.Message, len(h.Changes)})
	}
	return encode(w, out, "  ")
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
	for _, at := range c.Causes {
		x.Cause = append(x.Cause, d.causeJSON(at))
	}
	return x
}

func (d *Diff) causeJSON(c diff.Cause) jsonCause {
	side := "head"
	if c.Base {
		side = "base"
	}
	return jsonCause{d.files(c.Base).Position(c.Pos), side, c.Why}
}
