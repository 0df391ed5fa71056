package load

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// findDuplicates reports keys that appear twice in one struct.
func findDuplicates(t tree.Tree) (faults []diag.Finding) {
	var seen map[string]policy.Pos
	var few []*tree.Node
	for k, v := range t.Fields() {
		first, twice := seen[k.Text]
		for _, f := range few {
			if f.Text == k.Text {
				first, twice = f.Pos, true
			}
		}
		if twice {
			faults = append(faults, diag.Stopf("schema", k.Pos, "key %s is listed twice", diag.Quote(k.Text)).
				WithRelated(first, "first here").WithHelp("keep one of them"))
			continue
		}
		if seen == nil && len(few) < 8 {
			few = append(few, k)
		} else {
			if seen == nil {
				seen = map[string]policy.Pos{}
			}
			seen[k.Text] = k.Pos
		}
		faults = append(faults, findDuplicates(v)...)
	}
	for e := range t.Elems() {
		faults = append(faults, findDuplicates(e)...)
	}
	return faults
}

// merger merges trees: structs by key, and scalars that agree.
type merger struct {
	b      tree.Builder
	unify  bool // lists must agree element by element, as in CUE
	faults []diag.Finding
	twice  bool   // a list is in several values
	key    string // of the value that is merged
}

// mergeSources merges sources and concatenates lists. Keys that one source has several times are
// merged too.
func mergeSources(values []tree.Tree) (tree.Tree, []diag.Finding) {
	total := 0
	for _, v := range values {
		total += len(v)
	}
	m := &merger{b: tree.Builder{Nodes: make(tree.Tree, 0, total)}}
	m.values(values)
	return m.b.Nodes, m.faults
}

// unifyData merges plain data as CUE does. It returns false if only CUE can tell.
func unifyData(values []tree.Tree) (tree.Tree, bool) {
	m := &merger{unify: true}
	m.values(values)
	return m.b.Nodes, len(m.faults) == 0 && !m.twice
}

func (m *merger) values(values []tree.Tree) {
	first := values[0][0]
	for _, v := range values[1:] {
		if v[0].Kind != first.Kind || first.Kind < tree.List && v[0].Text != first.Text {
			m.contradiction(&v[0], &first, sayValue(&v[0]), sayValue(&first))
			m.b.Append(values[0])
			return
		}
	}
	switch first.Kind {
	case tree.Struct:
		m.structs(values)
	case tree.List:
		m.lists(values)
	default:
		m.b.Append(values[0])
	}
}

// whole merges lists that are one value each: the path of a scope.
func (m *merger) whole(values []tree.Tree) {
	first := values[0]
	for _, v := range values[1:] {
		if first[0].Kind != tree.List || v[0].Kind != tree.List {
			m.values(values)
			return
		}
		same := func(a, b tree.Node) bool { return a.Kind == b.Kind && a.Text == b.Text && a.Len == b.Len }
		if !slices.EqualFunc(first, v, same) {
			m.contradiction(&v[0], &first[0], textOf(v), textOf(first))
			break
		}
	}
	m.b.Append(first)
}

// textOf returns a list of names as it is written.
func textOf(list tree.Tree) string {
	var names []string
	for e := range list.Elems() {
		names = append(names, diag.Quote(e.Text()))
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// contradiction reports two values of one field, and what they are.
func (m *merger) contradiction(v, first *tree.Node, here, there string) {
	help := "make them equal, or remove one"
	if v.Kind != first.Kind {
		help = "write both in the same form"
	}
	m.faults = append(m.faults, diag.Stopf("schema", v.Pos, "%s contradicts %s in another place", here, there).
		WithRelated(first.Pos, "%s here", there).WithHelp("%s", help))
}

// sayValue returns a scalar, or what kind of value it is.
func sayValue(n *tree.Node) string {
	if n.Kind < tree.List {
		return diag.Quote(n.Text)
	}
	return n.Kind.String()
}

func (m *merger) structs(values []tree.Tree) {
	type field struct {
		key    *tree.Node
		values []tree.Tree
	}
	var fields []field
	index := map[string]int{}
	repeated, selector := false, m.key == "deny" || m.key == "forbid"
	for _, v := range values {
		for k, f := range v.Fields() {
			if i, ok := index[k.Text]; ok {
				fields[i].values = append(fields[i].values, f)
				repeated = true
				continue
			}
			index[k.Text] = len(fields)
			fields = append(fields, field{k, []tree.Tree{f}})
		}
	}
	if len(values) == 1 && !repeated && !m.unify {
		m.single(values[0])
		return
	}
	m.b.Open(tree.Struct, values[0][0].Pos)
	for _, f := range fields {
		m.b.Key(f.key.Text, f.key.Pos)
		if selector && f.key.Text == "path" && !m.unify {
			m.whole(f.values)
			continue
		}
		m.key = f.key.Text
		m.values(f.values)
	}
	m.b.Close(0)
}

// single copies a struct whose keys differ, and merges within its fields: lines of CSV name a user
// several times under one key.
func (m *merger) single(v tree.Tree) {
	m.b.Open(tree.Struct, v[0].Pos)
	for k, f := range v.Fields() {
		m.b.Key(k.Text, k.Pos)
		if m.key = k.Text; f[0].Kind == tree.Struct {
			m.values([]tree.Tree{f})
		} else {
			m.b.Append(f)
		}
	}
	m.b.Close(0)
}

func (m *merger) lists(values []tree.Tree) {
	m.b.Open(tree.List, values[0][0].Pos)
	if !m.unify {
		for _, v := range values {
			m.b.Append(v[1:])
		}
		m.b.Close(0)
		return
	}
	m.twice = m.twice || len(values) > 1 // an entry is then written in several files
	var rows [][]tree.Tree
	for n, v := range values {
		i := 0
		for e := range v.Elems() {
			if n == 0 {
				rows = append(rows, nil)
			}
			if i < len(rows) {
				rows[i] = append(rows[i], e)
			}
			i++
		}
		if i != len(rows) {
			m.contradiction(&v[0], &values[0][0], sayValue(&v[0]), sayValue(&values[0][0]))
			break
		}
	}
	for _, row := range rows {
		m.values(row)
	}
	m.b.Close(0)
}
