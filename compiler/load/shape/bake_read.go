package shape

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"cuelang.org/go/cue"
)

// readBaked reads the text of baked types, and returns the digest of their source. It passes on one type after the
// other, which it then overwrites. It names each field, since finding the fields by reflection takes longer than
// checking a small project.
func readBaked(text []byte, each func(*baked)) (source string, err error) {
	r := bakedReader{dec: jsontext.NewDecoder(bytes.NewBuffer(text))}
	r.object(func(field string) {
		switch field {
		case "Source":
			source = r.string()
		case "Types":
			readList(&r, func() struct{} {
				if b := r.baked(); r.err == nil {
					each(b)
				}
				return struct{}{}
			})
		default:
			r.skip()
		}
	})
	return source, r.err
}

// bakedReader reads values one after the other. After an error it reads nothing more.
type bakedReader struct {
	dec *jsontext.Decoder
	err error
	now baked
}

func (r *bakedReader) token() (t jsontext.Token) {
	if r.err == nil {
		t, r.err = r.dec.ReadToken()
	}
	return t
}

func (r *bakedReader) skip() {
	if r.err == nil {
		r.err = r.dec.SkipValue()
	}
}

func (r *bakedReader) string() string { return r.token().String() }
func (r *bakedReader) bool() bool     { return r.token().Kind() == jsontext.KindTrue }

func (r *bakedReader) int() int { return int(r.float()) }

func (r *bakedReader) float() float64 {
	f, err := strconv.ParseFloat(r.string(), 64)
	if r.err == nil {
		r.err = err
	}
	return f
}

// object reads an object. It calls field before each value, which field reads.
func (r *bakedReader) object(field func(name string)) {
	r.token()
	for r.err == nil && r.dec.PeekKind() != jsontext.KindEndObject {
		field(r.string())
	}
	r.token()
}

// readList reads an array, each of its values with read.
func readList[T any](r *bakedReader, read func() T) (list []T) {
	r.token()
	for r.err == nil && r.dec.PeekKind() != jsontext.KindEndArray {
		list = append(list, read())
	}
	r.token()
	return list
}

// baked reads a type, until the next one is read.
func (r *bakedReader) baked() *baked {
	r.now = baked{}
	b := &r.now
	r.object(func(field string) {
		switch field {
		case "Name":
			b.Name = r.string()
		case "Kinds":
			b.Kinds = uint8(r.int())
		case "Whole":
			b.Whole = r.bool()
		case "Says":
			b.Says = r.string()
		case "Texts":
			b.Texts = readList(r, r.text)
		case "Bounds":
			b.Bounds = readList(r, r.bound)
		case "MinLen":
			b.MinLen = r.int()
		case "MaxLen":
			b.MaxLen = r.int()
		case "Struct":
			b.Struct = r.bool()
		case "Closed":
			b.Closed = r.bool()
		case "Ask":
			b.Ask = r.int()
		default:
			r.refers(b, field)
		}
	})
	return b
}

// refers reads a field that refers to other types.
func (r *bakedReader) refers(b *baked, field string) {
	switch field {
	case "Elem":
		b.Elem = r.int()
	case "Fields":
		b.Fields = readList(r, r.field)
	case "Patterns":
		b.Patterns = readList(r, r.pattern)
	case "AnyOf":
		b.AnyOf = readList(r, r.int)
	case "AllOf":
		b.AllOf = readList(r, r.int)
	default:
		r.skip()
	}
}

func (r *bakedReader) text() (t bakedText) {
	r.object(func(field string) {
		switch field {
		case "Match":
			t.Match = r.string()
		case "Negate":
			t.Negate = r.bool()
		case "Enum":
			t.Enum = readList(r, r.string)
		case "Date":
			t.Date = r.string()
		case "Min":
			t.Min = r.int()
		default:
			r.skip()
		}
	})
	return t
}

func (r *bakedReader) bound() (b bakedBound) {
	r.object(func(field string) {
		switch field {
		case "Op":
			b.Op = cue.Op(r.int())
		case "Num":
			b.Num = r.float()
		default:
			r.skip()
		}
	})
	return b
}

func (r *bakedReader) field() (f bakedField) {
	r.object(func(field string) {
		switch field {
		case "Name":
			f.Name = r.string()
		case "Required":
			f.Required = r.bool()
		case "Help":
			f.Help = r.string()
		case "Type":
			f.Type = r.int()
		default:
			r.skip()
		}
	})
	return f
}

func (r *bakedReader) pattern() (p bakedPattern) {
	r.object(func(field string) {
		switch field {
		case "Key":
			p.Key = r.int()
		case "Value":
			p.Value = r.int()
		default:
			r.skip()
		}
	})
	return p
}
