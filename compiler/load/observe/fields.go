package observe

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/load/scan"
)

// fields read a struct from JSON as encoding/json does, many times faster. They leave what is not plain to it: a key in
// another case, a key that is there twice, a value of another type.
type fields struct {
	names  map[string]int8
	folded map[string]bool
	read   []valueReader
	last   []lastKey // the keys of the object before, in order: exports repeat them
	depth  int
}

type lastKey struct {
	name  string
	field int8
}

// valueReader reads a value into a variable that is empty. It returns false if the value is not plain.
type valueReader func(c *scan.Cursor, to reflect.Value) bool

// What fields have in place of an index.
const (
	notNeeded int8 = -1
	notPlain  int8 = -2
)

// fieldsKey is a struct with the names of other keys that no object of it has.
type fieldsKey struct {
	of  reflect.Type
	not string
}

// plainFields are the fields of all structs that were read.
type plainFields map[fieldsKey]*fields

// of returns the fields of a struct. An object that has one of some other keys, with blanks between them, is not plain.
func (p plainFields) of(t reflect.Type, not string) *fields {
	key := fieldsKey{t, not}
	if f := p[key]; f != nil {
		return f
	}
	f := &fields{names: map[string]int8{}, folded: map[string]bool{}}
	p[key] = f // before its fields: they may have the same type
	for _, name := range strings.Fields(not) {
		f.names[name], f.folded[name] = notPlain, true
	}
	f.read = make([]valueReader, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		f.names[name], f.folded[strings.ToLower(name)] = int8(i), true
		f.read[i] = p.reader(t.Field(i).Type)
	}
	return f
}

var (
	rawType = reflect.TypeFor[json.RawMessage]()
	dscType = reflect.TypeFor[dscRoles]()
	words   = reflect.TypeFor[[]string]()
)

// reader returns what reads a type.
func (p plainFields) reader(t reflect.Type) valueReader {
	switch t {
	case rawType:
		return readRaw
	case dscType:
		r := &wordReader{}
		return r.one
	case words:
		r := &wordReader{}
		return r.all
	}
	switch t.Kind() {
	case reflect.String:
		return readString
	case reflect.Bool:
		return readBool
	case reflect.Int:
		return readInt
	case reflect.Pointer:
		return p.pointer(t.Elem())
	case reflect.Slice:
		return p.slice(t.Elem())
	case reflect.Struct:
		return p.of(t, "").object
	}
	return func(*scan.Cursor, reflect.Value) bool { return false }
}

// deepest limits objects of one type in each other; encoding/json allows more.
const deepest = 100

// object reads an object.
func (f *fields) object(c *scan.Cursor, to reflect.Value) bool {
	if f.depth == deepest {
		return false
	}
	f.depth++
	ok := f.members(c, to)
	f.depth--
	return ok
}

func (f *fields) members(c *scan.Cursor, to reflect.Value) bool {
	if _, ok := c.Open('{'); !ok {
		return false
	}
	var have uint64
	for n := 0; ; n++ {
		more, ok := c.More(n, '}')
		if !more {
			return ok
		}
		i, ok := f.key(c, n)
		switch {
		case !ok || i == notPlain:
			return false
		case i == notNeeded:
			_, ok = c.Skip()
		case have&(1<<i) != 0:
			return false
		default:
			have |= 1 << i
			ok = f.read[i](c, to.Field(int(i)))
		}
		if !ok {
			return false
		}
	}
}

// key reads the n-th key of an object, and returns its field.
func (f *fields) key(c *scan.Cursor, n int) (field int8, ok bool) {
	if n < len(f.last) {
		last := &f.last[n]
		name, ok := c.Key(last.name)
		if !ok || name == last.name {
			return last.field, ok
		}
		*last = lastKey{strings.Clone(name), f.field(name)}
		return last.field, true
	}
	name, ok := c.Key("")
	if !ok {
		return notPlain, false
	}
	field = f.field(name)
	if n < 64 {
		f.last = append(f.last, lastKey{strings.Clone(name), field})
	}
	return field, true
}

// field returns the field of a key. encoding/json knows it in another case, too, and letters that are two of one case.
func (f *fields) field(name string) int8 {
	if i, ok := f.names[name]; ok {
		return i
	}
	if f.folded[strings.ToLower(name)] || slices.ContainsFunc([]byte(name), func(c byte) bool { return c >= 0x80 }) {
		return notPlain
	}
	return notNeeded
}

func readString(c *scan.Cursor, to reflect.Value) bool {
	if text, ok := c.String(); ok {
		to.SetString(text)
		return true
	}
	return c.Word("null")
}

func readBool(c *scan.Cursor, to reflect.Value) bool {
	if c.Word("true") {
		to.SetBool(true)
		return true
	}
	return c.Word("false") || c.Word("null")
}

func readInt(c *scan.Cursor, to reflect.Value) bool {
	if c.Word("null") {
		return true
	}
	text, ok := c.Skip()
	n, err := strconv.ParseInt(text, 10, 32)
	to.SetInt(n)
	return ok && err == nil
}

func readRaw(c *scan.Cursor, to reflect.Value) bool {
	text, ok := c.Skip()
	to.SetBytes([]byte(text))
	return ok
}

// wordReader reads lists of words. Most lists of one field are the same, and nobody changes them: it makes a new one
// only if it differs from the one before.
type wordReader struct{ now, before []string }

// one reads a list of words, or one word.
func (r *wordReader) one(c *scan.Cursor, to reflect.Value) bool {
	list := (*[]string)(to.Addr().Interface().(*dscRoles))
	if text, ok := c.String(); ok {
		r.now = append(r.now[:0], text)
		*list = r.share()
		return true
	}
	return r.read(c, list)
}

// all reads a list of words, or null.
func (r *wordReader) all(c *scan.Cursor, to reflect.Value) bool {
	return c.Word("null") || r.read(c, to.Addr().Interface().(*[]string))
}

func (r *wordReader) read(c *scan.Cursor, list *[]string) bool {
	if _, ok := c.Open('['); !ok {
		return false
	}
	r.now = r.now[:0]
	for n := 0; ; n++ {
		more, ok := c.More(n, ']')
		if !more {
			*list = r.share()
			return ok
		}
		text, ok := c.String()
		if !ok {
			return false
		}
		r.now = append(r.now, text)
	}
}

// share returns the list that was read.
func (r *wordReader) share() []string {
	if r.before == nil || !slices.Equal(r.now, r.before) {
		r.before = append(make([]string, 0, len(r.now)), r.now...)
	}
	return r.before
}

func (p plainFields) pointer(t reflect.Type) valueReader {
	read := p.reader(t)
	return func(c *scan.Cursor, to reflect.Value) bool {
		if c.Word("null") {
			return true
		}
		value := reflect.New(t)
		to.Set(value)
		return read(c, value.Elem())
	}
}

// slice returns what reads a list. It reads into a list that it uses again, and copies what is in it.
func (p plainFields) slice(t reflect.Type) valueReader {
	read, of := p.reader(t), reflect.SliceOf(t)
	free := reflect.Zero(of)
	return func(c *scan.Cursor, to reflect.Value) bool {
		if c.Word("null") {
			return true
		}
		if _, ok := c.Open('['); !ok {
			return false
		}
		list := reflect.New(of).Elem()
		list.Set(free)
		free = reflect.Zero(of) // a list in this one needs its own
		n, ok := readItems(c, list, read)
		if ok {
			to.Set(reflect.MakeSlice(to.Type(), n, n))
			reflect.Copy(to, list)
		}
		list.SetLen(n)
		list.Clear()
		list.SetLen(0)
		free = list
		return ok
	}
}

// readItems reads the items of a list behind its bracket, and returns how many there are.
func readItems(c *scan.Cursor, list reflect.Value, read valueReader) (n int, ok bool) {
	for ; ; n++ {
		more, ok := c.More(n, ']')
		if !more {
			return n, ok
		}
		if c.Word("null") {
			return n, false
		}
		list.Grow(1)
		list.SetLen(n + 1)
		if !read(c, list.Index(n)) {
			return n + 1, false
		}
	}
}
