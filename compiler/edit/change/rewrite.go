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

// disables returns the way to set the status of some users, each in the place that declares them best.
func (e *editor) disables(users []*policy.User) ([]way, error) {
	all := way{edits: map[string][]source.Edit{}}
	for _, u := range users {
		s := &Step{User: u}
		list := e.statuses(s)
		if len(list) == 0 {
			return nil, nil
		}
		best := slices.MinFunc(list, func(a, b way) int { return cmp.Compare(a.rank, b.rank) })
		for name, edits := range best.edits {
			all.edits[name] = append(all.edits[name], edits...)
		}
	}
	return []way{all}, nil
}

// statuses returns the ways to disable a user.
func (e *editor) statuses(s *Step) (list []way) {
	is, _, primary := e.naming(s)
	for _, f := range e.filesOf(is, s, primary) {
		if f.Syntax != source.CSV {
			continue
		}
		if edits, err := f.SetCells(is, "status", "disabled"); err == nil {
			rank := 2
			if f.Name == primary {
				rank = 0
			}
			list = append(list, way{edits: map[string][]source.Edit{f.Name: edits}, file: f.Name, rank: rank})
		}
	}
	return append(list, e.holders(s, func(h *source.Holder) ([]source.Edit, int, error) {
		v := h.Value().Get("status")
		if v == nil {
			edits, err := h.AddField("status", source.Value{Text: "disabled"})
			return edits, 1, err
		}
		if v.Kind != source.Scalar {
			return nil, 0, source.ErrLayout
		}
		text := h.File.Syntax.Write(source.Value{Text: "disabled"})
		return []source.Edit{{From: v.From, To: v.To, Text: text}}, 0, nil
	}, nil)...)
}
