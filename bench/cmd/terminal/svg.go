//go:build linux

package main

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// line holds a line of a terminal: texts, each with the class of its colour.
type line []span

type span struct{ class, text string }

// classes name the colours that permc uses, by the numbers of their escape sequences.
var classes = map[string]string{"0": "", "1": "b", "2": "d", "1;31": "r", "32": "g", "1;33": "y", "36": "c"}

var (
	colour = regexp.MustCompile("\x1b\\[([0-9;]*)m")
	other  = regexp.MustCompile("\r|\x1b\\[[0-9;?]*[A-Za-ln-z]") // what progress uses to move and to clear
)

// parseLines splits the text of a terminal by lines and colours.
func parseLines(text string) (lines []line) {
	class := ""
	for row := range strings.SplitSeq(strings.TrimRight(other.ReplaceAllString(text, ""), "\n"), "\n") {
		var l line
		at := 0
		for _, m := range colour.FindAllStringSubmatchIndex(row, -1) {
			l = l.add(class, row[at:m[0]])
			class, at = classes[row[m[2]:m[3]]], m[1]
		}
		lines = append(lines, l.add(class, row[at:]))
	}
	return lines
}

func (l line) add(class, text string) line {
	if text == "" {
		return l
	}
	return append(l, span{class, text})
}

// Sizes of the picture. Each text has the length that it would have on a terminal, whatever font the reader has.
const (
	charWidth, lineHeight = 8.4, 20
	margin, bar           = 18, 34
)

const style = `
text {
  font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  fill: #1f2328; white-space: pre
}
.frame { fill: #f6f8fa; stroke: #d1d9e0 }
.b { font-weight: bold } .d { fill: #59636e } .g { fill: #116329 } .c { fill: #0a5a66 }
.r { fill: #c5221f; font-weight: bold } .y { fill: #7d4e00; font-weight: bold }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .frame { fill: #0d1117; stroke: #3d444d }
.d { fill: #9198a1 } .g { fill: #56d364 } .c { fill: #56d4dd }
.r { fill: #ff7b72 } .y { fill: #e3b341 }
}
`

// drawSVG returns the picture of a terminal with the lines.
func drawSVG(lines []line, columns int, title string) []byte {
	var b bytes.Buffer
	w, h := float64(columns)*charWidth+2*margin, bar+len(lines)*lineHeight+margin
	fmt.Fprintf(&b,
		`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d" role="img">`+
			"\n", w, h, w, h)
	fmt.Fprintf(&b, "<title>%s</title>\n<style>%s</style>\n", html.EscapeString(title), style)
	fmt.Fprintf(&b, "<rect class=\"frame\" x=\"0.5\" y=\"0.5\" width=\"%.0f\" height=\"%d\" rx=\"8\"/>\n", w-1, h-1)
	for i, l := range lines {
		if len(l) == 0 {
			continue
		}
		fmt.Fprintf(&b, "<text xml:space=\"preserve\" y=\"%d\">", bar+i*lineHeight)
		at := 0
		for _, s := range l {
			n := countColumns(s.text)
			fmt.Fprintf(&b, `<tspan class="%s" x="%.1f" textLength="%.1f">%s</tspan>`, s.class,
				margin+float64(at)*charWidth, float64(n)*charWidth, html.EscapeString(s.text))
			at += n
		}
		b.WriteString("</text>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// countColumns returns how many columns of a terminal a text takes.
func countColumns(text string) (n int) {
	for _, r := range text {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
