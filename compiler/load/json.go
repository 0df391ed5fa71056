package load

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// jsonReader appends JSON values from part of a file to a tree.
type jsonReader struct {
	b    *tree.Builder
	dec  *jsontext.Decoder
	text string // of the whole file
	base int    // where the part begins
	file int32
}

// readJSON reads a file that is one JSON value.
func readJSON(file int32, text string) (tree.Tree, *diag.Finding) {
	b := &tree.Builder{Nodes: make(tree.Tree, 0, jsonNodes(text))}
	if d := appendJSON(b, file, text, 0, len(text)); d != nil {
		return nil, d
	}
	return b.Nodes, nil
}

// jsonNodes returns a lower bound for the nodes of a JSON text: growing a tree of millions would take
// longer than counting.
func jsonNodes(text string) int {
	n := 1
	for _, mark := range []string{",", ":", "{", "["} {
		n += strings.Count(text, mark)
	}
	return n
}

// appendJSON appends the single value in text[from:to].
func appendJSON(b *tree.Builder, file int32, text string, from, to int) *diag.Finding {
	dec := jsontext.NewDecoder(bytes.NewBufferString(text[from:to]), jsontext.AllowDuplicateNames(true))
	r := &jsonReader{b: b, dec: dec, text: text, base: from, file: file}
	err := r.value()
	if err == nil {
		if kind := dec.PeekKind(); kind != jsontext.KindInvalid {
			d := r.fault(int(dec.InputOffset()), textAfter)
			d.Help = helpJSONMore(r.text[d.Pos.Off:])
			return d
		}
		if _, err = dec.ReadToken(); err == io.EOF {
			return nil
		}
	}
	return r.syntax(err)
}

func (r *jsonReader) fault(off int, message string) *diag.Finding {
	off = min(r.base+off, len(r.text))
	for off < len(r.text) && strings.IndexByte(" \t\r\n", r.text[off]) >= 0 {
		off++
	}
	d := diag.Stopf("syntax", policy.Pos{File: r.file, Off: uint32(off), End: uint32(off + 1)}, "%s", message)
	return &d
}

func (r *jsonReader) syntax(err error) *diag.Finding {
	off := int(r.dec.InputOffset())
	message := "not JSON: " + err.Error()
	var se *jsontext.SyntacticError
	if errors.As(err, &se) {
		off = int(se.ByteOffset)
		message = "not JSON: " + se.Err.Error()
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		message = "not JSON: the value ends too early"
	}
	d := r.fault(off, message)
	r.slip(d, min(r.base+off, len(r.text)))
	return d
}

// value appends the next value. Nesting is limited by the decoder.
func (r *jsonReader) value() error {
	for depth := 0; ; {
		kind := r.dec.PeekKind()
		inStruct, n := r.dec.StackIndex(r.dec.StackDepth())
		switch kind {
		case jsontext.KindBeginObject, jsontext.KindBeginArray:
			if _, err := r.dec.ReadToken(); err != nil {
				return err
			}
			end := uint32(r.base) + uint32(r.dec.InputOffset())
			open := tree.List
			if kind == jsontext.KindBeginObject {
				open = tree.Struct
			}
			r.b.Open(open, policy.Pos{File: r.file, Off: end - 1, End: end})
			depth++
		case jsontext.KindEndObject, jsontext.KindEndArray:
			if _, err := r.dec.ReadToken(); err != nil {
				return err
			}
			r.b.Close(uint32(r.base) + uint32(r.dec.InputOffset()))
			depth--
		default:
			if err := r.scalar(kind, inStruct == jsontext.KindBeginObject && n%2 == 0); err != nil {
				return err
			}
		}
		if depth == 0 {
			return nil
		}
	}
}

func (r *jsonReader) scalar(kind jsontext.Kind, key bool) error {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return err
	}
	end := r.base + int(r.dec.InputOffset())
	off := end - len(raw)
	pos := policy.Pos{File: r.file, Off: uint32(off), End: uint32(end)}
	text := r.text[off:end]
	switch kind {
	case jsontext.KindString:
		text = text[1 : len(text)-1]
		if strings.IndexByte(text, '\\') >= 0 {
			b, err := jsontext.AppendUnquote(nil, raw)
			if err != nil {
				return err
			}
			text = string(b)
		}
		if key {
			r.b.Key(text, pos)
			return nil
		}
		r.b.Scalar(tree.String, text, pos)
	case jsontext.KindNumber:
		r.b.Scalar(tree.Number, text, pos)
	case jsontext.KindTrue, jsontext.KindFalse:
		r.b.Scalar(tree.Bool, text, pos)
	default:
		r.b.Scalar(tree.Null, text, pos)
	}
	return nil
}

// readJSONLines reads a file with one user per line, as a declaration that may name a user several
// times.
func readJSONLines(file int32, text string) (tree.Tree, []diag.Finding) {
	u := openUsers(file, text)
	var faults []diag.Finding
	for start := 0; start < len(text); {
		end := start + lineEnd(text[start:])
		if strings.Trim(text[start:end], " \t\r") != "" {
			if d := u.jsonLine(text, start, end); d != nil {
				if endsLater(text[:start], d) {
					return u.close(text), append(faults, *d) // the next lines are in it
				}
				faults = append(faults, *d)
				if len(faults) >= diag.Most {
					break
				}
			}
		}
		start = end + 1
	}
	return u.close(text), faults
}

// endsLater reports whether a value of the first lines goes on after its line, and says how to write it.
func endsLater(before string, d *diag.Finding) bool {
	if strings.TrimSpace(before) != "" || !strings.HasSuffix(d.Message, "is not closed") {
		return false
	}
	d.Help = "write each user on one line; lines are not in a list"
	return true
}

func lineEnd(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}

// lineUsers builds the declaration `users: {…}` from lines.
type lineUsers struct {
	tree.Builder
	file int32
	line tree.Builder
}

func openUsers(file int32, text string) *lineUsers {
	u := &lineUsers{file: file}
	whole := policy.Pos{File: file, End: uint32(len(text))}
	u.Open(tree.Struct, whole)
	u.Key("users", policy.Pos{File: file})
	u.Open(tree.Struct, whole)
	return u
}

func (u *lineUsers) close(text string) tree.Tree {
	u.Close(uint32(len(text)))
	u.Close(uint32(len(text)))
	return u.Nodes
}

func (u *lineUsers) jsonLine(text string, start, end int) *diag.Finding {
	u.line.Nodes = u.line.Nodes[:0]
	if d := appendJSON(&u.line, u.file, text, start, end); d != nil {
		return d
	}
	line := u.line.Nodes
	if d := findDuplicates(line); len(d) > 0 {
		return &d[0]
	}
	id := line.Get("user")
	if line[0].Kind != tree.Struct || id == nil || id[0].Kind != tree.String {
		d := diag.Stopf("schema", line[0].Pos, "a line must be a JSON object with a string user").
			WithHelp(`write {"user": "ana@contoso.example", …}, or list the file under ignore`)
		return &d
	}
	u.Key(id[0].Text, id[0].Pos)
	u.Open(tree.Struct, line[0].Pos)
	for k, v := range line.Fields() {
		if k.Text != "user" {
			u.Key(k.Text, k.Pos)
			u.Append(v)
		}
	}
	u.Close(0)
	return nil
}
