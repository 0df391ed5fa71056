package render

import (
	"encoding/json"
	"io"

	"permc.dev/permc/compiler/ask/expect"
	"permc.dev/permc/compiler/policy"
)

type jsonTest struct {
	Version      string            `json:"version"`
	Product      string            `json:"product,omitempty"`
	AsOf         string            `json:"asOf"`
	Summary      jsonTestSummary   `json:"summary"`
	Expectations []jsonExpectation `json:"expectations"`
	Coverage     jsonCoverage      `json:"coverage"`
}

type jsonTestSummary struct {
	Expectations int `json:"expectations"`
	Passed       int `json:"passed"`
	Failed       int `json:"failed"`
}

type jsonExpectation struct {
	Expectation string           `json:"expectation"`
	Passed      bool             `json:"passed"`
	User        string           `json:"user,omitempty"`
	Group       string           `json:"group,omitempty"`
	Affiliation string           `json:"affiliation,omitempty"`
	Can         string           `json:"can,omitempty"`
	Cannot      string           `json:"cannot,omitempty"`
	Only        *[]string        `json:"only,omitempty"`
	Role        string           `json:"role,omitempty"`
	Scope       string           `json:"scope,omitempty"`
	Actions     []string         `json:"actions,omitempty"`
	AsOf        string           `json:"asOf"`
	Position    *policy.Position `json:"position,omitempty"`
	People      int              `json:"people"`
	Failing     int              `json:"failing"`
	Failures    []jsonTestMiss   `json:"failures,omitempty"`
}

type jsonTestMiss struct {
	User   string          `json:"user"`
	From   string          `json:"from,omitempty"`
	Causes []jsonTestCause `json:"causes"`
	More   int             `json:"more,omitempty"`
}

type jsonTestCause struct {
	Kind       string          `json:"kind"`
	Message    string          `json:"message"`
	Permission string          `json:"permission,omitempty"`
	Scope      string          `json:"scope,omitempty"`
	Rule       string          `json:"rule,omitempty"`
	Row        json.RawMessage `json:"row,omitempty"`
	Related    []jsonRelated   `json:"related,omitempty"`
}

type jsonCoverage struct {
	Percent     int         `json:"percent"`
	Roles       jsonCovered `json:"roles"`
	Permissions jsonCovered `json:"permissions"`
	Rules       jsonCovered `json:"rules"`
}

type jsonCovered struct {
	Percent   int      `json:"percent"`
	Touched   int      `json:"touched"`
	All       int      `json:"all"`
	Untouched []string `json:"untouched,omitempty"`
}

// TestJSON writes the outcomes of expectations as one JSON value.
func TestJSON(w io.Writer, r *TestReport) error {
	all, failed := len(r.Result.Outcomes), r.Result.Failed()
	out := jsonTest{Version: Version, Product: r.Policy.Catalog.Product, AsOf: r.Policy.AsOf.String(),
		Summary: jsonTestSummary{all, all - failed, failed}, Expectations: []jsonExpectation{}}
	rows := NewTable(r.Policy, "json", Filter{}, false)
	for i := range r.Result.Outcomes {
		out.Expectations = append(out.Expectations, expectationJSON(rows, &r.Result.Outcomes[i]))
	}
	c := &r.Result.Coverage
	out.Coverage = jsonCoverage{r.covered(), partJSON(&c.Roles), partJSON(&c.Permissions), partJSON(&c.Rules)}
	return writeJSON(w, out, "  ")
}

func partJSON(p *expect.Part) jsonCovered {
	return jsonCovered{p.Percent(), p.Touched(), p.All, p.Untouched}
}

func expectationJSON(rows *Table, o *expect.Outcome) jsonExpectation {
	e := o.Entry
	x := jsonExpectation{
		Expectation: o.String(), Passed: o.Passed(), User: e.User.Name, Group: e.Group.Name,
		Affiliation: e.Affiliation.Name,
		Can:         e.Can.Name, Cannot: e.Cannot.Name, Role: e.Role.Name, Scope: e.Scope.Name,
		Actions: refNames(e.Actions),
		AsOf:    o.AsOf.String(), Position: positionOf(rows.Policy.Files, o.Pos()), People: o.People,
		Failing: o.Failing,
	}
	if e.IsOnly {
		only := refNames(e.Only)
		x.Only = &only
	}
	for _, m := range o.Misses {
		miss := jsonTestMiss{User: m.User.ID, From: m.From.String(), More: m.More}
		for i := range m.Causes {
			miss.Causes = append(miss.Causes, testCauseJSON(rows, &m.Causes[i]))
		}
		x.Failures = append(x.Failures, miss)
	}
	return x
}

func testCauseJSON(rows *Table, c *expect.Cause) jsonTestCause {
	x := jsonTestCause{Kind: c.Kind, Message: c.Message, Permission: c.Permission.ID}
	if c.Scope != nil {
		x.Scope = c.Scope.Path
	}
	if c.Rule != nil {
		x.Rule = c.Rule.ID
	}
	if c.Row != nil {
		x.Row = rows.appendRow(nil, c.Row)
	}
	for _, rel := range c.See {
		x.Related = append(x.Related, jsonRelated{rel.Message, positionOf(rows.Policy.Files, rel.Pos)})
	}
	return x
}

func refNames(refs []policy.Ref) []string {
	list := make([]string, 0, len(refs))
	for _, r := range refs {
		list = append(list, r.Name)
	}
	return list
}
