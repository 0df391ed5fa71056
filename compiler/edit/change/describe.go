package change

import (
	"errors"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// Steps returns the edits that make some changes of a user.
func Steps(u *policy.User, changes []explain.Change) (list []Step, err error) {
	for _, c := range changes {
		s := Step{User: u}
		switch {
		case c.Role != nil:
			s.Add = &Entry{Role: c.Role.ID, Scope: c.Scope.Path}
		case c.Permission != nil:
			s.Add = &Entry{Permission: c.Permission.ID, Scope: c.Scope.Path}
			if c.Action != "" {
				s.Add.Actions = []string{c.Action}
			}
		case c.Group != nil:
			s.Add = &Entry{Group: c.Group.ID}
		case c.Attribute != "":
			s.Attribute, s.Value = c.Attribute, c.Value
		case c.Enable:
			s.Enable = true
		default:
			return nil, errors.New("the invitation has to be accepted first: move it from invitations to users")
		}
		list = append(list, s)
	}
	return list, nil
}

// Snippet is what to write, and where.
type Snippet struct {
	Pos   policy.Pos // of the last thing before it: an item of the list, or the user or group
	Into  string     // the list to add to, or "" where there is none yet
	Top   bool       // the text begins at the top of the declaration, so that it goes to the end of the file
	Group bool       // Pos is a group's
	Text  []string   // in the format of the file
}

// Describe returns what some changes of a user come to in the files of the project, without reading them again. An
// invitation to accept has no snippet.
func Describe(p *policy.Policy, u *policy.User, changes []explain.Change) (list []Snippet) {
	steps := make([]Step, 0, len(changes))
	for i := range changes {
		if more, err := Steps(u, changes[i:i+1]); err == nil {
			steps = append(steps, more...)
		}
	}
	var spots []spot
	var of [][]Step
	for i := range steps {
		at := spotOf(p, &steps[i])
		k := slices.IndexFunc(spots, func(x spot) bool { return x.same(&at) })
		if k < 0 {
			k = len(spots)
			spots, of = append(spots, at), append(of, nil)
		}
		of[k] = append(of[k], steps[i])
	}
	for k := range spots {
		x := spots[k].snippet(p, of[k])
		if n := len(list); n > 0 && list[n-1].joins(&x) {
			list[n-1].Text = append(list[n-1].Text, x.Text...)
			continue
		}
		list = append(list, x)
	}
	for i := range list {
		if x := &list[i]; (x.Into == "" || x.Into == "attributes") && !x.Top &&
			source.SyntaxOf(p.Files.File(x.Pos.File).Name) != source.CSV {
			x.Text = joinAttributes(source.SyntaxOf(p.Files.File(x.Pos.File).Name), x.Text)
		}
	}
	return list
}

// joins reports whether two snippets are fields of one user or group.
func (s *Snippet) joins(o *Snippet) bool {
	return s.Pos == o.Pos && s.Into == o.Into && s.Group == o.Group && s.Top == o.Top
}

// joinAttributes makes one field of several with attributes, and puts the commas of JSON.
func joinAttributes(syntax source.Syntax, lines []string) (out []string) {
	head, at := syntax.Name("attributes")+": {", -1
	for _, line := range lines {
		more, ok := strings.CutPrefix(line, head)
		switch {
		case ok && at >= 0:
			out[at] = strings.TrimSuffix(out[at], "}") + ", " + more
			continue
		case ok:
			at = len(out)
		}
		out = append(out, line)
	}
	for i := range out[:max(0, len(out)-1)] {
		if syntax == source.JSON || syntax == source.JSONLines {
			out[i] += ","
		}
	}
	return out
}

// spot is a list to add to, or where to begin one.
type spot struct {
	pos     policy.Pos // of the last item, or of the holder
	path    []string   // to the list, from the top
	listed  bool       // there is a list
	ofGroup bool
}

func (s *spot) same(o *spot) bool { return s.pos == o.pos && slices.Equal(s.path, o.path) }

// spotOf finds the list of a step.
func spotOf(p *policy.Policy, s *Step) spot {
	u := s.User
	section := "users"
	if u.Invited {
		section = "invitations"
	}
	out := spot{pos: u.Pos, path: []string{section, u.ID}}
	switch {
	case s.Enable:
		out.path = append(out.path, "status")
	case s.Attribute != "":
		out.path = append(out.path, "attributes", s.Attribute)
		out.listed = len(u.Attributes[s.Attribute]) > 0
	case s.Add.Group != "":
		return spotOfMember(p, u, s.Add.Group, out)
	default:
		out.path = append(out.path, s.Add.list())
		for i := range u.Entries {
			e := &u.Entries[i]
			if (e.Role != nil) == (s.Add.Role != "") && !e.ByDefault && out.prefers(p, u, e.Pos) {
				out.pos, out.listed = e.Pos, true
			}
		}
	}
	return out
}

// prefers reports whether an item is a better place than the one so far: one in the user's own file, or else one of
// CUE, in which lists do not add up.
func (s *spot) prefers(p *policy.Policy, u *policy.User, item policy.Pos) bool {
	if item.File == u.Pos.File {
		return true
	}
	return source.SyntaxOf(p.Files.File(u.Pos.File).Name) == source.CUE && (!s.listed || s.pos.File != u.Pos.File)
}

// spotOfMember finds where to write a membership: at the user, if the user names groups already, or at the group.
func spotOfMember(p *policy.Policy, u *policy.User, id string, out spot) spot {
	for _, g := range p.Groups {
		for _, j := range g.JoinsOf(u) {
			out.pos, out.listed = j.Pos, true
		}
	}
	if out.listed {
		out.path = append(out.path, "groups")
		return out
	}
	for _, g := range p.Groups {
		if g.ID != id {
			continue
		}
		out.pos, out.path, out.ofGroup = g.Pos, []string{"groups", g.ID, "members"}, true
		if n := len(g.Members); n > 0 {
			out.pos, out.listed = g.Members[n-1].Pos, true
		}
	}
	return out
}

// snippet writes the items of some steps for one list.
func (s *spot) snippet(p *policy.Policy, steps []Step) Snippet {
	f := p.Files.File(s.pos.File)
	syntax := source.SyntaxOf(f.Name)
	out := Snippet{Pos: s.pos, Group: s.ofGroup}
	if syntax == source.CSV && !s.ofGroup {
		for i := range steps {
			out.Text = append(out.Text, csvLine(f.Data, &steps[i])...)
		}
		return out
	}
	if steps[0].Enable {
		out.Text = []string{syntax.Field("status", source.Value{Text: "active"})}
		return out
	}
	var items []source.Value
	for i := range steps {
		items = append(items, s.item(&steps[i]))
	}
	last := s.path[len(s.path)-1]
	if !s.listed {
		out.Top = syntax == source.CUE
		out.Text = s.begin(syntax, items)
		if u := steps[0].User; s.path[2] == "attributes" && len(u.Attributes) > 0 && !out.Top {
			out.Into = "attributes"
			out.Text = []string{syntax.Field(s.path[3], source.Value{List: items})}
		}
		return out
	}
	out.Into = last
	for _, v := range items {
		text := syntax.Write(v)
		if syntax == source.YAML {
			text = "- " + text
		}
		out.Text = append(out.Text, text)
	}
	return out
}

func (s *spot) item(x *Step) source.Value {
	switch {
	case x.Attribute != "":
		return source.Value{Text: x.Value}
	case s.ofGroup:
		return x.Add.value(x.User.ID)
	}
	return x.Add.value("")
}

// begin writes a field with a list of its own. In CUE it is written from the top, so that it can stand anywhere.
func (s *spot) begin(syntax source.Syntax, items []source.Value) []string {
	path := s.path[2:]
	if syntax == source.CUE {
		path = s.path
	}
	v := source.Value{List: items}
	for _, name := range slices.Backward(path[1:]) {
		v = source.Value{Fields: []source.Named{{Name: name, Value: v}}}
	}
	line := syntax.Field(path[0], v)
	if len(items) < 2 || syntax != source.YAML || len(path) > 1 {
		return []string{line}
	}
	lines := []string{path[0] + ":"}
	for _, x := range items {
		lines = append(lines, "  - "+syntax.Write(x))
	}
	return lines
}

// csvLine writes a step as a line of a file with its own columns. A column that the file lacks is named above.
func csvLine(text string, s *Step) []string {
	if s.Enable {
		return nil
	}
	cells := map[string]string{"attr:" + s.Attribute: s.Value}
	if s.Add != nil {
		cells = s.Add.cells()
	}
	cells["user"] = s.User.ID
	header, separator, err := source.Header(text)
	if err != nil {
		return nil
	}
	more := source.MissingColumns(header, cells)
	var out []string
	for _, name := range append(slices.Clip(header), more...) {
		out = append(out, source.QuoteCSV(cells[name], separator))
	}
	lines := []string{strings.Join(out, string(separator))}
	if len(more) > 0 {
		head := strings.Join(append(slices.Clip(header), more...), string(separator))
		lines = append([]string{head}, lines...)
	}
	return lines
}
