package scan

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/tree"
)

// YAML splits a file that is one YAML document, a block mapping that begins in
// the first column. Records are told apart by the indentation of their lines
// alone: that these lines are YAML is checked when they are read with
// YAMLValue. Because nothing of the subset spans lines, a line means the same
// wherever the split puts it. It reports false where something outside of
// users leaves the subset.
//
// A struct that has a key twice leaves the subset; whether two records have
// one ID is left to the caller.
func YAML(file int32, text string) (*Split, bool) {
	out := &Split{}
	s := &yamlScanner{b: &tree.Builder{}, file: file, text: text, out: out}
	if !s.lines(0) {
		return nil, false
	}
	if s.col == 0 && strings.HasPrefix(text[s.at:], "---") && !s.endLine(s.at+3) {
		return nil, false
	}
	if s.col != 0 || !s.block(0, false) || s.col >= 0 {
		return nil, false
	}
	out.Rest = s.b.Nodes
	return out, out.Rest[0].Kind == tree.Struct
}

// YAMLValue appends the value of a record.
func YAMLValue(b *tree.Builder, file int32, text string, r Record) bool {
	col := 0
	for i := r.Key; i > 0 && text[i-1] == ' '; i-- {
		col++
	}
	s := yamlScanner{b: b, file: file, text: text[:r.To]}
	return s.value(int(r.From), col, 2) && s.col < 0
}

// yamlScanner reads the lines of a block collection. Its functions report
// false where the text leaves the subset.
type yamlScanner struct {
	b    *tree.Builder
	file int32
	text string
	out  *Split // takes the records, while the whole document is read

	// The first character of the line to read next: its offset and column.
	// The column is negative at the end of the text.
	at, col int
}

const (
	yamlDeepest    = 100  // how deep values may stand in each other
	yamlLongestKey = 1000 // the library takes 1024 characters for a key
)

// yamlScalar is a scalar that was found: its text is that of its place but for
// quotes.
type yamlScalar struct {
	text     string
	off, end int
	quoted   bool
	key      bool // a colon that makes it a key stands at its end
}

// What a byte is, for yamlClass.
const (
	yamlFirst = 1 << iota // may begin a plain scalar
	yamlPlain             // does not simply go on a plain scalar
	yamlFlow              // nor one in a list or struct in brackets
	yamlQuote             // does not simply go on a quoted scalar
	yamlTalk              // does not simply go on a comment
)

var yamlClass = func() (class [256]uint8) {
	for c := range class {
		switch {
		case c < ' ' || c >= 0x7F:
			class[c] = yamlPlain | yamlFlow | yamlQuote | yamlTalk
		case c == ' ' || c == ':':
			class[c] = yamlPlain | yamlFlow
		case strings.IndexByte(",[]{}?", byte(c)) >= 0:
			class[c] = yamlFlow
		case c == '"' || c == '\'' || c == '\\':
			class[c] = yamlQuote
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', strings.IndexByte("_/+($~", byte(c)) >= 0:
			class[c] = yamlFirst
		}
	}
	return class
}()

func (s *yamlScanner) pos(off, end int) policy.Pos {
	return policy.Pos{File: s.file, Off: int32(off), End: int32(end)}
}

// blank reports whether the offset is behind an indicator: at a space or at
// the end of a line.
func (s *yamlScanner) blank(i int) bool {
	return i == len(s.text) || s.text[i] == ' ' || s.text[i] == '\n' || s.text[i] == '\r'
}

// dash reports whether an entry of a sequence begins at the offset.
func (s *yamlScanner) dash(i int) bool { return s.text[i] == '-' && s.blank(i+1) }

// content is the offset of what stands on the rest of a line, or a negative
// one if that is nothing or a comment.
func (s *yamlScanner) content(i int) int {
	for i < len(s.text) && s.text[i] == ' ' {
		i++
	}
	if i == len(s.text) || s.text[i] == '\n' || s.text[i] == '\r' || s.text[i] == '#' {
		return -1
	}
	return i
}

// endLine goes from the end of a value to the next line with something on it.
func (s *yamlScanner) endLine(i int) bool {
	from := i
	for i < len(s.text) && s.text[i] == ' ' {
		i++
	}
	if i < len(s.text) && s.text[i] == '#' && i == from && s.text[i-1] != ' ' {
		return false
	}
	next, ok := s.rest(i)
	return ok && s.lines(next)
}

// rest returns where the line behind the offset begins. No more than a comment
// may stand between.
func (s *yamlScanner) rest(i int) (next int, ok bool) {
	if i < len(s.text) && s.text[i] == '#' {
		if i = s.comment(i); i < 0 {
			return 0, false
		}
	}
	switch {
	case i == len(s.text):
		return i, true
	case s.text[i] == '\n':
		return i + 1, true
	}
	return i + 2, strings.HasPrefix(s.text[i:], "\r\n")
}

// comment finds the end of a comment, which the library reads too.
func (s *yamlScanner) comment(i int) int {
	for ; i < len(s.text); i++ {
		c := s.text[i]
		switch {
		case yamlClass[c]&yamlTalk == 0:
		case c == '\n' || c == '\r':
			return i
		default:
			n := yamlRune(s.text[i:])
			if n == 0 {
				return -1
			}
			i += n - 1
		}
	}
	return i
}

// lines goes to the first line from i, which begins a line, with something on
// it.
func (s *yamlScanner) lines(i int) bool {
	for {
		start := i
		for i < len(s.text) && s.text[i] == ' ' {
			i++
		}
		if i == len(s.text) {
			s.at, s.col = i, -1
			return true
		}
		if c := s.text[i]; c != '\n' && c != '\r' && c != '#' {
			s.at, s.col = i, i-start
			return true
		}
		next, ok := s.rest(i)
		if !ok {
			return false
		}
		i = next
	}
}

// yamlRune is the size of the character, not ASCII, that the text begins with,
// or zero if it must not stand in YAML or is one that readers disagree on.
func yamlRune(text string) int {
	r, n := utf8.DecodeRuneInString(text)
	switch {
	case r < 0xA0, r == utf8.RuneError && n == 1:
	case r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
	default:
		return n
	}
	return 0
}

// block reads the collection that begins on the line at hand. One without
// indent is a sequence below a key of the same column.
func (s *yamlScanner) block(depth int, indentless bool) bool {
	if depth > yamlDeepest {
		return false
	}
	if s.dash(s.at) {
		return s.sequence(depth, indentless)
	}
	key, _, ok := s.scalar(s.at, yamlPlain)
	return ok && s.mapping(key, s.col, depth)
}

func (s *yamlScanner) mapping(key yamlScalar, col, depth int) bool {
	keys := yamlKeys{at: len(s.b.Nodes)}
	s.b.Open(tree.Struct, s.pos(key.off, key.off+1))
	for {
		if !key.isKey() || keys.twice(s.b.Nodes, key.text) {
			return false
		}
		s.b.Key(key.text, s.pos(key.off, key.end))
		if !s.field(key, col, depth) {
			return false
		}
		if s.col != col {
			break
		}
		var ok bool
		if key, _, ok = s.scalar(s.at, yamlPlain); !ok {
			return false
		}
	}
	s.b.Close(0)
	return s.col < col
}

// field reads the value of a key. That of users at the top is split.
func (s *yamlScanner) field(key yamlScalar, col, depth int) bool {
	if depth == 0 && key.text == "users" && s.content(key.end+1) < 0 {
		if !s.endLine(key.end + 1) {
			return false
		}
		if s.col > 0 && !s.dash(s.at) {
			return s.records()
		}
	}
	return s.value(key.end+1, col, depth+1)
}

// value reads what stands behind the colon of a key in a column.
func (s *yamlScanner) value(i, col, depth int) bool {
	if j := s.content(i); j >= 0 {
		return s.inline(j, depth)
	}
	if !s.endLine(i) {
		return false
	}
	if s.col > col || s.col == col && s.dash(s.at) {
		return s.block(depth, s.col == col)
	}
	s.b.Scalar(tree.Null, "", s.pos(i, i))
	return true
}

// inline reads a value that is the rest of its line.
func (s *yamlScanner) inline(i, depth int) bool {
	if s.text[i] == '[' || s.text[i] == '{' {
		i = s.flow(i, depth)
		return i >= 0 && s.endLine(i)
	}
	v, i, ok := s.scalar(i, yamlPlain)
	if !ok || v.key {
		return false
	}
	s.add(v)
	return s.endLine(i)
}

func (s *yamlScanner) add(v yamlScalar) {
	kind, text := tree.String, v.text
	if !v.quoted {
		kind, text = yamlResolve(text)
	}
	s.b.Scalar(kind, text, s.pos(v.off, v.end))
}

func (s *yamlScanner) sequence(depth int, indentless bool) bool {
	col := s.col
	s.b.Open(tree.List, s.pos(s.at, s.at+1))
	for {
		if !s.entry(col, depth+1) {
			return false
		}
		if s.col != col || !s.dash(s.at) {
			break
		}
	}
	s.b.Close(0)
	return s.col < col || s.col == col && indentless
}

// entry reads the entry of a sequence at the line at hand.
func (s *yamlScanner) entry(col, depth int) bool {
	i := s.at + 1
	j := s.content(i)
	switch {
	case j < 0:
		if !s.endLine(i) {
			return false
		}
		if s.col > col {
			return s.block(depth, false)
		}
		s.b.Scalar(tree.Null, "", s.pos(i, i))
		return true
	case s.dash(j):
		s.at, s.col = j, col+j-i+1
		return s.block(depth, false)
	case s.text[j] == '[' || s.text[j] == '{':
		return s.inline(j, depth)
	}
	v, after, ok := s.scalar(j, yamlPlain)
	if !ok {
		return false
	}
	if v.key {
		return depth <= yamlDeepest && s.mapping(v, col+j-i+1, depth)
	}
	s.add(v)
	return s.endLine(after)
}

// scalar finds the scalar that begins at i, and where what follows it stands.
// The class is of the bytes at which a plain one may end.
func (s *yamlScanner) scalar(i int, class uint8) (v yamlScalar, after int, ok bool) {
	switch c := s.text[i]; {
	case c == '"' || c == '\'':
		end, escaped := s.quoted(i)
		if end < 0 {
			return v, 0, false
		}
		v = yamlScalar{text: s.text[i+1 : end-1], off: i, end: end, quoted: true}
		if escaped {
			if v.text, ok = yamlUnescape(v.text, c); !ok {
				return v, 0, false
			}
		}
		v.key = end < len(s.text) && s.text[end] == ':' && s.blank(end+1)
		return v, end, true
	case yamlClass[c]&yamlFirst != 0:
	case (c == '-' || c == '.') && i+1 < len(s.text) && yamlClass[s.text[i+1]]&yamlFirst != 0:
		// Not --- or ..., which end a document in the first column.
	case c >= utf8.RuneSelf:
	default:
		return v, 0, false
	}
	end, after := s.plain(i, class)
	if end < 0 {
		return v, 0, false
	}
	v = yamlScalar{text: s.text[i:end], off: i, end: end}
	v.key = after < len(s.text) && s.text[after] == ':'
	return v, after, true
}

// quoted finds the end of a quoted scalar on one line, or returns a negative
// one, and whether there are escapes in it.
func (s *yamlScanner) quoted(i int) (end int, escaped bool) {
	q := s.text[i]
	for i++; i < len(s.text); i++ {
		c := s.text[i]
		switch {
		case yamlClass[c]&yamlQuote == 0:
		case c == '\\' && q == '"', c == q && q == '\'' && i+1 < len(s.text) && s.text[i+1] == q:
			escaped = true
			i++ // what a backslash escapes is looked at later
		case c == q:
			return i + 1, escaped
		case c == '"' || c == '\'' || c == '\\':
		default:
			n := yamlRune(s.text[i:])
			if n == 0 {
				return -1, false
			}
			i += n - 1
		}
	}
	return -1, false
}

// yamlUnescape takes the escapes out of the text between quotes. Only those
// are known that are written for a reason.
func yamlUnescape(text string, quote byte) (string, bool) {
	if quote == '\'' {
		return strings.ReplaceAll(text, "''", "'"), true
	}
	out := make([]byte, 0, len(text))
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			return string(append(out, text...)), true
		}
		out = append(out, text[:i]...)
		c, size := yamlEscape(text[i+1:])
		if size == 0 {
			return "", false
		}
		out = utf8.AppendRune(out, c)
		text = text[i+1+size:]
	}
}

// yamlEscape reads what stands behind a backslash, and its size, or zero.
func yamlEscape(text string) (c rune, size int) {
	switch text[0] {
	case '"', '\\':
		return rune(text[0]), 1
	case 'n':
		return '\n', 1
	case 't':
		return '\t', 1
	case 'x':
		size = 3
	case 'u':
		size = 5
	case 'U':
		size = 9
	}
	if size == 0 || len(text) < size {
		return 0, 0
	}
	n, err := strconv.ParseUint(text[1:size], 16, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, 0
	}
	return rune(n), size
}

// plain finds the end of a plain scalar, and what follows the spaces there. It
// returns a negative end where the text leaves the subset.
func (s *yamlScanner) plain(i int, class uint8) (end, after int) {
	for ; ; i++ {
		for i < len(s.text) && yamlClass[s.text[i]]&class == 0 {
			i++
		}
		if i == len(s.text) {
			return i, i
		}
		switch c := s.text[i]; {
		case c == ' ':
			after := i + 1
			for after < len(s.text) && s.text[after] == ' ' {
				after++
			}
			if after == len(s.text) {
				return i, after
			}
			switch c := s.text[after]; {
			case c == ':':
				return -1, 0
			case c == '#' || c == '\n' || c == '\r', yamlClass[c]&class&^yamlPlain != 0 && c < 0x7F:
				return i, after
			}
			i = after - 1
		case c == ':':
			if s.blank(i + 1) {
				return i, i
			}
			if class == yamlFlow && yamlClass[s.text[i+1]]&yamlFlow != 0 {
				return -1, 0
			}
		case c >= utf8.RuneSelf:
			n := yamlRune(s.text[i:])
			if n == 0 {
				return -1, 0
			}
			i += n - 1
		default: // the end of the line, or what no caller accepts
			return i, i
		}
	}
}

// flow reads a list or struct in brackets on one line and returns its end.
func (s *yamlScanner) flow(i, depth int) int {
	if depth > yamlDeepest {
		return -1
	}
	kind, closing := tree.List, byte(']')
	if s.text[i] == '{' {
		kind, closing = tree.Struct, '}'
	}
	keys := yamlKeys{at: len(s.b.Nodes)}
	s.b.Open(kind, s.pos(i, i+1))
	i = s.space(i + 1)
	for n := 0; i < len(s.text) && (n > 0 || s.text[i] != closing); n++ {
		if kind == tree.Struct {
			if i = s.flowKey(i, &keys); i < 0 {
				return -1
			}
		}
		if i = s.flowValue(i, depth); i < 0 || i == len(s.text) {
			return -1
		}
		if s.text[i] == closing {
			break
		}
		if s.text[i] != ',' {
			return -1
		}
		i = s.space(i + 1)
	}
	if i >= len(s.text) {
		return -1
	}
	s.b.Close(0)
	return i + 1
}

func (s *yamlScanner) space(i int) int {
	for i < len(s.text) && s.text[i] == ' ' {
		i++
	}
	return i
}

// flowKey reads a key and its colon.
func (s *yamlScanner) flowKey(i int, keys *yamlKeys) int {
	key, after, ok := s.scalar(i, yamlFlow)
	if !ok || !key.isKey() || after+1 >= len(s.text) || s.text[after+1] != ' ' || keys.twice(s.b.Nodes, key.text) {
		return -1
	}
	s.b.Key(key.text, s.pos(key.off, key.end))
	return s.space(after + 1)
}

// flowValue reads a value in brackets and the spaces behind it.
func (s *yamlScanner) flowValue(i, depth int) int {
	if i == len(s.text) {
		return -1
	}
	if s.text[i] == '[' || s.text[i] == '{' {
		if i = s.flow(i, depth+1); i < 0 {
			return -1
		}
		return s.space(i)
	}
	v, after, ok := s.scalar(i, yamlFlow)
	if !ok || v.key {
		return -1
	}
	s.add(v)
	return s.space(after)
}

// isKey reports whether the scalar is a key, and one that a struct may have.
func (v *yamlScalar) isKey() bool {
	if !v.key || len(v.text) > yamlLongestKey {
		return false
	}
	if v.quoted {
		return true
	}
	kind, _ := yamlResolve(v.text)
	return kind > tree.Bool
}

// yamlKeys finds keys that a struct has twice.
type yamlKeys struct {
	at   int    // the struct's node
	bits uint64 // of the keys so far: keys whose bits differ differ
	many map[string]bool
}

// yamlMany is from how many nodes on a struct's keys are looked for in a map.
const yamlMany = 256

// twice notes a key, and reports whether the struct, which is not closed yet,
// has it already.
func (k *yamlKeys) twice(nodes tree.Tree, key string) bool {
	bit := uint64(1)
	if key != "" {
		bit <<= (len(key)*7 + int(key[0])*3 + int(key[len(key)-1])) & 63
	}
	if k.many == nil && k.bits&bit == 0 {
		k.bits |= bit
		return false
	}
	open := nodes[k.at:]
	if k.many == nil && len(open) < yamlMany {
		return yamlHas(open, key)
	}
	if k.many == nil {
		k.many = map[string]bool{}
		for i := 1; i < len(open); i += 1 + int(open[i+1].Len) {
			k.many[open[i].Text] = true
		}
	}
	found := k.many[key]
	k.many[key] = true
	return found
}

// yamlHas looks for a key in a struct that is not closed yet.
func yamlHas(open tree.Tree, key string) bool {
	for i := 1; i < len(open); i += 1 + int(open[i+1].Len) {
		if open[i].Text == key {
			return true
		}
	}
	return false
}

// yamlResolve is the core schema of YAML 1.2.
func yamlResolve(text string) (tree.Kind, string) {
	switch c := text[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
		if yamlNumber(text) {
			return tree.Number, text
		}
	case len(text) == 1 && c == '~', len(text) == 4 && (text == "null" || text == "Null" || text == "NULL"):
		return tree.Null, text
	case len(text) == 4 && (text == "true" || text == "True" || text == "TRUE"):
		return tree.Bool, "true"
	case len(text) == 5 && (text == "false" || text == "False" || text == "FALSE"):
		return tree.Bool, "false"
	}
	return tree.String, text
}

// yamlNumber reports whether a plain scalar is a number.
func yamlNumber(text string) bool {
	if len(text) > 2 && (text[:2] == "0o" || text[:2] == "0x") {
		return strings.Trim(text[2:], "01234567") == "" ||
			text[1] == 'x' && strings.Trim(text[2:], "0123456789abcdefABCDEF") == ""
	}
	switch text {
	case ".nan", ".NaN", ".NAN":
		return true
	}
	if text[0] == '-' || text[0] == '+' {
		text = text[1:]
	}
	switch text {
	case ".inf", ".Inf", ".INF":
		return true
	}
	whole := yamlDigits(text)
	text = text[whole:]
	if text != "" && text[0] == '.' {
		part := yamlDigits(text[1:])
		if whole += part; whole == 0 {
			return false
		}
		text = text[1+part:]
	}
	if whole == 0 || text == "" {
		return whole > 0
	}
	if text[0] != 'e' && text[0] != 'E' {
		return false
	}
	if text = text[1:]; text != "" && (text[0] == '-' || text[0] == '+') {
		text = text[1:]
	}
	return text != "" && yamlDigits(text) == len(text)
}

// yamlDigits is the number of digits that the text begins with.
func yamlDigits(text string) (n int) {
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// records notes the entries of the mapping that begins on the line at hand.
// The line that follows it is at hand afterwards.
func (s *yamlScanner) records() bool {
	col := s.col
	s.b.Open(tree.Struct, s.pos(s.at, s.at+1))
	s.b.Close(0)
	first := s.at
	for i := s.at - col; ; {
		at, next := s.recordLine(i, col)
		if at >= 0 && at-i < col || next == i {
			s.endRecord(i)
			s.at, s.col = i, 0
			if i == len(s.text) {
				s.col = -1
			}
			return at-i <= 0
		}
		if at >= 0 {
			s.endRecord(i)
			if !s.record(at, at-first) {
				return false
			}
		}
		i = next
	}
}

// recordLine looks at the line that begins at i: at is where it begins a record
// of the column or ends them all, or negative; next is the line behind it.
func (s *yamlScanner) recordLine(i, col int) (at, next int) {
	if i == len(s.text) {
		return -1, i
	}
	next = len(s.text)
	if n := strings.IndexByte(s.text[i:], '\n'); n >= 0 {
		next = i + n + 1
	}
	for at = i; at < next && at <= i+col && s.text[at] == ' '; at++ {
	}
	if at > i+col || at == next || s.text[at] == '#' || s.text[at] == '\n' || s.text[at] == '\r' {
		return -1, next
	}
	if at == i+col && s.dash(at) {
		return -1, next // of the record's sequence
	}
	return at, next
}

// record notes the record whose key stands at the offset.
func (s *yamlScanner) record(i, done int) bool {
	key, _, ok := s.scalar(i, yamlPlain)
	if !ok || !key.isKey() {
		return false
	}
	s.out.add(Record{ID: key.text, Key: int32(key.off), KeyEnd: int32(key.end), From: int32(key.end + 1)}, done, done+len(s.text)-i)
	return true
}

// endRecord ends the record noted last.
func (s *yamlScanner) endRecord(i int) {
	if n := len(s.out.Records); n > 0 {
		s.out.Records[n-1].To = int32(i)
	}
}
