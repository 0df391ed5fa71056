package main

import (
	"bytes"
	"io"
	"strings"
	"unicode"
)

// guard passes lines of text on, in which build servers see no command: GitHub
// takes what follows :: at the beginning of a line for one, and it and others
// what follows ##[ and the like anywhere. Names and text of a declaration can be
// anything.
type guard struct {
	w    io.Writer
	rest []byte // of a line that has not ended
}

// commands is how commands begin anywhere in a line, and how that is written.
var commands = strings.NewReplacer("##[", `#\u{23}[`, "##vso[", `#\u{23}vso[`, "##teamcity[", `#\u{23}teamcity[`)

func (g *guard) Write(p []byte) (int, error) {
	end := bytes.LastIndexByte(p, '\n') + 1
	if end == 0 {
		g.rest = append(g.rest, p...)
		return len(p), nil
	}
	text := p[:end]
	if len(g.rest) > 0 {
		text = append(g.rest, text...)
	}
	_, err := g.w.Write(harmless(text))
	g.rest = append(g.rest[:0], p[end:]...)
	return len(p), err
}

// end passes on a last line without an end.
func (g *guard) end() error {
	if len(g.rest) == 0 {
		return nil
	}
	_, err := g.w.Write(harmless(g.rest))
	g.rest = nil
	return err
}

func harmless(text []byte) []byte {
	if !bytes.Contains(text, []byte("::")) && !bytes.Contains(text, []byte("##")) {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		first := strings.TrimLeftFunc(line, unicode.IsSpace)
		if after, ok := strings.CutPrefix(first, "::"); ok {
			line = line[:len(line)-len(first)] + `\u{3A}:` + after
		}
		b.WriteString(commands.Replace(line))
	}
	return []byte(b.String())
}
