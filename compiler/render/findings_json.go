package render

import (
	"bytes"
	"encoding/json"
	"io"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Version is the version of the JSON formats.
const Version = "1"

type jsonFinding struct {
	Rule       string           `json:"rule"`
	Severity   string           `json:"severity"`
	Message    string           `json:"message"`
	User       string           `json:"user,omitempty"`
	Group      string           `json:"group,omitempty"`
	Role       string           `json:"role,omitempty"`
	Permission string           `json:"permission,omitempty"`
	Action     string           `json:"action,omitempty"`
	Scope      string           `json:"scope,omitempty"`
	With       []string         `json:"with,omitempty"`
	Extent     []string         `json:"extent,omitempty"`
	Over       int              `json:"over,omitempty"`
	Position   *policy.Position `json:"position,omitempty"`
	Related    []jsonRelated    `json:"related,omitempty"`
	Notes      []string         `json:"notes,omitempty"`
	Help       string           `json:"help,omitempty"`
	External   []jsonExternal   `json:"external,omitempty"`
	DenyRule   string           `json:"denyRule,omitempty"`
	Waived     *jsonWaiver      `json:"waived,omitempty"`
	Suppressed *jsonSuppression `json:"suppressed,omitempty"`
	Baseline   bool             `json:"baseline,omitempty"`
}

// jsonExternal is a name in the system.
type jsonExternal struct {
	Kind string `json:"kind"`
	Of   string `json:"permission,omitempty"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// jsonFixed is a finding of the baseline that is fixed.
type jsonFixed struct {
	Rule       string `json:"rule"`
	User       string `json:"user,omitempty"`
	Group      string `json:"group,omitempty"`
	Role       string `json:"role,omitempty"`
	Permission string `json:"permission,omitempty"`
	Action     string `json:"action,omitempty"`
	Scope      string `json:"scope,omitempty"`

	With   []string `json:"with,omitempty"`
	Extent []string `json:"extent,omitempty"`
	Over   int      `json:"over,omitempty"`
	Count  int      `json:"count"`
}

type jsonRelated struct {
	Message  string           `json:"message"`
	Position *policy.Position `json:"position,omitempty"`
}

type jsonWaiver struct {
	Reason   string           `json:"reason"`
	Approver string           `json:"approver"`
	Ticket   string           `json:"ticket,omitempty"`
	Expires  string           `json:"expires"`
	Position *policy.Position `json:"position,omitempty"`
}

type jsonSuppression struct {
	Reason   string           `json:"reason"`
	Until    string           `json:"until,omitempty"`
	Position *policy.Position `json:"position,omitempty"`
}

type jsonCorrection struct {
	Role       string           `json:"role"`
	Permission string           `json:"permission,omitempty"`
	Cell       string           `json:"cell"`
	Is         string           `json:"is,omitempty"`
	Reason     string           `json:"reason"`
	Source     string           `json:"source"`
	Position   *policy.Position `json:"position,omitempty"`
}

type jsonReport struct {
	Version     string           `json:"version"`
	Product     string           `json:"product,omitempty"`
	AsOf        string           `json:"asOf"`
	Summary     Summary          `json:"summary"`
	Findings    []jsonFinding    `json:"findings"`
	Fixed       []jsonFixed      `json:"fixed,omitempty"`
	Corrections []jsonCorrection `json:"corrections,omitempty"`
	Notes       []jsonRelated    `json:"notes,omitempty"`
}

func positionOf(files *policy.Files, p policy.Pos) *policy.Position {
	if !p.IsValid() {
		return nil
	}
	at := files.Position(p)
	return &at
}

func findingJSON(files *policy.Files, d *diag.Finding) jsonFinding {
	f := jsonFinding{
		Rule: d.Rule, Severity: d.Severity.String(), Message: d.Message, User: d.User, Group: d.Group, Role: d.Role,
		Permission: d.Permission, Action: d.Action, Scope: d.Scope, Position: positionOf(files, d.Pos),
		With: d.With, Extent: d.Extent, Over: d.Over,
		Notes: d.Notes, Help: d.Help, DenyRule: d.DenyRule, Baseline: d.Baseline,
	}
	for _, x := range d.External {
		f.External = append(f.External, jsonExternal(x))
	}
	for _, r := range d.Related {
		f.Related = append(f.Related, jsonRelated{r.Message, positionOf(files, r.Pos)})
	}
	if w := d.Waiver; w != nil {
		f.Waived = &jsonWaiver{w.Reason, w.Approver, w.Ticket, w.Expires.String(), positionOf(files, w.Pos)}
	}
	if c := d.Comment; c != nil {
		f.Suppressed = &jsonSuppression{c.Reason, c.Until.String(), positionOf(files, c.Pos)}
	}
	return f
}

// FindingsJSON writes findings as one JSON value.
func FindingsJSON(w io.Writer, r *Findings) error {
	out := jsonReport{Version: Version, AsOf: r.AsOf.String(), Summary: r.Summary(), Findings: []jsonFinding{}}
	list, omitted := r.written()
	out.Summary.Omitted = omitted
	for _, d := range list {
		if d != nil {
			out.Findings = append(out.Findings, findingJSON(r.Files, d))
		}
	}
	for _, e := range r.Fixed {
		out.Fixed = append(out.Fixed, jsonFixed{e.Rule, e.User, e.Group, e.Role, e.Permission, e.Action, e.Scope,
			e.Others(), e.Extent, e.Over, e.Count})
	}
	for _, n := range r.Notes {
		out.Notes = append(out.Notes, jsonRelated{n.Message, positionOf(r.Files, n.Pos)})
	}
	if r.Policy != nil {
		out.Product = r.Policy.Catalog.Product
		out.Corrections = listCorrections(r.Policy)
	}
	return writeJSON(w, out, "  ")
}

// correctionJSON writes a correction of one cell, or says what a role is corrected to.
func correctionJSON(c *policy.Correction, at *policy.Position) jsonCorrection {
	j := jsonCorrection{
		Role:       c.Role.Name,
		Permission: c.Permission.Name,
		Cell:       c.Cell,
		Reason:     c.Reason,
		Source:     c.Source,
		Position:   at,
	}
	if !c.Permission.Given() {
		_, j.Is = c.What()
	}
	return j
}

func listCorrections(p *policy.Policy) (list []jsonCorrection) {
	for _, c := range p.Catalog.Corrections {
		list = append(list, correctionJSON(&c, positionOf(p.Files, c.Pos)))
	}
	return list
}

// FindingsJSONLines writes all findings, one a line.
func FindingsJSONLines(w io.Writer, r *Findings) error {
	for i := range r.Findings {
		if err := writeJSON(w, findingJSON(r.Files, &r.Findings[i]), ""); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(SafeJSON(b.Bytes()))
	return err
}
