package shape

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"cuelang.org/go/cue"
)

// Deriving the types of permc's own schema takes longer than checking a small project. So permc embeds
// them as text, which is valid only for the exact CUE that it was made from. For any other CUE, the
// types are derived.

// baked is a type as text. Types are in a list and refer to each other by index.
type baked struct {
	Name     string         `json:",omitempty"`
	Kinds    uint8          `json:",omitempty"`
	Whole    bool           `json:",omitempty"`
	Says     string         `json:",omitempty"`
	Texts    []bakedText    `json:",omitempty"`
	Bounds   []bakedBound   `json:",omitempty"`
	Elem     int            `json:",omitempty"` // index plus one; zero is none
	MinLen   int            `json:",omitempty"`
	MaxLen   int            `json:",omitempty"`
	Fields   []bakedField   `json:",omitempty"`
	Struct   bool           `json:",omitempty"`
	Patterns []bakedPattern `json:",omitempty"`
	Closed   bool           `json:",omitempty"`
	AnyOf    []int          `json:",omitempty"`
	AllOf    []int          `json:",omitempty"`
	Ask      int            `json:",omitempty"` // index of a question to CUE plus one; zero is none
}

type bakedText struct {
	Match  string   `json:",omitempty"`
	Negate bool     `json:",omitempty"`
	Enum   []string `json:",omitempty"`
	Date   string   `json:",omitempty"`
	Min    int      `json:",omitempty"`
}

type bakedBound struct {
	Op  cue.Op
	Num float64
}

type bakedField struct {
	Name     string
	Required bool   `json:",omitempty"`
	Help     string `json:",omitempty"`
	Type     int
}

type bakedPattern struct{ Key, Value int }

type bakedTypes struct {
	Source string // SHA-256 of the CUE that they were derived from
	Types  []baked
}

// Bake writes a type and all the types it uses. It returns false if something is left to CUE.
func (t *Type) Bake(source []byte) (text []byte, ok bool) {
	text, asks, err := t.BakeWith(source)
	return text, err == nil && len(asks) == 0
}

// BakeWith writes a type and all the types it uses. It also returns the questions to CUE, which the
// text refers to by index.
func (t *Type) BakeWith(source []byte) (text []byte, asks []Ask, err error) {
	index := map[*Type]int{}
	var order []*Type
	number := func(t *Type) int {
		if i, ok := index[t]; ok {
			return i
		}
		index[t] = len(order)
		order = append(order, t)
		return index[t]
	}
	number(t)
	out := bakedTypes{Source: hashSource(source)}
	for i := 0; i < len(order); i++ {
		b := order[i].bake(number)
		if ask := order[i].opaque; ask != nil {
			asks = append(asks, ask)
			b.Ask = len(asks)
		}
		out.Types = append(out.Types, b)
	}
	text, err = json.MarshalIndent(out, "", "\t")
	return append(text, '\n'), asks, err
}

func (t *Type) bake(number func(*Type) int) baked {
	b := baked{Name: t.Name, Kinds: t.kinds, Whole: t.whole, Says: t.says, MinLen: t.minLen, MaxLen: t.maxLen,
		Struct: t.index != nil, Closed: t.closed}
	for _, x := range t.texts {
		bt := bakedText{Negate: x.negate, Enum: x.enum, Date: x.date, Min: x.min}
		if x.match != nil {
			bt.Match = x.match.expression
		}
		b.Texts = append(b.Texts, bt)
	}
	for _, x := range t.bounds {
		b.Bounds = append(b.Bounds, bakedBound{x.op, x.num})
	}
	if t.elem != nil {
		b.Elem = number(t.elem) + 1
	}
	for _, f := range t.fields {
		b.Fields = append(b.Fields, bakedField{f.Name, f.Required, f.Help, number(f.Type)})
	}
	for _, p := range t.patterns {
		b.Patterns = append(b.Patterns, bakedPattern{number(p.key), number(p.value)})
	}
	for _, a := range t.anyOf {
		b.AnyOf = append(b.AnyOf, number(a))
	}
	for _, a := range t.allOf {
		b.AllOf = append(b.AllOf, number(a))
	}
	return b
}

// Baked reads what Bake wrote. It returns false if that was made from another source, so the expressions in it are
// those that derive compiled.
func Baked(text, source []byte) (*Type, bool) { return BakedWith(text, source, nil) }

// BakedWith reads what BakeWith wrote; ask returns the question with an index.
func BakedWith(text, source []byte, ask func(n int) Ask) (*Type, bool) {
	o := oven{matchers: map[string]*matcher{}}
	n := 0
	madeFrom, err := readBaked(text, func(b *baked) {
		t := o.at(n)
		o.unbake(t, b)
		if b.Ask > 0 && ask != nil {
			t.opaque = ask(b.Ask - 1)
		}
		n++
	})
	if err != nil || madeFrom != hashSource(source) || n == 0 || n != len(o.types) {
		return nil, false
	}
	return o.types[0], true
}

// oven makes types of baked ones, which refer to each other by index.
type oven struct {
	types    []*Type
	matchers map[string]*matcher
}

// at returns the type with an index, which may come later.
func (o *oven) at(i int) *Type {
	for len(o.types) <= i {
		o.types = append(o.types, &Type{})
	}
	return o.types[i]
}

func (o *oven) unbake(t *Type, b *baked) {
	*t = Type{Name: b.Name, kinds: b.Kinds, whole: b.Whole, says: b.Says, minLen: b.MinLen, maxLen: b.MaxLen,
		closed: b.Closed}
	for _, x := range b.Texts {
		tx := text{negate: x.Negate, enum: x.Enum, date: x.Date, min: x.Min}
		if x.Match != "" && o.matchers[x.Match] == nil {
			o.matchers[x.Match] = newMatcher(x.Match)
		}
		tx.match = o.matchers[x.Match]
		t.texts = append(t.texts, tx)
	}
	for _, x := range b.Bounds {
		t.bounds = append(t.bounds, bound{x.Op, x.Num})
	}
	if b.Elem > 0 {
		t.elem = o.at(b.Elem - 1)
	}
	if b.Struct {
		t.index = make(map[string]int, len(b.Fields))
	}
	t.fields = slices.Grow(t.fields, len(b.Fields))
	for i, f := range b.Fields {
		t.index[f.Name] = i
		t.fields = append(t.fields, Field{Name: f.Name, Required: f.Required, Help: f.Help, Type: o.at(f.Type)})
	}
	for _, p := range b.Patterns {
		t.patterns = append(t.patterns, pattern{o.at(p.Key), o.at(p.Value)})
	}
	for _, a := range b.AnyOf {
		t.anyOf = append(t.anyOf, o.at(a))
	}
	for _, a := range b.AllOf {
		t.allOf = append(t.allOf, o.at(a))
	}
}

func hashSource(source []byte) string {
	s := sha256.Sum256(source)
	return hex.EncodeToString(s[:])
}
