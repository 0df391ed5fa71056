package html

import (
	"bytes"
	"encoding/json"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/report"
)

// names are what the numbers in rows stand for, for the page's program.
type names struct {
	AsOf         int              `json:"asOf"`
	Soon         int              `json:"soon"`  // the last day of the horizon
	Epoch        int              `json:"epoch"` // the number of 1970-01-01
	Affiliations []string         `json:"affiliations"`
	Levels       []string         `json:"levels"`
	Files        []string         `json:"files"`
	Groups       []string         `json:"groups"`
	Rules        []string         `json:"rules"` // those that deny
	Roles        []nameRole       `json:"roles"`
	Scopes       []nameScope      `json:"scopes"`
	Permissions  []namePermission `json:"permissions"`
	Findings     []nameFinding    `json:"findings,omitempty"` // where there are too many people to write them out
}

type nameFinding struct {
	User     string `json:"user"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Kind     string `json:"kind,omitempty"`
	Message  string `json:"message"`
	Help     string `json:"help,omitempty"`
	At       string `json:"at,omitempty"`
}

type nameRole struct {
	ID       string `json:"id"`
	Title    string `json:"title,omitempty"`
	Includes []int  `json:"includes,omitempty"`
}

type nameScope struct {
	Path   string `json:"path"`
	Title  string `json:"title,omitempty"`
	Level  int    `json:"level"`
	Parent int    `json:"parent"` // -1: none
}

type namePermission struct {
	ID          string          `json:"id"`
	Title       string          `json:"title,omitempty"`
	Levels      uint32          `json:"levels"`
	Actions     []string        `json:"actions"`
	Sensitivity string          `json:"sensitivity,omitempty"`
	Conditions  []nameCondition `json:"conditions,omitempty"`
}

type nameCondition struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

func namesOf(r *report.Report) []byte {
	p := r.Policy
	epoch, _ := policy.ParseDate("1970-01-01")
	n := names{AsOf: int(p.AsOf), Soon: int(p.AsOf) + p.HorizonDays, Epoch: int(epoch), Levels: p.Catalog.Levels}
	for _, a := range p.Catalog.Affiliations {
		n.Affiliations = append(n.Affiliations, a.ID.Name)
	}
	for _, f := range p.Files.All() {
		n.Files = append(n.Files, render.Safe(f.Name))
	}
	for _, g := range p.Groups {
		n.Groups = append(n.Groups, g.ID)
	}
	for _, d := range p.Denies {
		n.Rules = append(n.Rules, d.ID)
	}
	for _, r := range p.Catalog.Roles {
		var includes []int
		for _, inc := range r.Includes {
			includes = append(includes, inc.Role.Index)
		}
		n.Roles = append(n.Roles, nameRole{r.ID, render.Safe(r.Title), includes})
	}
	for _, s := range p.Scopes {
		parent := -1
		if s.Parent != nil {
			parent = s.Parent.Index
		}
		n.Scopes = append(n.Scopes, nameScope{s.Path, render.Safe(s.Title), s.Level, parent})
	}
	for _, x := range p.Catalog.Permissions {
		n.Permissions = append(n.Permissions, namePermission{x.ID, render.Safe(x.Title), uint32(x.Levels), x.Actions, x.Sensitivity, conditionsOf(x)})
	}
	if !r.Small() {
		n.Findings = findingsOf(r)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b) // escapes what could end the element
	if err := e.Encode(n); err != nil {
		panic(err) // strings and numbers
	}
	return b.Bytes()
}

func conditionsOf(p *policy.Permission) (list []nameCondition) {
	for _, c := range p.Conditions {
		list = append(list, nameCondition{c.ID, render.Safe(c.Text)})
	}
	return list
}

func findingsOf(r *report.Report) (list []nameFinding) {
	for i := range r.Findings {
		d := &r.Findings[i]
		if d.User == "" {
			continue
		}
		list = append(list, nameFinding{d.User, d.Rule, d.Severity.String(), kindOf(d), render.Safe(capital(d.Message)), render.Safe(capital(d.Help)), at(r.Policy.Files, d.Pos)})
	}
	return list
}

// kindOf is whether somebody has accepted a finding, and how.
func kindOf(d *diag.Diagnostic) string {
	switch {
	case d.Silenced():
		return "waived"
	case d.Baseline:
		return "baseline"
	}
	return ""
}
