package load

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// lines reports whether the document consists of lines, which may name one user several times.
func (d doc) lines() bool { return d.ext == ".csv" || d.ext == ".jsonl" }

// mergeDocuments merges all documents into one declaration. One document may have a key twice where a user was spelled
// in two ways, or scopes are a list.
func mergeDocuments(docs []doc, repeated bool) (tree.Tree, []diag.Finding) {
	for i := range docs {
		value, nested := nestScopes(docs[i].value)
		docs[i].value, repeated = value, repeated || nested
	}
	if len(docs) == 1 && !docs[0].lines() && !repeated {
		return docs[0].value, nil
	}
	var values []tree.Tree
	for _, d := range docs {
		values = append(values, d.value)
	}
	return mergeSources(values)
}

// doc is a document and its file. If it was split, its users are records, and the struct of users in
// the value has no fields.
type doc struct {
	*source
	value   tree.Tree
	records []scan.Record
}

// documents reads files on every core, in file order.
func (l *loader) documents(sources []*source) []doc {
	results := make([][]doc, len(sources))
	parallel.Each(len(sources), func(i int) { results[i] = l.document(sources[i]) })
	return slices.Concat(results...)
}

func (l *loader) document(s *source) (docs []doc) {
	made := l.madeLines(s)
	if d, ok := l.split(s); ok && made == nil {
		return []doc{d}
	}
	var values []tree.Tree
	var faults []diag.Finding
	if d := cmp.Or(made, l.tooLarge(s), l.tooMany(s)); d != nil {
		faults = append(faults, *d)
	} else if s.ext == ".csv" {
		values, faults = l.table(s)
	} else {
		values, faults = parseFile(s, l.files.File(s.num), s.num)
	}
	for _, v := range values {
		if d := tooDeep(v); d != nil {
			faults = append(faults, *d)
			continue
		}
		if d := (doc{source: s, value: v}); !d.lines() {
			faults = append(faults, findDuplicates(v)...)
			if d := checkForeign(v, l.shape.FieldNames()); d != nil {
				faults = append(faults, *d)
			}
		}
		docs = append(docs, doc{source: s, value: v})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, faults...)
	return docs
}

// table reads a CSV file, and notes what is odd.
func (l *loader) table(s *source) ([]tree.Tree, []diag.Finding) {
	t, notes, faults := readTable(l.files.File(s.num), s.num)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = append(l.notes, notes...)
	if t == nil {
		return nil, faults
	}
	return []tree.Tree{t}, faults
}

// splitters are the fast readers, by format.
var splitters = map[string]struct {
	recordKind
	split func(file int32, text string) (*scan.Split, bool)
}{
	".json": {inJSON, scan.JSON}, ".jsonl": {inJSONLine, scan.JSONLines}, ".yaml": {inYAML, scan.YAML},
	".csv": {inCSV, scan.CSV},
}

// split reads a document fast, unless it needs the full reader.
func (l *loader) split(s *source) (d doc, ok bool) {
	x, ok := splitters[s.ext]
	if !ok || l.needsFull(s) {
		return d, false
	}
	out, ok := x.split(s.num, l.files.File(s.num).Data)
	if !ok || len(findDuplicates(out.Rest)) > 0 || checkForeign(out.Rest, l.shape.FieldNames()) != nil {
		return d, false
	}
	keepIDs(out.Records, l.files.File(s.num).Data)
	l.noteSplit(s.num, out, x.recordKind)
	return doc{source: s, value: out.Rest, records: splitRecords(out, s.num, x.recordKind)}, true
}

// needsFull reports whether only the full reader may read the file.
func (l *loader) needsFull(s *source) bool {
	return l.opts.Full || slices.Contains(l.opts.FullFiles, s.name)
}

func parseFile(s *source, file *policy.File, num int32) ([]tree.Tree, []diag.Finding) {
	switch s.ext {
	case ".yaml":
		return readYAML(file, num)
	case ".jsonl":
		t, faults := readJSONLines(num, file.Data)
		return []tree.Tree{t}, faults
	case ".csv":
		t, faults := readCSV(file, num)
		if t == nil {
			return nil, faults
		}
		return []tree.Tree{t}, faults
	}
	t, d := readJSON(num, file.Data)
	if d != nil {
		return nil, []diag.Finding{*d}
	}
	return []tree.Tree{t}, nil
}

// deepest limits how deeply values may be nested.
const deepest = 512

// tooDeep finds a value that is nested more deeply.
func tooDeep(t tree.Tree) *diag.Finding {
	var ends []int // of the open lists and structs
	for i := range t {
		for len(ends) > 0 && ends[len(ends)-1] <= i {
			ends = ends[:len(ends)-1]
		}
		if t[i].Kind < tree.List {
			continue
		}
		if ends = append(ends, i+int(t[i].Len)); len(ends) > deepest {
			d := diag.Stopf("syntax", t[i].Pos, "values are nested too deeply here: at most %d levels allowed", deepest)
			return &d
		}
	}
	return nil
}

// checkForeign reports a file that has no field of a declaration.
func checkForeign(t tree.Tree, declarationFields []string) *diag.Finding {
	help := "not a permc file? list it under ignore, in a file of the root folder"
	if t[0].Kind != tree.Struct {
		if first := firstUser(t); first != "" {
			help = "write each user under its id: users: {" + diag.Quote(first) +
				": {…}}; or one user a line, in a .jsonl file"
		}
		d := diag.Stopf("schema", t[0].Pos, "not a declaration: %s at the top, expected a mapping", t[0].Kind).
			WithHelp("%s", help)
		return &d
	}
	if isMade(t) {
		pos := t[0].Pos
		pos.End = pos.Off + 1
		d := madeByPermc(pos, "an answer")
		return &d
	}
	for k := range t.Fields() {
		if slices.Contains(declarationFields, k.Text) || diag.Nearest(k.Text, declarationFields) != "" {
			return nil
		}
	}
	d := diag.Stopf("schema", t[0].Pos, "not a declaration: it has no field that permc knows").WithHelp("%s", help)
	return &d
}

// firstUser returns the user of the first item of a list, or "".
func firstUser(t tree.Tree) string {
	for e := range t.Elems() {
		return e.Get("user").Text()
	}
	return ""
}
