package silence

import (
	"strings"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// cueComments finds the comments of a valid CUE text.
func cueComments(text string) (list []span) {
	var s scanner.Scanner
	f := token.NewFile("", -1, len(text))
	s.Init(f, []byte(text), nil, scanner.ScanComments|scanner.DontInsertCommas)
	var open []int // number of open parentheses in each interpolation
	for {
		pos, tok, _ := s.Scan()
		switch n := len(open) - 1; {
		case tok == token.EOF:
			return list
		case tok == token.COMMENT:
			list = append(list, span{pos.Offset(), endOfLine(text, pos.Offset())})
		case tok == token.INTERPOLATION:
			open = append(open, 0) // its parenthesis comes next
		case tok == token.LPAREN && n >= 0:
			open[n]++
		case tok == token.RPAREN && n >= 0:
			if open[n]--; open[n] == 0 && !strings.HasSuffix(s.ResumeInterpolation(), "(") {
				open = open[:n]
			}
		}
	}
}
