package load

import (
	"strings"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// suggestSigns helps with CUE's errors about a missing colon, and about a bracket that is not closed.
func (p *cueProject) suggestSigns(list []diag.Finding) {
	for i := range list {
		d := &list[i]
		if !d.Pos.IsValid() || d.Help != "" && !strings.Contains(d.Message, "not found") {
			continue
		}
		text := p.files.File(d.Pos.File).Data
		off := min(int(d.Pos.Off), len(text))
		switch from, to := bareText(text, off); {
		case strings.HasPrefix(d.Message, "expected label or ':', found"):
			d.Help = "put a colon before it"
		case strings.Contains(d.Message, "not found") && isPlainName(text[from:to]) && opensValue(text[to:]):
			d.Help = "put a colon after it: " + text[from:to] + ":"
		case strings.HasPrefix(d.Message, "missing ',' in list literal") && strings.HasPrefix(text[off:], "}"):
			d.Help = "close the list before it: ]}"
		case strings.HasSuffix(d.Message, "found 'EOF'"):
			if at := findOpen(text); at >= 0 {
				open := policy.Pos{File: d.Pos.File, Off: uint32(at), End: uint32(at + 1)}
				d.Message, d.Pos = text[at:at+1]+" is not closed", open
				d.Help = "add " + closes[text[at]] + " where it ends"
			}
		}
	}
}

// closes has the bracket that closes each one.
var closes = map[byte]string{'{': "}", '[': "]", '(': ")"}

// opensValue reports whether a mapping, a list or a text follows on the line.
func opensValue(rest string) bool {
	rest = strings.TrimLeft(rest, " \t")
	return rest != "" && strings.IndexByte(`{["`, rest[0]) >= 0
}

// findOpen returns where the last bracket opens that nothing closes, or -1.
func findOpen(text string) int {
	var s scanner.Scanner
	file := token.NewFile("", -1, len(text))
	s.Init(file, []byte(text), func(token.Pos, string, []interface{}) {}, scanner.DontInsertCommas)
	var open []int
	for {
		pos, tok, _ := s.Scan()
		switch tok {
		case token.LBRACE, token.LBRACK, token.LPAREN:
			open = append(open, pos.Offset())
		case token.RBRACE, token.RBRACK, token.RPAREN:
			if len(open) == 0 || closes[text[open[len(open)-1]]] != tok.String() {
				return -1 // the slip is here, and CUE says so
			}
			open = open[:len(open)-1]
		case token.INTERPOLATION: // what is in it is no bracket of the text around
			return -1
		case token.EOF:
			if len(open) == 0 {
				return -1
			}
			return open[len(open)-1]
		}
	}
}
