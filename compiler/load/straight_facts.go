package load

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/policy"
)

// facts are the types of a user's attributes, or of the ids that other systems have for the user.
type facts struct {
	key, text, list *shape.Type // no text if a value must be a list
}

// factsOf returns the types of a field. It returns false if the schema has something else there.
func factsOf(f *shape.Field) (x facts, ok bool) {
	if f == nil {
		return x, false
	}
	key, value, ok := f.Type.Keyed()
	if !ok {
		return x, false
	}
	x = facts{key: key, list: value}
	if value.Elem() == nil {
		if x.text, x.list, ok = value.TextOrList(); !ok {
			return x, false
		}
	}
	return x, x.list.Elem().Texts()
}

// planFacts finds the types of a user's attributes and ids.
func (s *fastReader) planFacts(user *shape.Type) (ok bool) {
	if s.attributes, ok = factsOf(user.Field("attributes")); !ok {
		return false
	}
	s.ids, ok = factsOf(user.Field("ids"))
	return ok
}

// mostFacts limits the attributes of a user that are read fast, as each is compared with all before it.
const mostFacts = 32

// hasFact reports whether a list has an attribute already, or is full.
func hasFact(list []policy.Attribute, name string) bool {
	return len(list) == mostFacts || factAt(list, name) >= 0
}

func factAt(list []policy.Attribute, name string) int {
	return slices.IndexFunc(list, func(a policy.Attribute) bool { return a.Name.Name == name })
}

// jsonFacts reads the attributes or ids of a user.
func (s *fastReader) jsonFacts(c *scan.Cursor, list *[]policy.Attribute, types *facts) bool {
	if _, ok := c.Open('{'); !ok {
		return false
	}
	for n := 0; ; n++ {
		more, ok := c.More(n, '}')
		if !more {
			return ok
		}
		name, pos, ok := c.AnyKey()
		if !ok || !types.key.Text(name) || hasFact(*list, name) {
			return false
		}
		a := policy.Attribute{Name: policy.Ref{Name: name, Pos: pos}}
		if text, pos, ok := c.Text(); !ok {
			if a.Values, ok = s.jsonNames(c, types.list); !ok {
				return false
			}
		} else if a.Values, ok = s.one(types, text, pos); !ok {
			return false
		}
		*list = append(*list, a)
	}
}

// one returns a value that is no list.
func (s *fastReader) one(types *facts, text string, pos policy.Pos) ([]policy.Ref, bool) {
	if types.text == nil || !types.text.Text(text) {
		return nil, false
	}
	s.names = append(s.names, policy.Ref{Name: text, Pos: pos})
	return s.names[len(s.names)-1 : len(s.names) : len(s.names)], true
}

// csvMore reads a cell with values of an attribute, or with ids in a system.
func (s *fastReader) csvMore(u *policy.DeclaredUser, column scan.MoreColumn, text string, pos policy.Pos) bool {
	list, types := &u.Attributes, &s.attributes
	if column.ID {
		list, types = &u.IDs, &s.ids
	}
	at := factAt(*list, column.Name)
	alone := column.ID && !strings.Contains(text, ";")
	switch {
	case at >= 0 && column.ID: // every line must say the same, and a list is never the same
		first := &(*list)[at]
		return alone && first.Values[0].Name == text && first.Values[0].Pos == first.Name.Pos
	case at < 0 && !types.key.Text(column.Name):
		return false
	case at < 0:
		at = len(*list)
		*list = append(*list, policy.Attribute{Name: policy.Ref{Name: column.Name, Pos: pos}})
	}
	a := &(*list)[at]
	if alone {
		a.Values, alone = s.one(types, text, pos)
		return alone
	}
	from, elem := len(s.names), types.list.Elem()
	for name, pos := range scan.Actions(text, pos) {
		if !elem.Text(name) {
			return false
		}
		s.names = append(s.names, policy.Ref{Name: name, Pos: pos})
	}
	if here := s.names[from:len(s.names):len(s.names)]; len(a.Values) == 0 {
		a.Values = here
	} else {
		a.Values = append(a.Values, here...)
	}
	return types.list.Length(len(a.Values))
}
