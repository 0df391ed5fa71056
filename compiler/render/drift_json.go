package render

import (
	"io"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/policy"
)

type jsonDrift struct {
	Version  string           `json:"version"`
	Product  string           `json:"product,omitempty"`
	Kind     string           `json:"kind"`
	Read     string           `json:"read,omitempty"`
	AsOf     string           `json:"asOf"`
	Files    []jsonDriftFile  `json:"files"`
	Summary  jsonDriftSummary `json:"summary"`
	Coverage []string         `json:"coverage"`
	Partial  []string         `json:"partial,omitempty"`
	Notes    []string         `json:"notes,omitempty"`
	Items    []jsonDriftItem  `json:"items"`
}

type jsonDriftFile struct {
	Name string `json:"name"`
	Hash string `json:"sha256"`
}

type jsonDriftSummary struct {
	InSync     int            `json:"inSync"`
	NotCovered int            `json:"notCovered"`
	Ignored    int            `json:"ignored"`
	Classes    map[string]int `json:"classes"`
	People     int            `json:"people"`
	Undeclared int            `json:"undeclared"`
	Errors     int            `json:"errors"`
	Warnings   int            `json:"warnings"`
}

type jsonDriftItem struct {
	Class      string           `json:"class"`
	Severity   string           `json:"severity"`
	Message    string           `json:"message"`
	User       string           `json:"user,omitempty"`
	Group      string           `json:"group,omitempty"`
	Declared   bool             `json:"declared"`
	Role       string           `json:"role,omitempty"`
	Permission string           `json:"permission,omitempty"`
	Member     string           `json:"memberOf,omitempty"`
	Scope      string           `json:"scope,omitempty"`
	Actions    []string         `json:"actions,omitempty"`
	Seen       string           `json:"there,omitempty"`
	Foreign    string           `json:"name,omitempty"`
	Day        string           `json:"day,omitempty"`
	Position   *policy.Position `json:"position,omitempty"`
	Export     *policy.Position `json:"export,omitempty"`
	Worth      *jsonWorth       `json:"worth,omitempty"`
	Help       string           `json:"help,omitempty"`
}

type jsonWorth struct {
	Permissions int           `json:"permissions"`
	Critical    []string      `json:"critical"`
	Members     int           `json:"members,omitempty"`
	Breaks      []jsonFinding `json:"breaks"`
}

// DriftJSON writes what differs for programs.
func DriftJSON(w io.Writer, d *drift.Drift) error {
	out := jsonDrift{
		Version: Version, Product: d.Policy.Product.Name, Kind: d.Kind, Read: d.Read.String(), AsOf: d.AsOf.String(),
		Files: []jsonDriftFile{}, Coverage: append([]string{}, d.Coverage...), Partial: d.Partial, Notes: d.Notes,
		Items: []jsonDriftItem{},
		Summary: jsonDriftSummary{InSync: d.InSync, NotCovered: d.NotCovered, Ignored: d.Ignored, People: d.People,
			Undeclared: d.Strangers, Classes: map[string]int{}},
	}
	for _, f := range d.Seen.Files {
		out.Files = append(out.Files, jsonDriftFile{f.Name, f.Hash()})
	}
	for _, c := range drift.Classes {
		out.Summary.Classes[string(c)] = d.Count(c)
	}
	out.Summary.Errors, out.Summary.Warnings = d.Errors()
	for i := range d.Items {
		out.Items = append(out.Items, jsonItem(d, &d.Items[i]))
	}
	return writeJSON(w, out, "  ")
}

func jsonItem(d *drift.Drift, x *drift.Item) jsonDriftItem {
	out := jsonDriftItem{
		Class: string(x.Class), Severity: driftLevel(x), Message: x.Message, User: x.User, Group: x.Group,
		Declared: x.Declared,
		Role:     x.Role, Permission: x.Permission, Member: x.In, Scope: x.Scope, Actions: x.Actions, Seen: x.Seen,
		Foreign: x.Foreign,
		Day:     x.Day.String(), Help: x.Help,
	}
	if at := d.Policy.Files.Position(x.Pos); at.Line > 0 {
		out.Position = &at
	}
	if at := d.Position(x); at.Line > 0 {
		out.Export = &at
	}
	if x.Worth != nil {
		out.Worth = &jsonWorth{x.Worth.Permissions, append([]string{}, x.Worth.Critical...), x.Worth.Members,
			[]jsonFinding{}}
		for j := range x.Worth.Breaks {
			f := &x.Worth.Breaks[j]
			out.Worth.Breaks = append(out.Worth.Breaks, jsonFinding{Rule: f.Rule, Severity: f.Severity.String(),
				Message: f.Message,
				User:    f.User, Group: f.Group, Role: f.Role, Permission: f.Permission, Scope: f.Scope})
		}
	}
	return out
}
