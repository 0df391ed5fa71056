package load

import (
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// ScopeColumns lists the columns of a CSV declaration of scopes.
var ScopeColumns = []string{"scope", "level", "inherits", "title", "external", "labels"}

// isScopes reports whether a header is that of a list of scopes.
func isScopes(header []string) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(header, func(h string) bool { return strings.TrimSpace(h) == name })
	}
	return has("scope") && !has("user") && !has("role") && !has("permission") && !has("group") &&
		(slices.ContainsFunc(ScopeColumns[1:], has) ||
			slices.ContainsFunc(header, func(h string) bool { return isMore(strings.TrimSpace(h)) }))
}

// scopesReader turns lines of CSV into the declaration `scopes: {…}`.
type scopesReader struct {
	csv    *csvReader
	top    *scopeLines
	faults []diag.Finding
}

// scopeLines are the lines of one scope, and the scopes below it.
type scopeLines struct {
	pos   policy.Pos // of the first line that names it
	lines []map[string]cell
	below map[string]*scopeLines
}

func newScopesReader(r *csvReader, header []string) *scopesReader {
	s := &scopesReader{csv: r, top: &scopeLines{}}
	for i, name := range header {
		c := r.cell(header, i)
		switch name = strings.TrimSpace(name); {
		case name == "": // padding, as long as it is empty
		case slices.Contains(r.header, name):
			s.faults = append(s.faults, diag.Stopf("schema", c.pos, "column %s is listed twice", diag.Quote(name)))
		case !slices.Contains(ScopeColumns, name) && !isMore(name):
			s.faults = append(s.faults, diag.Stopf("schema", c.pos, "unknown column %s", diag.Quote(name)).
				WithHelp("%s", suggestScopeColumn(name)))
		}
		r.header = append(r.header, name)
	}
	return s
}

// suggestScopeColumn helps with an unknown column of a list of scopes.
func suggestScopeColumn(name string) string {
	switch strings.Trim(strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name)), "s") {
	case "parent", "parentscope", "parentid", "parentname", "parentpath", "in", "inside", "within", "under":
		return "write the whole path in the column scope, such as acme/api, and remove this one"
	}
	return suggestColumn(name, ScopeColumns)
}

func (s *scopesReader) record(record []string) []diag.Finding {
	cells := map[string]cell{}
	for i, name := range s.csv.header[:min(len(s.csv.header), len(record))] {
		if c := s.csv.cell(record, i); c.text != "" {
			cells[name] = c
		}
	}
	path, ok := cells["scope"]
	if !ok {
		return []diag.Finding{diag.Stopf("schema", s.csv.cell(record, 0).pos, "the line has no scope")}
	}
	x := s.top
	off := path.pos.Off
	for part := range strings.SplitSeq(path.text, "/") {
		pos := policy.Pos{File: path.pos.File, Off: off, End: off + uint32(len(part))}
		if x.below[part] == nil {
			if x.below == nil {
				x.below = map[string]*scopeLines{}
			}
			x.below[part] = &scopeLines{pos: pos}
		}
		x = x.below[part]
		off = pos.End + 1
	}
	if len(x.lines) == 0 {
		x.pos.Off = max(x.pos.Off, path.pos.Off)
	}
	x.lines = append(x.lines, cells)
	return nil
}

func (s *scopesReader) close() tree.Tree {
	whole := policy.Pos{File: s.csv.file, End: uint32(len(s.csv.text))}
	b := &tree.Builder{}
	b.Open(tree.Struct, whole)
	s.below(b, s.top, whole)
	b.Close(0)
	return b.Nodes
}

func (s *scopesReader) below(b *tree.Builder, x *scopeLines, pos policy.Pos) {
	if len(x.below) == 0 {
		return
	}
	b.Key("scopes", pos)
	b.Open(tree.Struct, pos)
	for _, id := range slices.Sorted(maps.Keys(x.below)) {
		y := x.below[id]
		b.Key(id, y.pos)
		b.Open(tree.Struct, y.pos)
		s.below(b, y, y.pos)
		b.Close(0)
		for _, cells := range y.lines { // merged like any other lines
			b.Key(id, cells["scope"].pos)
			b.Open(tree.Struct, cells["scope"].pos)
			s.line(b, cells)
			b.Close(0)
		}
	}
	b.Close(0)
}

// line appends what one line says about its scope.
func (s *scopesReader) line(b *tree.Builder, cells map[string]cell) {
	for _, name := range ScopeColumns[1:] {
		c, ok := cells[name]
		switch text := strings.ToLower(c.text); {
		case !ok:
		case name == "labels":
			list(b, name, c)
		case name == "inherits" && (text == "true" || text == "false"): // spreadsheets write TRUE
			b.Key(name, c.pos)
			b.Scalar(tree.Bool, text, c.pos)
		default:
			scalar(b, name, c)
		}
	}
	s.csv.more(b, cells)
}
