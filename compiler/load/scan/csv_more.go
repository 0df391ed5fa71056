package scan

import (
	"iter"
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// The columns of attributes and of ids in other systems begin with these words.
const (
	AttributePrefix = "attr:"
	IdentityPrefix  = "id:"
)

// MoreColumn is a column with the values of an attribute, or with ids in a system.
type MoreColumn struct {
	Name string
	ID   bool
}

// mostMore limits the columns of attributes and ids that are read fast.
const mostMore = 32

// The fields that these columns fill, beyond those of Columns.
const (
	attributesField = Width + iota
	idsField
)

// moreColumn adds a column of an attribute or of ids, and returns its index, or -1 for any other name.
func (s *csvScanner) moreColumn(title string) int {
	name, isAttribute := strings.CutPrefix(title, AttributePrefix)
	id := false
	if !isAttribute {
		name, id = strings.CutPrefix(title, IdentityPrefix)
	}
	x := MoreColumn{name, id}
	if !isAttribute && !id || name == "" || strings.TrimSpace(title) != title || len(s.more) == mostMore ||
		slices.Contains(s.more, x) {
		return -1
	}
	s.more = append(s.more, x)
	return Width + len(s.more) - 1
}

// mention notes the fields that the further cells of a line fill.
func (s *csvScanner) mention(more []csvCell) {
	for field := attributesField; field <= idsField; field++ {
		filled := func(n int) bool { return more[n].text != "" && s.more[n].ID == (field == idsField) }
		for n := range more {
			if filled(n) && !slices.Contains(s.order, field) {
				s.order = append(s.order, field)
			}
		}
	}
}

// agree reports whether lines of a user that give an id for one system give the same one. The caller reports others.
func (s *csvScanner) agree() bool {
	for n := range s.more {
		if !s.more[n].ID {
			continue
		}
		first := ""
		for i := range s.lines {
			switch c := s.lines[i].more[n]; {
			case c.text == "":
			case first == "":
				first = c.text
			case c.text != first || strings.Contains(c.text, ";"):
				return false
			}
		}
	}
	return true
}

// mapping appends the attributes or the ids of a user, in order of first mention.
func (s *csvScanner) mapping(b *tree.Builder, field int) {
	var order []int
	var first policy.Pos
	for i := range s.lines {
		for n, c := range s.lines[i].more {
			if c.text == "" || s.more[n].ID != (field == idsField) || slices.Contains(order, n) {
				continue
			}
			if len(order) == 0 {
				first = c.pos
			}
			order = append(order, n)
		}
	}
	key := "attributes"
	if field == idsField {
		key = "ids"
	}
	b.Key(key, first)
	b.Open(tree.Struct, first)
	for _, n := range order {
		s.column(b, n)
	}
	b.Close(0)
}

// column appends the values that the lines of a user have in a column of an attribute or of ids.
func (s *csvScanner) column(b *tree.Builder, n int) {
	opened := false
	for i := range s.lines {
		c := &s.lines[i].more[n]
		if c.text == "" {
			continue
		}
		if !opened {
			b.Key(s.more[n].Name, c.pos)
			if s.more[n].ID && !strings.Contains(c.text, ";") {
				b.Scalar(tree.String, c.text, c.pos)
				return // other lines say the same
			}
			opened = true
			b.Open(tree.List, c.pos)
		}
		for name, pos := range Actions(c.text, c.pos) {
			b.Scalar(tree.String, name, pos)
		}
	}
	b.Close(0)
}

func (s *csvScanner) value(b *tree.Builder, column int, c csvCell) {
	if column != actionsColumn {
		b.Scalar(tree.String, c.text, c.pos)
		return
	}
	b.Open(tree.List, c.pos)
	for name, pos := range Actions(c.text, c.pos) {
		b.Scalar(tree.String, name, pos)
	}
	b.Close(0)
}

// Actions returns the names in a cell of actions, with their positions.
func Actions(text string, at policy.Pos) iter.Seq2[string, policy.Pos] {
	return func(yield func(string, policy.Pos) bool) {
		for item := range policy.SplitNames(text, ";") {
			if !yield(item.Name, policy.Pos{File: at.File, Off: at.Off + uint32(item.From),
				End: at.Off + uint32(item.To)}) {
				return
			}
		}
	}
}
