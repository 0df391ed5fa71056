package source

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonParser reads JSON values with their places.
type jsonParser struct {
	dec  *jsontext.Decoder
	base int
}

// parseJSON reads one value, or one a line.
func parseJSON(text string, lines bool) (docs []*Node, err error) {
	if !lines {
		n, err := parseJSONAt(text, 0)
		return []*Node{n}, err
	}
	at := 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			n, err := parseJSONAt(line, at)
			if err != nil {
				return nil, err
			}
			docs = append(docs, n)
		}
		at += len(line)
	}
	return docs, nil
}

func parseJSONAt(text string, base int) (*Node, error) {
	dec := jsontext.NewDecoder(bytes.NewBufferString(text), jsontext.AllowDuplicateNames(true))
	p := &jsonParser{dec, base}
	return p.value()
}

// value reads the next value. The decoder limits the depth.
func (p *jsonParser) value() (*Node, error) {
	switch kind := p.dec.PeekKind(); kind {
	case jsontext.KindBeginObject, jsontext.KindBeginArray:
		return p.brackets(kind)
	default:
		raw, err := p.dec.ReadValue()
		if err != nil {
			return nil, err
		}
		n := &Node{Kind: Scalar, To: p.base + int(p.dec.InputOffset())}
		n.From = n.To - len(raw)
		n.Text = string(raw)
		if kind == jsontext.KindString {
			n.Text, err = unquoteJSON(raw)
		}
		return n, err
	}
}

func (p *jsonParser) brackets(kind jsontext.Kind) (*Node, error) {
	if _, err := p.dec.ReadToken(); err != nil {
		return nil, err
	}
	n := &Node{Kind: List, From: p.base + int(p.dec.InputOffset()) - 1}
	end := jsontext.KindEndArray
	if kind == jsontext.KindBeginObject {
		n.Kind, end = Object, jsontext.KindEndObject
	}
	for p.dec.PeekKind() != end {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if n.Kind == List {
			n.Items = append(n.Items, v)
			continue
		}
		f := Field{Name: v.Text, From: v.From, To: v.To}
		if f.Value, err = p.value(); err != nil {
			return nil, err
		}
		n.Fields = append(n.Fields, f)
	}
	_, err := p.dec.ReadToken()
	n.To = p.base + int(p.dec.InputOffset())
	return n, err
}

func unquoteJSON(raw []byte) (string, error) {
	b, err := jsontext.AppendUnquote(nil, raw)
	return string(b), err
}

func quoteJSON(s string) string {
	b, _ := jsontext.AppendQuote(nil, s)
	return string(b)
}
