package observe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"

	"permc.dev/permc/compiler/load/scan"
)

// plainTypes are all that lists have as items.
var plainTypes = []reflect.Type{
	reflect.TypeFor[hubUser](), reflect.TypeFor[dscResource](), reflect.TypeFor[dvUser](), reflect.TypeFor[dvTeam](),
	reflect.TypeFor[dvUnit](), reflect.TypeFor[scimResource](), reflect.TypeFor[graphObject](),
}

var plainTexts = []string{
	`{"id": "1", "accountName": "a\u00e9", "roles": ["Health", ""], "isCsm": true, "status": null}`,
	`{"ID": "1"}`, `{"id": "1", "id": "2"}`, `{"id": 1}`, `{"roles": [null]}`, `{"roles": {}}`,
	`{"a": [1, {"b": -0.5e+3}]}`,
	`{"ResourceName": "SHSpaceUser", "Roles": "Health", "Email": "\ud800"}`, `{"Roles": null}`, `{"Roles": ["a", "b"]}`,
	`{"systemuserid": "1", "systemuserroles_association": [{"name": "x", "isinherited": 1}], "isdisabled": false}`,
	`{"systemuserid": "1", "teammembership_association": [{"teamid": "t", "teamtype": 2, "isdefault": true}]}`,
	`{"teamid": "t", "teamtype": 1.0}`, `{"teamid": "t", "teamtype": 12345678901}`, `{"teamtype": -0}`,
	`{"ſtatuſ": "x"}`, `{"emails": [{"value": "a", "primary": true}], "members": [], "active": true}`,
	`{"members": [{"members": [{"members": null}]}], "assignedLicenses": [{"skuId": "x"}]}`,
	`{"id": "1",}`, `{"id": "1"`, `{"id": 01}`, `{"x": 1.}`, `{"x": "\x"}`, `{"x": tru}`, `{}`, `null`, `[]`,
	` {"id" : "1" } `,
}

// FuzzFields: what fields read, encoding/json reads, too, with the same result.
func FuzzFields(f *testing.F) {
	for _, text := range plainTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := decodeText([]byte(text))
		if err != nil {
			return
		}
		plain := plainFields{}
		for _, of := range plainTypes {
			for range 2 { // the second time, the keys are expected
				got, want := reflect.New(of), reflect.New(of)
				c := scan.NewCursor(0, string(raw), scan.Record{To: uint32(len(raw))})
				if !plain.of(of, "").object(&c, got.Elem()) || !c.Ends() {
					continue
				}
				if err := json.Unmarshal(raw, want.Interface()); err != nil {
					t.Fatalf("%s of %q: encoding/json refuses it: %v", of, text, err)
				}
				if !reflect.DeepEqual(got.Interface(), want.Interface()) {
					t.Fatalf("%s of %q: read %+v, want %+v", of, text, got.Elem(), want.Elem())
				}
			}
		}
	})
}

// FuzzList: a list is read like by a decoder alone: the same items on the same lines, the same error.
func FuzzList(f *testing.F) {
	for _, text := range plainTexts {
		for _, list := range []string{"[" + text + "]",
			`{"a": 1, "value":` + "\n[" + text + ",\n" + text + "]\n, \"b\": 2}",
			"[" + text + "\n" + text + "]", "[" + text, "[" + text + ",]", "[" + text + "} x", "[1,\n" + text + "]"} {
			f.Add(list)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, want := readTestList(text, true), readTestList(text, false)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: read %+v, want %+v", text, got, want)
		}
	})
}

// testList is what a list has.
type testList struct {
	users []graphObject
	lines []int32
	head  map[string]json.RawMessage
	n     int
	name  string
	err   string
}

// readTestList reads a list of users, with or without the reader of plain items.
func readTestList(text string, plain bool) (l testList) {
	b := newBuilder("entra", Options{})
	b.o.Files = []File{{Name: "f"}}
	item := func(next *listReader, at Place) error {
		var u graphObject
		err := next.decode(at, &u)
		l.users, l.lines = append(l.users, u), append(l.lines, at.Line)
		return err
	}
	if !plain {
		l.readSlowly(b, text)
		return l
	}
	list, err := b.readList(&Input{Raw: []byte(text)}, 0, []string{"value"}, item)
	if err != nil {
		l.err = err.Error()
		return l
	}
	l.head, l.n, l.name = list.head, list.n, list.atName
	return l
}

// readSlowly reads a list with a decoder alone.
func (l *testList) readSlowly(b *builder, text string) {
	raw, err := decodeText([]byte(text))
	if err != nil {
		l.err = b.refuse(Place{}, "", "%v", err).Error()
		return
	}
	r := &slowReader{testList: l, b: b, dec: json.NewDecoder(bytes.NewReader(raw)), at: lines{text: raw}}
	l.head = map[string]json.RawMessage{}
	if err = r.read(); err == nil {
		return
	}
	l.head, l.n, l.name = nil, 0, ""
	var no *Refused
	switch {
	case errors.As(err, &no):
		l.err = err.Error()
		return
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		err = errors.New("it ends in the middle of a value")
	}
	l.err = b.refuse(Place{0, r.at.at(r.dec.InputOffset())}, "", "not JSON: %s", err).Error()
}

// slowReader reads a list with a decoder alone.
type slowReader struct {
	*testList
	b   *builder
	dec *json.Decoder
	at  lines
}

func (r *slowReader) read() error {
	first, err := r.dec.Token()
	if err != nil {
		return err
	}
	switch first {
	case json.Delim('['):
		err = r.items()
	case json.Delim('{'):
		err = r.fields()
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

func (r *slowReader) fields() error {
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if name == "value" && r.name == "" {
			r.name = name
			if open, err := r.dec.Token(); err != nil {
				return err
			} else if open != json.Delim('[') {
				return errors.New(`"value" is no list`)
			}
			if err := r.items(); err != nil {
				return err
			}
			continue
		}
		if _, twice := r.head[name]; twice || name == r.name {
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

func (r *slowReader) items() error {
	for r.dec.More() {
		at := Place{0, r.at.at(r.dec.InputOffset())}
		var u graphObject
		err := r.dec.Decode(&u)
		r.users, r.lines = append(r.users, u), append(r.lines, at.Line)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return err
		}
		if err = r.b.refuseShape(err, at); err != nil {
			return err
		}
		r.n++
	}
	_, err := r.dec.Token()
	return err
}
