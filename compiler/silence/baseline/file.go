package baseline

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Version is the version of the file format.
const Version = "1"

// Write writes the baseline as JSON, an entry a line.
func (b *Baseline) Write(w io.Writer) error {
	out := []byte(`{"version":"` + Version + `","baseline":[`)
	for i := range b.Entries {
		if i > 0 {
			out = append(out, ',')
		}
		out = b.Entries[i].appendJSON(append(out, '\n'))
	}
	_, err := w.Write(append(out, "\n]}\n"...))
	return err
}

// textFields returns the text fields of an entry, in the order of the file.
func textFields(k *diag.Key) []field {
	return []field{{"rule", &k.Rule}, {"user", &k.User}, {"group", &k.Group}, {"role", &k.Role},
		{"permission", &k.Permission}, {"action", &k.Action}, {"scope", &k.Scope}}
}

type field struct {
	name  string
	value *string
}

func (e *Entry) appendJSON(out []byte) []byte {
	sep := byte('{')
	for _, f := range textFields(&e.Key) {
		if *f.value == "" {
			continue
		}
		out = append(append(append(out, sep, '"'), f.name...), `":`...)
		out, _ = jsontext.AppendQuote(out, *f.value) // text is UTF-8: it was checked when read
		sep = ','
	}
	out = appendList(out, &sep, "with", e.Others())
	out = appendList(out, &sep, "extent", e.Extent)
	if e.Over > 0 {
		out = strconv.AppendInt(append(out, `,"over":`...), int64(e.Over), 10)
	}
	if e.Count > 1 {
		out = strconv.AppendInt(append(out, `,"count":`...), int64(e.Count), 10)
	}
	return append(out, '}')
}

func appendList(out []byte, sep *byte, name string, list []string) []byte {
	if len(list) == 0 {
		return out
	}
	out = append(append(append(out, *sep, '"'), name...), `":[`...)
	for i, text := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, text)
	}
	*sep = ','
	return append(out, ']')
}

// Read reads the output of Write, in any order and layout. An error has its position. Findings of lasting rules are
// not allowed in the file.
func Read(name string, data []byte, lasting func(rule string) bool) (*Baseline, error) {
	files := &policy.Files{}
	num := files.Add(name, data)
	text := files.File(num).Data
	r := &reader{files: files, file: num, text: text, dec: jsontext.NewDecoder(strings.NewReader(text)),
		lasting: lasting, seen: map[string]bool{}}
	b, err := r.baseline()
	if err != nil {
		return nil, err
	}
	if at := r.next(); at < len(text) {
		return nil, r.faultAt(at, "text after the end of the baseline")
	}
	b.sort()
	return b, nil
}

type reader struct {
	files   *policy.Files
	file    int32
	text    string
	dec     *jsontext.Decoder
	last    int // start of the last token
	lasting func(string) bool
	seen    map[string]bool // the names of entries
}

// fault returns an error at the last token.
func (r *reader) fault(format string, args ...any) error {
	return r.faultAt(r.last, format, args...)
}

func (r *reader) faultAt(off int, format string, args ...any) error {
	at := r.files.Position(policy.Pos{File: r.file, Off: uint32(max(off, 0)), End: uint32(max(off, 0))})
	return fmt.Errorf("%s:%d:%d: %s", at.File, at.Line, at.Column, fmt.Sprintf(format, args...))
}

// broken returns the error for an error of the JSON reader.
func (r *reader) broken(err error) error {
	var se *jsontext.SyntacticError
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		return r.faultAt(r.next(), "the baseline is not finished")
	}
	if errors.As(err, &se) {
		return r.faultAt(int(se.ByteOffset), "not a baseline: %v", se.Err)
	}
	return r.fault("not a baseline: %v", err)
}

// next returns where the next token starts.
func (r *reader) next() int {
	off := int(r.dec.InputOffset())
	return len(r.text) - len(strings.TrimLeft(r.text[off:], " \t\r\n,:"))
}

// token reads a token of a kind.
func (r *reader) token(kind jsontext.Kind, what string) (jsontext.Token, error) {
	r.last = r.next()
	t, err := r.dec.ReadToken()
	if err != nil {
		return t, r.broken(err)
	}
	if t.Kind() != kind {
		return t, r.fault("want %s", what)
	}
	return t, nil
}

// object reads an object; one reads the value of a key.
func (r *reader) object(what string, one func(key string) error) error {
	if _, err := r.token(jsontext.KindBeginObject, what); err != nil {
		return err
	}
	for r.dec.PeekKind() != jsontext.KindEndObject {
		key, err := r.token(jsontext.KindString, "a key")
		if err != nil {
			return err
		}
		if err := one(key.String()); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

func (r *reader) baseline() (*Baseline, error) {
	b := &Baseline{}
	version, listed := "", false
	err := r.object(`a baseline: {"version":"`+Version+`","baseline":[…]}`, func(key string) error {
		switch key {
		case "version":
			t, err := r.token(jsontext.KindString, "a version")
			if err != nil {
				return err
			}
			if version = t.String(); version != Version {
				return r.fault("the baseline has version %s, and this permc reads %q", diag.Quote(version), Version)
			}
			return nil
		case "baseline":
			listed = true
			return r.entries(b)
		}
		return r.fault("unknown field %s; %s", diag.Quote(key), diag.Suggest(key, []string{"version", "baseline"}))
	})
	switch {
	case err != nil:
		return nil, err
	case version == "":
		return nil, r.faultAt(0, "the baseline has no version")
	case !listed:
		return nil, r.faultAt(0, "the baseline has no list of findings, in field baseline")
	}
	return b, nil
}

func (r *reader) entries(b *Baseline) error {
	if _, err := r.token(jsontext.KindBeginArray, "a list of findings"); err != nil {
		return err
	}
	for r.dec.PeekKind() != jsontext.KindEndArray {
		e, err := r.entry()
		if err != nil {
			return err
		}
		b.Entries = append(b.Entries, e)
	}
	_, err := r.dec.ReadToken()
	return err
}

func (r *reader) entry() (e Entry, err error) {
	e.Count = 1
	known := textFields(&e.Key)
	start := r.next()
	err = r.object("a finding: {\"rule\":…}", func(key string) error {
		switch key {
		case "count":
			return r.count(&e.Count)
		case "over":
			return r.count(&e.Over)
		case "extent":
			return r.list(&e.Extent)
		case "with":
			return r.with(&e)
		}
		names := []string{"count", "over", "extent", "with"}
		for _, f := range known {
			if names = append(names, f.name); f.name == key {
				return r.nonEmpty(f.value)
			}
		}
		return r.fault("unknown field %s; %s", diag.Quote(key), diag.Suggest(key, names))
	})
	switch name := e.Name(true); {
	case err != nil:
		return e, err
	case e.Rule == "":
		return e, r.faultAt(start, "a finding names its rule")
	case r.lasting(e.Rule):
		return e, r.faultAt(start, "findings of %s cannot be put in a baseline", diag.Quote(e.Rule))
	case r.seen[name]:
		return e, r.faultAt(start, "the baseline already has this finding: give one of them a count")
	default:
		r.seen[name] = true
	}
	return e, nil
}

// nonEmpty reads a text that is not empty.
func (r *reader) nonEmpty(to *string) error {
	t, err := r.token(jsontext.KindString, "text")
	if err != nil {
		return err
	}
	if t.String() == "" {
		return r.fault("empty text: leave the field out")
	}
	*to = t.String()
	return nil
}

// with reads the other subjects of a finding.
func (r *reader) with(e *Entry) error {
	var list []string
	if err := r.list(&list); err != nil {
		return err
	}
	e.With = policy.JoinNames(list, ",")
	return nil
}

// list reads texts, which a baseline keeps sorted.
func (r *reader) list(to *[]string) error {
	if _, err := r.token(jsontext.KindBeginArray, "a list of texts"); err != nil {
		return err
	}
	for r.dec.PeekKind() != jsontext.KindEndArray {
		t, err := r.token(jsontext.KindString, "text")
		if err != nil {
			return err
		}
		if t.String() == "" {
			return r.fault("empty text: leave it out")
		}
		*to = append(*to, t.String())
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.broken(err)
	}
	if len(*to) == 0 {
		return r.fault("an empty list: leave the field out")
	}
	slices.Sort(*to)
	return nil
}

// mostCount keeps sums of counts within the range of a number.
const mostCount = 1_000_000_000

func (r *reader) count(n *int) error {
	t, err := r.token(jsontext.KindNumber, "a number")
	if err != nil {
		return err
	}
	if *n, err = strconv.Atoi(t.String()); err != nil || *n < 1 || *n > mostCount {
		return r.fault("want a whole number from 1 to %d", mostCount)
	}
	return nil
}
