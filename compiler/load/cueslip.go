package load

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// suggestForeign rewords errors about comments and fields as other formats write them: `# text` and `users = …`. Each
// slip is one finding.
func (p *cueProject) suggestForeign(list []diag.Finding) []diag.Finding {
	for i := range list {
		d := &list[i]
		if !d.Pos.IsValid() {
			continue
		}
		text := p.files.File(d.Pos.File).Data
		off := min(int(d.Pos.Off), len(text))
		if at := findHash(text, off); at >= 0 {
			*d = diag.Stopf("syntax", policy.Pos{File: d.Pos.File, Off: uint32(at), End: uint32(at + 1)},
				"# begins no comment in CUE").WithHelp("write // in its place")
			continue
		}
		if !strings.Contains(d.Message, "expected label or ':', found") {
			continue
		}
		if name, at := findEquals(text, off); at >= 0 {
			*d = diag.Stopf("syntax", policy.Pos{File: d.Pos.File, Off: uint32(at), End: uint32(at + 1)},
				"a field takes a colon, not =").WithHelp("write %s:", name)
		}
	}
	var seen []policy.Pos
	return slices.DeleteFunc(list, func(d diag.Finding) bool {
		known := d.Rule == "syntax" && slices.Contains(seen, d.Pos)
		seen = append(seen, d.Pos)
		return known
	})
}

// findHash returns where the line of an offset has a # that is meant as the beginning of a comment, or -1: one that no
// name follows, at or before the offset.
func findHash(text string, off int) int {
	from := strings.LastIndexByte(text[:off], '\n') + 1
	line, _, _ := strings.Cut(text[from:], "\n")
	quoted := false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '\\' && quoted:
			return -1 // a quote may follow that ends nothing
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '/' && strings.HasPrefix(line[i:], "//"):
			return -1
		case c == '#':
			if blank := i == 0 || strings.IndexByte(" \t,{}[]", line[i-1]) >= 0; !blank || from+i > off {
				return -1
			}
			if rest := line[i+1:]; strings.TrimLeft(rest, " \t#") == rest && strings.TrimSpace(rest) != "" {
				return -1 // a definition, such as #User, or a raw text
			}
			return from + i
		}
	}
	return -1
}

// findEquals returns the name and the place of the = of a field that is written `name = value`, where the value ends at
// or before an offset, or -1.
func findEquals(text string, off int) (name string, at int) {
	type bind struct {
		name      string
		at, depth int
	}
	var s scanner.Scanner
	file := token.NewFile("", -1, len(text))
	s.Init(file, []byte(text), func(token.Pos, string, []interface{}) {}, 0)
	depth, before := 0, ""
	last := bind{at: -1}
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF || pos.IsValid() && pos.Offset() >= off {
			break
		}
		switch tok {
		case token.LBRACE, token.LBRACK, token.LPAREN:
			depth++
		case token.RBRACE, token.RBRACK, token.RPAREN:
			depth--
		case token.COMMA, token.COLON:
			if depth <= last.depth && pos.Offset() < off-1 {
				last.at = -1 // the value has ended, or this is an alias before a field
			}
		case token.BIND:
			if before != "" {
				last = bind{before, pos.Offset(), depth}
			}
		}
		if before = ""; tok == token.IDENT || tok == token.STRING {
			before = lit
		}
	}
	return last.name, last.at
}
