package load

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/mapped"
)

// A folder may hold files of other programs, such as package.json. A file that is plainly no
// declaration, and that the user did not name, is skipped. Anything in doubt is read, so that a
// mistake is an error: one field of a declaration is enough, or one that is nearly spelt so.

// notDeclaration is the reason for skipping a foreign file.
const notDeclaration = "not a declaration"

// Foreign reports whether the file was skipped because it is plainly no declaration.
func (s Skipped) Foreign() bool { return s.Reason == notDeclaration }

// readTexts reads the files that are not read yet, and skips those that are plainly no declarations.
func (l *loader) readTexts(fields []string) error {
	f := &l.finder
	foreign := map[*source]bool{}
	defer func() {
		for _, r := range l.roots {
			r.room = nil // reading again, when a file has changed, replaces what was read
		}
	}()
	for _, s := range f.sources {
		if s.data == nil {
			if err := s.read(); err != nil {
				return err
			}
		}
		l.opts.Progress.Add(1)
		l.opts.Progress.AddRead(len(s.data))
		if s.root.only == "" && s.ext != ".cue" && !s.baseline() && isForeign(s.ext, s.data, fields) {
			foreign[s], s.data = true, nil
		}
	}
	for _, s := range foreignCUE(f.sources, fields) {
		foreign[s], s.data = true, nil
	}
	if len(foreign) == 0 {
		return nil
	}
	f.sources = slices.DeleteFunc(f.sources, func(s *source) bool {
		if foreign[s] {
			f.foreign = append(f.foreign, s)
			f.skipped = append(f.skipped, Skipped{Name: s.name, Reason: notDeclaration, Rel: s.rel})
		}
		return foreign[s]
	})
	slices.SortFunc(f.skipped, func(a, b Skipped) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// onlyForeign says, where there is no declaration, which files were skipped.
func (l *loader) onlyForeign() string {
	if text := SkippedForeign(l.finder.skipped); text != "" {
		return "; " + text
	}
	return ""
}

// SkippedForeign says in one line which files are plainly no declarations, or returns "".
func SkippedForeign(skipped []Skipped) string {
	const most = 3
	var names []string
	n := 0
	for _, s := range skipped {
		if s.Foreign() {
			if n++; n <= most {
				names = append(names, s.Name)
			}
		}
	}
	switch {
	case n == 0:
		return ""
	case n == 1:
		return "skipped 1 file that is not a declaration: " + names[0]
	case n > most:
		names = append(names, "…")
	}
	return fmt.Sprintf("skipped %d files that are not declarations: %s", n, strings.Join(names, ", "))
}

// isForeign reports whether a file that is not CUE is plainly no declaration.
func isForeign(ext string, data []byte, fields []string) bool {
	if bytes.HasPrefix(data, []byte(pointer)) || len(bytes.TrimSpace(data)) == 0 {
		return false // its content is elsewhere, or gone
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if mapped.IndexByte(unsafe.String(unsafe.SliceData(data), len(data)), 0) >= 0 { // UTF-16, perhaps
		data = bytes.ReplaceAll(data, []byte{0}, nil)
	}
	switch ext {
	case ".csv":
		return foreignCSV(data)
	case ".jsonl":
		return foreignLines(data)
	case ".json":
		return foreignJSON(data, fields)
	}
	return foreignYAML(data, fields)
}

// near reports whether a name is one of some candidates, or nearly.
func near(name string, candidates []string) bool {
	if slices.Contains(candidates, name) {
		return true
	}
	nearest := diag.Nearest(name, candidates)
	return nearest != "" && nearest != "imported" // package.json has "imports"
}

// record lists fields of a user, by which a list of users that is in no mapping is known.
var record = []string{"user", "users", "role", "roles", "permission", "permissions", "grants", "affiliation", "scope"}

// ofUser reports whether a column or field belongs to a list of users.
func ofUser(name string) bool { return slices.Contains(record, name) || near(name, record[:1]) }

// foreignCSV looks at the columns of the first lines: an export may have a title above them.
func foreignCSV(data []byte) bool {
	for n := 0; n < MostTitles && len(data) > 0; n++ {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		line = bytes.TrimPrefix(bytes.TrimPrefix(line, []byte("\xff\xfe")), []byte("\xfe\xff")) // UTF-16
		if bytes.IndexByte(line, '@') >= 0 && n == 0 {
			return false // users, without a header
		}
		grouped, membered := false, false
		for cell := range strings.FieldsFuncSeq(string(line[:min(len(line), 64<<10)]), isSeparator) {
			name := strings.ToLower(strings.Trim(cell, "\" \t\r"))
			if strings.HasPrefix(name, attribute) || ofUser(name) {
				return false
			}
			grouped, membered = grouped || name == "group", membered || name == "member"
		}
		if grouped && membered {
			return false
		}
	}
	return true
}

func isSeparator(r rune) bool { return strings.ContainsRune(",;\t|", r) }

// foreignLines looks for a user on any line, and at the fields of the first lines, which must be JSON.
func foreignLines(data []byte) bool {
	if hasField(data, []string{"user", "users"}) {
		return false
	}
	for n := 0; n < 20 && len(data) > 0; n++ {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		if ours, ok := searchJSON(line, func(f topField) bool { return f.name != "" && ofUser(f.name) }); ours || !ok {
			return false
		}
	}
	return true
}

// topField is a field at the top of a file, or what is below one. A file that is a list has the fields
// of its items.
type topField struct {
	name  string
	below []string
	item  []string
}

// isOurs reports whether a field is one of a declaration, nearly one, or holds a declaration or a list of users.
func (f *topField) isOurs(fields []string) bool {
	if f.name != "" {
		return near(f.name, fields)
	}
	known, telling := 0, false
	for _, name := range f.below {
		if slices.Contains(fields, name) {
			known++
			telling = telling || slices.Contains(tellingFields, name)
		}
	}
	return known > 1 && telling || slices.ContainsFunc(f.item, func(name string) bool {
		return slices.Contains(record, name) || slices.Contains(fields, name)
	})
}

// tellingFields are fields of a declaration that other programs seldom have beside another one.
var tellingFields = []string{"product", "scopes", "users", "invitations", "waivers"}

// relaxed matches what JSON of other programs has beside JSON: comments, and commas at the end.
var relaxed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^\s*(?://|/\*)|[,{\[]\s*//|,\s*[}\]]`)
})

// foreignJSON knows comments and commas at the end. Any other text that is not JSON may be a broken declaration.
func foreignJSON(data []byte, fields []string) bool {
	ours, ok := searchJSON(data, func(f topField) bool { return f.isOurs(fields) })
	return !ours && (ok || relaxed().Match(data) && !hasField(data, fields) && !hasField(data, record))
}

// searchJSON passes what is at the top of a JSON value to a function until that returns true. ok is false
// if the text is not JSON.
func searchJSON(data []byte, is func(topField) bool) (found, ok bool) {
	dec := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true),
		jsontext.AllowInvalidUTF8(true))
	kind := dec.PeekKind()
	if kind != jsontext.KindBeginObject && kind != jsontext.KindBeginArray {
		return false, dec.SkipValue() == nil && endsAt(data, dec)
	}
	if _, err := dec.ReadToken(); err != nil {
		return false, false
	}
	for dec.PeekKind() != jsontext.KindEndObject && dec.PeekKind() != jsontext.KindEndArray {
		if kind == jsontext.KindBeginObject {
			t, err := dec.ReadToken()
			if err != nil {
				return false, false
			}
			if is(topField{name: t.String()}) {
				return true, true
			}
		}
		keys, err := jsonKeys(dec)
		if err != nil {
			return false, false
		}
		f := topField{below: keys}
		if kind == jsontext.KindBeginArray {
			f = topField{item: keys}
		}
		if is(f) {
			return true, true
		}
	}
	_, err := dec.ReadToken()
	return false, err == nil && endsAt(data, dec)
}

// endsAt reports whether nothing follows what was read.
func endsAt(data []byte, dec *jsontext.Decoder) bool {
	return len(bytes.TrimSpace(data[dec.InputOffset():])) == 0
}

// jsonKeys reads the next value, and returns its fields if it is an object.
func jsonKeys(dec *jsontext.Decoder) (names []string, err error) {
	if dec.PeekKind() != jsontext.KindBeginObject {
		return nil, dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	for dec.PeekKind() != jsontext.KindEndObject {
		t, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		names = append(names, t.String())
		if err := dec.SkipValue(); err != nil {
			return nil, err
		}
	}
	_, err = dec.ReadToken()
	return names, err
}

// foreignYAML looks at all documents. It knows anchors and tags, which permc refuses in a declaration, and templates,
// which are not YAML. Any other text that is not YAML may be a broken declaration.
func foreignYAML(data []byte, fields []string) bool {
	if startsLine(data, fields) {
		return false
	}
	const largest = 4 << 20
	if len(data) > largest {
		return !hasField(data, fields)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if err == io.EOF {
			return true
		}
		if err != nil {
			return bytes.Contains(data, []byte("{{")) && !hasField(data, fields) && !hasField(data, record)
		}
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 && oursYAML(n.Content[0], fields, 0) {
			return false
		}
	}
}

// oursYAML reports whether a document has something of a declaration at its top.
func oursYAML(n *yaml.Node, fields []string, depth int) bool {
	for _, e := range n.Content {
		if n.Kind == yaml.SequenceNode {
			if f := (topField{item: yamlKeys(e)}); f.isOurs(fields) {
				return true
			}
		}
	}
	if n.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		merged := key.Value == "<<" && depth < 8 && oursYAML(value, fields, depth+1)
		name, below := topField{name: key.Value}, topField{below: yamlKeys(value)}
		if merged || key.Value != "" && name.isOurs(fields) || below.isOurs(fields) {
			return true
		}
	}
	return false
}

func yamlKeys(n *yaml.Node) (names []string) {
	if n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			names = append(names, n.Content[i].Value)
		}
	}
	return names
}

var lineStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^["']?([\w-]+)["']?[ \t]*:`)
})

// startsLine reports whether a key at the start of a line is a field, or nearly one.
func startsLine(data []byte, fields []string) bool {
	seen := map[string]bool{}
	for {
		at := lineStart().FindSubmatchIndex(data)
		if at == nil {
			return false
		}
		name := string(data[at[2]:at[3]])
		if !seen[name] && near(name, fields) {
			return true
		}
		seen[name] = true
		_, data, _ = bytes.Cut(data[at[1]:], []byte("\n")) // so that ^ is the start of a line
	}
}

// hasField reports whether a text that cannot be read has a key of some name, at any depth.
func hasField(data []byte, names []string) bool {
	key := regexp.MustCompile(`(?:^|[^\w-])(?:` + strings.Join(names, "|") + `)["']?\s*:`)
	return key.Match(data) || startsLine(data, names)
}
