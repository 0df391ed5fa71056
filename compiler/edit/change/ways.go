package change

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/edit/fix"
	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// way is one way to make an edit: the edits of each file.
type way struct {
	edits map[string][]source.Edit
	file  string // where the holder is declared
	off   int
	rank  int
}

// ways returns the ways to make an edit, the best first.
func (e *editor) ways(s *Step) (list []way, err error) {
	switch {
	case s.Confirm != nil:
		return e.confirms(s.Confirm), nil
	case s.Cut != nil || s.Set != nil:
		return e.rewrites(s)
	case s.Disable != nil:
		return e.disables(s.Disable)
	case s.Delete:
		return e.deletes(s.User)
	case s.Enable:
		list = e.enables(s)
	case s.New:
		list = e.declares(s)
	case s.Attribute != "":
		item := source.Value{Text: s.Value}
		list = e.holders(s, func(h *source.Holder) ([]source.Edit, int, error) {
			return appendTo(h, []string{"attributes", s.Attribute}, item)
		}, map[string]string{"attr:" + s.Attribute: s.Value})
	case s.Add.Group != "":
		list = e.joins(s)
	default:
		list = e.holders(s, func(h *source.Holder) ([]source.Edit, int, error) {
			return appendTo(h, []string{s.Add.list()}, s.Add.value(""))
		}, s.Add.cells())
	}
	slices.SortStableFunc(list, func(a, b way) int { return cmp.Compare(a.rank, b.rank) })
	return list, nil
}

// appendTo adds an item to a list of a holder. The rank is 0 if the list is there, and 1 otherwise.
func appendTo(h *source.Holder, path []string, item source.Value) (edits []source.Edit, rank int, err error) {
	x := h.Value()
	for _, name := range path {
		if x = x.Get(name); x == nil {
			rank = 1
			break
		}
	}
	edits, err = h.Append(path, item)
	return edits, rank, err
}

// place adds an edit where a holder is declared. It returns the rank of that place among others.
type place func(h *source.Holder) (edits []source.Edit, rank int, err error)

// holders returns the ways to edit what a holder has: in each place that declares it, those in the file that comes
// first before others. A line of CSV has cells of its own.
func (e *editor) holders(s *Step, edit place, cells map[string]string) (list []way) {
	is, sections, primary := e.naming(s)
	for _, f := range e.filesOf(is, s, primary) {
		other := 2
		if f.Name == primary {
			other = 0
		}
		if f.Syntax == source.CSV && s.User != nil && cells != nil {
			if edits, err := f.AppendLine(is, cells); err == nil {
				list = append(list, way{map[string][]source.Edit{f.Name: edits}, f.Name, f.LineOf(is), other})
			}
			continue
		}
		for _, section := range sections {
			for _, h := range f.Holders(section, is) {
				if edits, rank, err := edit(h); err == nil {
					list = append(list, way{map[string][]source.Edit{f.Name: edits}, f.Name, h.Off(), other + rank})
				}
			}
		}
	}
	return list
}

// naming returns how to recognise the holder, where to look, and in which file it is declared first.
func (e *editor) naming(s *Step) (is func(string) bool, sections []string, primary string) {
	if s.User == nil {
		return func(id string) bool { return id == s.Group.ID }, []string{"groups"}, e.fileOf(s.Group.Pos)
	}
	key := e.now.Policy.Catalog.UserKey
	want := key(s.User.ID)
	sections = []string{"users"}
	if s.User.Invited {
		sections = []string{"invitations"}
	}
	return func(id string) bool { return key(id) == want }, sections, e.fileOf(s.User.Pos)
}

func (e *editor) fileOf(pos policy.Pos) string {
	if !pos.IsValid() {
		return ""
	}
	return e.now.Files.File(pos.File).Name
}

// filesOf reads the files that may declare a holder. One that has no text like its name does not.
func (e *editor) filesOf(is func(string) bool, s *Step, primary string) (list []*source.File) {
	name := strings.ToLower(strings.TrimPrefix(s.holder(), "group:"))
	for _, f := range e.now.Files.Own() {
		if f.Shipped || f.Name != primary && !strings.Contains(strings.ToLower(f.Data), name) {
			continue
		}
		if x, err := source.Parse(f.Name, f.Data); err == nil {
			list = append(list, x)
		}
	}
	return list
}

// joins returns the ways to put a holder into a group: at the group, or at the user if that names groups already.
func (e *editor) joins(s *Step) (list []way) {
	at := slices.IndexFunc(e.now.Policy.Groups, func(g *policy.Group) bool { return g.ID == s.Add.Group })
	if at >= 0 {
		group := &Step{Group: e.now.Policy.Groups[at]}
		list = e.holders(group, func(h *source.Holder) ([]source.Edit, int, error) {
			return appendTo(h, []string{"members"}, s.Add.value(s.holder()))
		}, nil)
	}
	if s.User == nil {
		return list
	}
	own := e.holders(s, func(h *source.Holder) ([]source.Edit, int, error) {
		edits, rank, err := appendTo(h, []string{"groups"}, s.Add.value(""))
		return edits, 4*rank - 1, err
	}, s.Add.cells())
	return append(list, own...)
}

// enables returns the ways to set the status of a disabled user.
func (e *editor) enables(s *Step) []way {
	return e.holders(s, func(h *source.Holder) ([]source.Edit, int, error) {
		v := h.Value().Get("status")
		if v == nil || v.Kind != source.Scalar {
			return nil, 0, source.ErrLayout
		}
		text := h.File.Syntax.Write(source.Value{Text: "active"})
		return []source.Edit{{From: v.From, To: v.To, Text: text}}, 0, nil
	}, nil)
}

// cuts returns the way to remove the entries and memberships at some places, besides other edits.
func (e *editor) cuts(places []policy.Pos, edits map[string][]source.Edit) ([]way, error) {
	offsets := map[int32][]int{}
	for _, p := range places {
		offsets[p.File] = append(offsets[p.File], int(p.Off))
	}
	for file, list := range offsets {
		f := e.now.Files.File(file)
		more, err := fix.Removals(f.Name, f.Data, list)
		if err != nil {
			return nil, err
		}
		edits[f.Name] = append(edits[f.Name], more...)
	}
	return []way{{edits: edits}}, nil
}

// deletes returns the way to remove a user, and everything that names the user.
func (e *editor) deletes(u *policy.User) ([]way, error) {
	is, _, primary := e.naming(&Step{User: u})
	edits := map[string][]source.Edit{}
	for _, f := range e.filesOf(is, &Step{User: u}, primary) {
		var found []source.Edit
		if f.Syntax == source.CSV {
			found = f.RemoveLines(is)
		}
		for _, section := range []string{"users", "invitations"} {
			for _, h := range f.Holders(section, is) {
				list, err := h.Remove()
				if err != nil {
					return nil, err
				}
				found = append(found, list...)
			}
		}
		if len(found) > 0 {
			edits[f.Name] = found
		}
	}
	return e.cuts(e.references(is), edits)
}

// references returns where members of groups, owners, waivers, reviews and expectations name a user.
func (e *editor) references(is func(string) bool) (list []policy.Pos) {
	d := e.now.Declared()
	for i := range d.Groups {
		for _, m := range d.Groups[i].Members {
			if is(m.Name) {
				list = append(list, m.Pos)
			}
		}
		for _, o := range d.Groups[i].Owners {
			if is(o.Name) {
				list = append(list, o.Pos)
			}
		}
	}
	for i := range d.Waivers {
		if w := &d.Waivers[i]; w.User.Given() && is(w.User.Name) {
			list = append(list, w.User.Pos)
		}
	}
	for i := range d.Reviews {
		if r := &d.Reviews[i]; r.User.Given() && is(r.User.Name) {
			list = append(list, r.User.Pos)
		}
	}
	for i := range d.Expects {
		if x := &d.Expects[i]; x.User.Given() && is(x.User.Name) {
			list = append(list, x.User.Pos)
		}
	}
	return list
}

// list returns the field with entries like this one.
func (x *Entry) list() string {
	if x.Permission != "" {
		return "grants"
	}
	return "roles"
}

// value returns what to write: an entry, or a membership of a member, or of a group if no member is named.
func (x *Entry) value(member string) source.Value {
	var v source.Value
	text := func(name, s string) {
		if s != "" {
			v.Fields = append(v.Fields, source.Named{Name: name, Value: source.Value{Text: s}})
		}
	}
	text("role", x.Role)
	text("permission", x.Permission)
	switch group, ok := strings.CutPrefix(member, "group:"); {
	case x.Group == "":
	case member == "":
		text("group", x.Group)
	case ok:
		text("group", group)
	default:
		text("user", member)
	}
	text("scope", x.Scope)
	if len(x.Actions) > 0 {
		var list []source.Value
		for _, a := range x.Actions {
			list = append(list, source.Value{Text: a})
		}
		v.Fields = append(v.Fields, source.Named{Name: "actions", Value: source.Value{List: list}})
	}
	text("starts", x.Starts.String())
	text("expires", x.Ends.String())
	text("reason", x.Reason)
	text("ticket", x.Ticket)
	if x.Group != "" && !x.terms() {
		return source.Value{Text: cmp.Or(member, x.Group)}
	}
	return v
}

// cells returns the cells of a line of CSV.
func (x *Entry) cells() map[string]string {
	return map[string]string{"role": x.Role, "permission": x.Permission, "group": x.Group, "scope": x.Scope,
		"actions": policy.JoinNames(slices.Clone(x.Actions), ";"), "starts": x.Starts.String(),
		"expires": x.Ends.String(), "reason": x.Reason, "ticket": x.Ticket}
}
