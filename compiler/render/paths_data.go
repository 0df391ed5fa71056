package render

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
)

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

// writePathsJSON writes one person after the other, as there may be gigabytes.
func writePathsJSON(ctx context.Context, w io.Writer, a *paths.Answer) error {
	head := []byte("{\n  \"version\": ")
	head = append(appendQuoted(head, Version), ",\n  \"asOf\": "...)
	head = append(appendQuoted(head, a.Policy.AsOf.String()), ",\n  \"users\": ["...)
	if _, err := w.Write(SafeJSON(head)); err != nil {
		return err
	}
	between := "\n    "
	err := paths.Each(ctx, a, func() func([][]byte, *paths.User) [][]byte {
		return func(list [][]byte, u *paths.User) [][]byte { return append(list, userPathsJSON(u)) }
	}, func(list [][]byte) error {
		for _, b := range list {
			if _, err := w.Write(append([]byte(between), b...)); err != nil {
				return err
			}
			between = ",\n    "
		}
		return nil
	})
	if err != nil {
		return err
	}
	tail := "]\n}\n"
	if between != "\n    " {
		tail = "\n  ]\n}\n"
	}
	_, err = io.WriteString(w, tail)
	return err
}

func userPathsJSON(u *paths.User) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("    ", "  ")
	_ = e.Encode(jsonPathsUser{ // it has nothing that cannot be encoded
		User:        u.User.ID,
		Name:        u.User.Name,
		Affiliation: u.User.Affiliation,
		Status:      u.User.Status(),
		Alone:       listJSONPaths(u, u.Alone),
		Assisted:    listJSONPaths(u, u.Assisted),
		Others:      listJSONPaths(u, u.Others),
	})
	return SafeJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func listJSONPaths(u *paths.User, list []reach.Path) []jsonPath {
	out := []jsonPath{}
	for i := range list {
		p := &list[i]
		x := jsonPath{For: jsonOther(p.For)}
		for _, g := range p.Gains {
			gain := jsonGain{Role: roleID(g.Role), Permission: permissionID(g.Permission), Owned: groupID(g.Owned),
				Scope: scopePath(u.At(g.Scope))}
			if g.Permission != nil {
				gain.Actions = g.Permission.Names(g.Actions)
			}
			x.Gains = append(x.Gains, gain)
		}
		for j := range p.Acts {
			x.Acts = append(x.Acts, actJSON(u, p.Acts[j]))
		}
		out = append(out, x)
	}
	return out
}

func actJSON(u *paths.User, a *reach.Act) jsonAct {
	out := jsonAct{
		Act:        "grant",
		By:         jsonOther(a.By),
		Group:      groupID(a.Group),
		Role:       roleID(a.Role),
		Permission: permissionID(a.Permission),
		Scope:      scopePath(u.At(a.Scope)),
		Because: jsonReason{
			Role:       roleID(a.Why.Role),
			Permission: permissionID(a.Why.Permission),
			Attribute:  a.Why.Attribute,
			Owned:      groupID(a.Why.Owned),
			Scope:      scopePath(u.At(a.Why.Scope)),
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

func jsonOther(s reach.Somebody) *jsonSomebody {
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

// writePathsMarkdown writes a table for a mail or an issue.
func writePathsMarkdown(ctx context.Context, w io.Writer, a *paths.Answer) error {
	body, n, err := collectPaths(ctx, a, func() func([]byte, *paths.User) []byte {
		f := newFolder()
		return func(b []byte, u *paths.User) []byte {
			for _, s := range f.sections(u) {
				for j := range s.lines {
					b = appendPathRow(b, u, s.title, &s.lines[j])
				}
			}
			return b
		}
	})
	if err != nil {
		return err
	}
	head := fmt.Appendf(nil, "**%s**\n", cellText(pathsHead(a, n)))
	if n.users > 0 {
		head = append(head, "\n| Who | How | What | Steps |\n|---|---|---|---|\n"...)
	}
	return append(chunks{head}, body...).write(w)
}

func appendPathRow(b []byte, u *paths.User, how string, l *pathLine) []byte {
	for _, cell := range []string{u.User.ID, how, l.title(u), strings.Join(l.stepsOrReason(u), "; then ")} {
		b = append(append(b, "| "...), cellText(cell)...)
		b = append(b, ' ')
	}
	return append(b, "|\n"...)
}

// writePathsDot writes a graph for Graphviz: an edge for each act, from the giver to what it leads to.
func writePathsDot(ctx context.Context, w io.Writer, a *paths.Answer) error {
	if _, err := io.WriteString(w, "digraph paths {\n  rankdir=LR;\n  node [shape=box];\n"); err != nil {
		return err
	}
	known := map[string]bool{}
	err := paths.Each(ctx, a, func() func([]string, *paths.User) []string {
		f := newFolder()
		return func(list []string, u *paths.User) []string {
			for _, s := range f.sections(u) {
				for j := range s.lines {
					list = appendEdges(list, u, s.id, &s.lines[j])
				}
			}
			return list
		}
	}, func(list []string) error {
		var b []byte
		for _, edge := range list {
			if !known[edge] {
				known[edge] = true
				b = append(append(append(b, "  "...), edge...), '\n')
			}
		}
		_, err := w.Write(Guard(b))
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "}\n")
	return err
}

// appendEdges adds an edge for each act of a path.
func appendEdges(list []string, u *paths.User, kind string, l *pathLine) []string {
	from := u.User.ID
	for n, step := range l.steps(u) {
		to := step
		if n == len(l.path.Acts)-1 {
			to = l.title(u)
			if kind != "others" {
				to += ", for " + u.User.ID
			}
		}
		style := ""
		if kind == "assisted" {
			style = ", style=dashed"
		}
		list = append(list, fmt.Sprintf("%s -> %s [label=%s%s];", dotText(from), dotText(to),
			dotText(describeReason(u, l.path.Acts[n], nil)), style))
		from = to
	}
	return list
}

// dotText quotes a text for Graphviz.
func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(Safe(s)) + `"`
}
