package render

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
)

type jsonPaths struct {
	Version string          `json:"version"`
	AsOf    string          `json:"asOf"`
	Users   []jsonPathsUser `json:"users"`
}

type jsonPathsUser struct {
	User        string     `json:"user"`
	Name        string     `json:"name,omitempty"`
	Affiliation string     `json:"affiliation,omitempty"`
	Status      string     `json:"status"`
	Alone       []jsonPath `json:"alone"`
	Assisted    []jsonPath `json:"assisted"`
	Others      []jsonPath `json:"others"`
}

type jsonPath struct {
	For   *jsonSomebody `json:"for,omitempty"` // left out: the user
	Gains []jsonGain    `json:"gains"`
	Acts  []jsonAct     `json:"acts"`
}

type jsonSomebody struct {
	Affiliation string `json:"affiliation,omitempty"`
}

type jsonGain struct {
	Role       string   `json:"role,omitempty"`
	Permission string   `json:"permission,omitempty"`
	Actions    []string `json:"actions,omitempty"`
	Owned      string   `json:"ownedGroup,omitempty"`
	Scope      string   `json:"scope,omitempty"`
}

type jsonAct struct {
	Act        string        `json:"act"`           // assign, grant or join
	By         *jsonSomebody `json:"by,omitempty"`  // left out: the user
	For        *jsonSomebody `json:"for,omitempty"` // left out: the user, or the group
	Group      string        `json:"group,omitempty"`
	Role       string        `json:"role,omitempty"`
	Permission string        `json:"permission,omitempty"`
	Scope      string        `json:"scope,omitempty"`
	Because    jsonReason    `json:"because"`
}

type jsonReason struct {
	Role       string `json:"role,omitempty"`
	Permission string `json:"permission,omitempty"`
	Attribute  string `json:"attribute,omitempty"`
	Owned      string `json:"ownedGroup,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Confidence string `json:"confidence,omitempty"`
	Reason     string `json:"reason,omitempty"` // why it is derived or inferred
	Source     string `json:"source,omitempty"`
}

func pathsJSON(a *paths.Answer) jsonPaths {
	out := jsonPaths{Version: Version, AsOf: a.Policy.AsOf.String(), Users: []jsonPathsUser{}}
	for i := range a.Users {
		u := &a.Users[i]
		out.Users = append(out.Users, jsonPathsUser{
			User:        u.User.ID,
			Name:        u.User.Name,
			Affiliation: u.User.Affiliation,
			Status:      u.User.Status(),
			Alone:       listJSONPaths(u.Alone),
			Assisted:    listJSONPaths(u.Assisted),
			Others:      listJSONPaths(u.Others),
		})
	}
	return out
}

func listJSONPaths(list []paths.Path) []jsonPath {
	out := []jsonPath{}
	for i := range list {
		p := &list[i]
		x := jsonPath{For: jsonOther(p.For)}
		for _, g := range p.Gains {
			gain := jsonGain{Role: roleID(g.Role), Permission: permissionID(g.Permission), Owned: groupID(g.Owned),
				Scope: scopePath(g.Scope)}
			if g.Permission != nil {
				gain.Actions = g.Permission.Names(g.Actions)
			}
			x.Gains = append(x.Gains, gain)
		}
		for j := range p.Acts {
			x.Acts = append(x.Acts, actJSON(&p.Acts[j]))
		}
		out = append(out, x)
	}
	return out
}

func actJSON(a *paths.Act) jsonAct {
	out := jsonAct{
		Act:        "grant",
		By:         jsonOther(a.By),
		Group:      groupID(a.Group),
		Role:       roleID(a.Role),
		Permission: permissionID(a.Permission),
		Scope:      scopePath(a.Scope),
		Because: jsonReason{
			Role:       roleID(a.Why.Role),
			Permission: permissionID(a.Why.Permission),
			Attribute:  a.Why.Attribute,
			Owned:      groupID(a.Why.Owned),
			Scope:      scopePath(a.Why.Scope),
		},
	}
	switch {
	case a.Join:
		out.Act = "join"
	case a.Role != nil:
		out.Act = "assign"
	}
	if !a.ToGroup() {
		out.For = jsonOther(a.To)
	}
	if d := a.Why.Delegate; d != nil {
		out.Because.Confidence, out.Because.Reason, out.Because.Source = d.Confidence.String(), d.Derived+d.Inferred, d.Source
	}
	return out
}

func jsonOther(s paths.Somebody) *jsonSomebody {
	if !s.Other {
		return nil
	}
	return &jsonSomebody{s.Affiliation}
}

func roleID(r *policy.Role) string {
	if r == nil {
		return ""
	}
	return r.ID
}

func permissionID(p *policy.Permission) string {
	if p == nil {
		return ""
	}
	return p.ID
}

func groupID(g *policy.Group) string {
	if g == nil {
		return ""
	}
	return g.ID
}

func scopePath(s *policy.Scope) string {
	if s == nil {
		return ""
	}
	return s.Path
}

// pathsMarkdown writes a table for a mail or an issue.
func pathsMarkdown(a *paths.Answer) []byte {
	b := fmt.Appendf(nil, "**%s**\n", cellText(pathsHead(a)))
	if len(a.Users) == 0 {
		return b
	}
	b = append(b, "\n| Who | How | What | Steps |\n|---|---|---|---|\n"...)
	for i := range a.Users {
		u := &a.Users[i]
		for _, s := range sectionsOf(u.Run) {
			for j := range s.lines {
				l := &s.lines[j]
				steps := l.stepsOrReason(u.User)
				for _, cell := range []string{u.User.ID, s.title, l.title(), strings.Join(steps, "; then ")} {
					b = append(append(b, "| "...), cellText(cell)...)
					b = append(b, ' ')
				}
				b = append(b, "|\n"...)
			}
		}
	}
	return b
}

// pathsDot writes a graph for Graphviz: an edge for each act, from the giver to what it leads to.
func pathsDot(a *paths.Answer) []byte {
	b := []byte("digraph paths {\n  rankdir=LR;\n  node [shape=box];\n")
	known := map[string]bool{}
	line := func(text string) {
		if !known[text] {
			known[text] = true
			b = append(append(append(b, "  "...), text...), '\n')
		}
	}
	for i := range a.Users {
		u := &a.Users[i]
		for _, s := range sectionsOf(u.Run) {
			for j := range s.lines {
				l := &s.lines[j]
				from := u.User.ID
				for n, step := range l.steps(u.User) {
					to := step
					if n == len(l.path.Acts)-1 {
						to = l.title()
						if s.id != "others" {
							to += ", for " + u.User.ID
						}
					}
					style := ""
					if s.id == "assisted" {
						style = ", style=dashed"
					}
					line(fmt.Sprintf("%s -> %s [label=%s%s];", dotText(from), dotText(to),
						dotText(describeReason(&l.path.Acts[n], nil)), style))
					from = to
				}
			}
		}
	}
	return append(b, "}\n"...)
}

// dotText quotes a text for Graphviz.
func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(Safe(s)) + `"`
}
