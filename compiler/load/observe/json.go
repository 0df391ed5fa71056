package observe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/load/scan"
)

// list is a file of JSON: a list, or an object around one.
type list struct {
	in     *Input
	file   int32
	head   map[string]json.RawMessage // the other fields of the object
	n      int                        // items
	atName string                     // of the list, or ""
}

// lines counts lines up to growing offsets of a text.
type lines struct {
	text []byte
	off  int
	line int32
}

// at returns the line of the next value at or behind an offset.
func (l *lines) at(off int64) int32 {
	end := int(off)
	for end < len(l.text) && strings.IndexByte(" \t\r\n,:", l.text[end]) >= 0 {
		end++
	}
	if end > l.off {
		l.line += int32(bytes.Count(l.text[l.off:end], []byte{'\n'}))
		l.off = end
	}
	return l.line + 1
}

// readList reads the items of a list one by one: that under one of some names, or the whole file. other is called for
// a file that has none of them.
func (b *builder) readList(in *Input, file int32, names []string,
	item func(next *listReader, at Place) error) (*list, error) {
	l := &list{in: in, file: file, head: map[string]json.RawMessage{}}
	text, err := decodeText(in.Raw)
	if err != nil {
		return nil, b.refuse(Place{File: file}, "save it as UTF-8", "%v", err)
	}
	r := &listReader{builder: b, list: l, lines: lines{text: text}, dec: json.NewDecoder(bytes.NewReader(text)),
		source: unsafe.String(unsafe.SliceData(text), len(text)), item: item}
	b.reading = r
	defer func() { b.reading, b.passed = nil, b.passed+len(in.Raw) }()
	if err := r.read(names); err != nil {
		var no *Refused
		if errors.As(err, &no) {
			return nil, err
		}
		what := "it ends in the middle of a value"
		if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			what = err.Error()
		}
		return nil, b.refuse(Place{file, r.lines.at(r.offset())}, "export the file again", "not JSON: %s",
			what)
	}
	return l, nil
}

// listReader reads a file with encoding/json, and the items of its list with their fields alone as long as they are
// plain. Everything else it leaves to encoding/json, which also reports errors.
type listReader struct {
	*builder
	*list
	lines  lines
	source string
	dec    *json.Decoder // or nil while items are plain
	from   int           // where the decoder's text would begin
	last   int           // the end of the item before
	cursor scan.Cursor   // in an item
	inner  bool          // the list is in an object
	item   func(next *listReader, at Place) error
}

// offset returns how far the file is read.
func (r *listReader) offset() int64 {
	if r.dec == nil {
		return int64(r.last)
	}
	return int64(r.from) + r.dec.InputOffset()
}

func (r *listReader) read(names []string) error {
	first, err := r.dec.Token()
	if err != nil {
		return err
	}
	switch first {
	case json.Delim('['):
		err = r.items()
	case json.Delim('{'):
		r.inner = true
		err = r.fields(names)
	default:
		return errors.New("it is one value, and no list")
	}
	if err != nil {
		return err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows behind its end")
	}
	return nil
}

func (r *listReader) fields(names []string) error {
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if slices.Contains(names, name) && r.atName == "" {
			r.atName = name
			open, err := r.dec.Token()
			if err != nil {
				return err
			}
			if open != json.Delim('[') {
				return fmt.Errorf("%q is no list", name)
			}
			if err := r.items(); err != nil {
				return err
			}
			continue
		}
		if _, twice := r.head[name]; twice || name == r.atName {
			return fmt.Errorf("%q is there twice", name)
		}
		var raw json.RawMessage
		if err := r.dec.Decode(&raw); err != nil {
			return err
		}
		r.head[name] = raw
	}
	_, err := r.dec.Token()
	return err
}

func (r *listReader) items() error {
	r.last, r.dec = int(r.offset()), nil
	for r.more() {
		at := Place{r.file, r.lines.at(r.offset())}
		if err := r.item(r, at); err != nil {
			return err
		}
		r.n++
		if r.n > MostItems {
			return r.refuse(at, "split the export", "more than %d items", MostItems)
		}
	}
	_, err := r.dec.Token()
	return err
}

// more reports whether another item follows. Behind the last one, the decoder goes on.
func (r *listReader) more() bool {
	i := r.skipBlanks(r.last)
	if i < len(r.source) && r.source[i] != ']' && r.source[i] != '}' {
		return true
	}
	r.resume()
	return r.dec.More()
}

func (r *listReader) skipBlanks(i int) int {
	for i < len(r.source) && (r.source[i] == ' ' || r.source[i] == '\n' || r.source[i] == '\t' || r.source[i] == '\r') {
		i++
	}
	return i
}

// resume makes a decoder that goes on behind the item before, as if it had read the file up to there.
func (r *listReader) resume() {
	before, tokens := "[", 1
	if r.inner {
		before, tokens = `{"":[`, 3
	}
	if r.n > 0 {
		before += `""`
		tokens++
	}
	r.dec = json.NewDecoder(io.MultiReader(strings.NewReader(before), strings.NewReader(r.source[r.last:])))
	r.from = r.last - len(before)
	for range tokens {
		_, _ = r.dec.Token() // what is written here has no errors
	}
}

// roomFor returns a list of items with room for another one. Items have similar sizes, so it makes room for as many
// as the file may have, but for no more than four times as many.
func roomFor[T any](r *listReader, list []T) []T {
	if len(list) < cap(list) || len(list) < 64 {
		return list
	}
	times := float64(len(r.source)) / float64(max(r.last, 1))
	return makeRoom(list, max(timesMore*times, 1+64/float64(len(list))))
}

// decode reads the next item of a list in place of what was there, and refuses one of another shape. Readers use one
// variable for all items: an item itself is not kept.
func (r *listReader) decode(at Place, to any) error {
	item := reflect.ValueOf(to).Elem()
	item.SetZero()
	if r.readPlain(to, "") {
		return nil
	}
	item.SetZero() // it may be half read
	r.resume()
	err := r.dec.Decode(to)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return err // of the file
	}
	if err == nil {
		r.last, r.dec = int(r.offset()), nil
	}
	return r.refuseShape(err, at)
}

// readPlain reads the next item if it is plain, and has none of some other keys. Otherwise the item may be half read.
func (r *listReader) readPlain(to any, not string) bool {
	v := reflect.ValueOf(to).Elem()
	if v.Kind() != reflect.Struct {
		return false
	}
	i := r.skipBlanks(r.last)
	if r.n > 0 {
		if i == len(r.source) || r.source[i] != ',' {
			return false
		}
		i++
	}
	r.cursor = scan.NewCursor(r.file, r.source, scan.Record{From: uint32(i), To: uint32(len(r.source))})
	if !r.plain.of(v.Type(), not).object(&r.cursor, v) {
		return false
	}
	r.last = r.cursor.Offset()
	return true
}

// decodeCopy reads a copy of an item, and refuses one of another shape.
func (b *builder) decodeCopy(raw json.RawMessage, at Place, to any) error {
	return b.refuseShape(json.Unmarshal(raw, to), at)
}

// refuseShape returns the error of an item that is not what it is read as, if there is one.
func (b *builder) refuseShape(err error, at Place) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return b.refuse(at, "export the file again", "%q is a %s", wrong.Field, wrong.Value)
	}
	if err != nil {
		return b.refuse(at, "export the file again", "%v", err)
	}
	return nil
}

func (l *list) text(name string) string {
	var s string
	_ = json.Unmarshal(l.head[name], &s) // anything else is no text
	return s
}

func (l *list) number(name string) (int, bool) {
	var n int
	raw, ok := l.head[name]
	if !ok || string(raw) == "null" {
		return 0, false
	}
	err := json.Unmarshal(raw, &n)
	return n, err == nil
}

// pages are the files of one list that comes in pages.
type pages struct {
	lists []*list
	what  string // the list, for people
	how   string // to get the next page
}

var (
	pageOfLink = pattern.Lazy(`(?i)pagenumber(?:=|%3d|%253d)(?:"|'|%22|%27|%2522|%2527)*(\d+)`)
	pageOfName = pattern.Lazy(`^(.*?)(\d{1,4})$`)
)

// check finds pages that are missing: one that a link leads to, one whose number is left out, or entries that the count
// has and the pages have not.
func (p *pages) check(b *builder) {
	links, last, total := map[int]*list{}, 0, 0
	var open []*list
	for _, l := range p.lists {
		total += l.n
		link := l.text("@odata.nextLink")
		if link == "" {
			last++
			continue
		}
		open = append(open, l)
		if m := pageOfLink().FindStringSubmatch(link); m != nil {
			n, _ := strconv.Atoi(m[1])
			links[n] = l
		}
	}
	switch {
	case len(open) > 0 && last == 0:
		b.gap(Place{open[len(open)-1].file, 1}, p.how, "another page of %s follows, and is not among the files", p.what)
	case last > 1 && len(open) > 0:
		b.gap(Place{open[0].file, 1}, p.how, "these are pages of several lists of %s", p.what)
	}
	for n := 2; n <= len(links)+1 && len(links) > 0; n++ {
		if links[n] == nil {
			b.gap(Place{p.lists[0].file, 1}, p.how, "page %d of %s is not among the files", n-1, p.what)
			break
		}
	}
	p.checkNames(b)
	p.checkCount(b, total)
}

// numbers returns the numbers that the names of the files end in, and what is in front of them. The names say nothing
// if they differ in more than their numbers.
func (p *pages) numbers() (numbers map[int]bool, series string) {
	numbers = map[int]bool{}
	for _, l := range p.lists {
		m := pageOfName().FindStringSubmatch(stem(l.in.Name))
		if m == nil || series != "" && m[1] != series || strings.ContainsAny(m[1], "0123456789") {
			return nil, ""
		}
		series = m[1]
		n, _ := strconv.Atoi(m[2])
		numbers[n] = true
	}
	return numbers, series
}

// whole reports whether each file is a list of its own: none leads to another page, and the names count no pages.
func (p *pages) whole() bool {
	if slices.ContainsFunc(p.lists, func(l *list) bool { return l.text("@odata.nextLink") != "" }) {
		return false
	}
	numbers, _ := p.numbers()
	return len(numbers) < 2
}

// checkNames finds a page whose number is left out in the names of the files.
func (p *pages) checkNames(b *builder) {
	numbers, series := p.numbers()
	first := 1
	if numbers[0] {
		first = 0
	}
	for n := first; len(numbers) > 0 && n < first+len(numbers); n++ {
		if !numbers[n] {
			b.gap(Place{p.lists[0].file, 1}, p.how, "%s%d is not among the files, which are pages of %s", series, n,
				p.what)
			return
		}
	}
}

// checkCount compares the items of all pages with the count that a page states. Dataverse counts up to 5,000.
func (p *pages) checkCount(b *builder, total int) {
	const most = 5000
	for _, l := range p.lists {
		if n, ok := l.number("@odata.count"); ok && n != total && !(n == most && total > most) && n >= 0 {
			b.gap(Place{l.file, 1}, p.how, "%d of %d %s are in the files", total, n, p.what)
			return
		}
	}
}

// decodeText returns JSON as UTF-8: shells write UTF-16, too.
func decodeText(raw []byte) ([]byte, error) {
	text, _, err := spreadsheet.Decode(raw)
	return text, err
}
