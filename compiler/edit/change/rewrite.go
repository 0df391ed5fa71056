package change

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// rewrites returns the way to set fields of entries, and to remove others.
func (e *editor) rewrites(s *Step) ([]way, error) {
	edits := map[string][]source.Edit{}
	parsed := map[int32]*source.File{}
	for i := range s.Set {
		x := &s.Set[i]
		f := parsed[x.Pos.File]
		if f == nil {
			var err error
			at := e.now.Files.File(x.Pos.File)
			if f, err = source.Parse(at.Name, at.Data); err != nil {
				return nil, err
			}
			parsed[x.Pos.File] = f
		}
		more, err := f.SetField(int(x.Pos.Off), x.Name, x.value(), policy.JoinNames(slices.Clone(x.List), ";"))
		if err != nil {
			return nil, err
		}
		edits[f.Name] = append(edits[f.Name], more...)
	}
	return e.cuts(s.Cut, edits)
}

// value returns what to write for the field.
func (x *Field) value() (v source.Value) {
	if x.Name != "actions" {
		return source.Value{Text: x.List[0]}
	}
	for _, text := range x.List {
		v.List = append(v.List, source.Value{Text: text})
	}
	return v
}

// disables returns the way to set the status of some users, each in the place that declares them best. The lines of a
// file of CSV are edited together, since they share its columns.
func (e *editor) disables(users []*policy.User) ([]way, error) {
	edits := map[string][]source.Edit{}
	lines := map[string][]func(string) bool{}
	for _, u := range users {
		s := &Step{User: u}
		is, _, primary := e.naming(s)
		list := e.statuses(s)
		if len(list) > 0 && (source.SyntaxOf(primary) != source.CSV || list[0].rank == 0) {
			for name, more := range list[0].edits {
				edits[name] = append(edits[name], more...)
			}
			continue
		}
		if source.SyntaxOf(primary) != source.CSV {
			return nil, nil
		}
		lines[primary] = append(lines[primary], is)
	}
	for name, users := range lines {
		f, err := source.Parse(name, e.text(name))
		if err != nil {
			return nil, err
		}
		if edits[name], err = f.SetCells(users, "status", "disabled"); err != nil {
			return nil, err
		}
	}
	return []way{{edits: edits}}, nil
}

// statuses returns the ways to disable a user in other files than CSV, the best first.
func (e *editor) statuses(s *Step) []way {
	list := e.holders(s, func(h *source.Holder) ([]source.Edit, int, error) {
		text := h.File.Syntax.Write(source.Value{Text: "disabled"})
		switch v := h.Value().Get("status"); {
		case v == nil:
			edits, err := h.AddField("status", source.Value{Text: "disabled"})
			return edits, 1, err
		case v.Kind == source.Scalar:
			return []source.Edit{{From: v.From, To: v.To, Text: text}}, 0, nil
		}
		return nil, 0, source.ErrLayout
	}, nil)
	slices.SortStableFunc(list, func(a, b way) int { return cmp.Compare(a.rank, b.rank) })
	return list
}
