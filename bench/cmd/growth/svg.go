package main

import (
	"bytes"
	"fmt"
	"html"
	"slices"
)

// series holds the times of one command as one dimension of the project doubles.
type series struct {
	dimension, command string
	from               int
	times              []float64 // CPU seconds
}

// Sizes of the picture in pixels: a panel for each dimension, in rows.
const (
	panelWidth, panelHeight = 210, 150
	plotWidth, plotHeight   = 170, 80
	columns, margin         = 4, 16
)

const style = `
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.frame { fill: #ffffff } .small { font-size: 11px; fill: #59636e }
.axis { stroke: #d1d9e0 } .straight { stroke: #8c959f; stroke-dasharray: 3 3 }
.time { stroke: #0a5a66; fill: none; stroke-width: 1.5 } circle { fill: #0a5a66 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .frame { fill: #0d1117 } .small { fill: #9198a1 }
.axis { stroke: #3d444d } .straight { stroke: #656c76 } .time { stroke: #56d4dd } circle { fill: #56d4dd }
}
`

// drawGrowth returns a picture of how the time of check grows in each dimension. A line that bends upwards, away from
// the dashed one, is more than linear.
func drawGrowth(all []series) []byte {
	list := slices.DeleteFunc(slices.Clone(all), func(s series) bool { return s.command != "check" })
	rows := (len(list) + columns - 1) / columns
	w, h := columns*panelWidth+2*margin, rows*panelHeight+2*margin
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">`,
		w, h, w, h)
	fmt.Fprintf(&b, "\n<title>CPU time of permc check by dimension of the project</title>\n<style>%s</style>\n", style)
	fmt.Fprintf(&b, "<rect class=\"frame\" width=\"%d\" height=\"%d\"/>\n", w, h)
	for i := range list {
		drawPanel(&b, &list[i], margin+i%columns*panelWidth, margin+i/columns*panelHeight)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// drawPanel draws one dimension from a corner on.
func drawPanel(b *bytes.Buffer, s *series, left, top int) {
	last := len(s.times) - 1
	most := slices.Max(s.times)
	x := func(i int) float64 { return float64(left) + plotWidth*float64(int(1)<<i)/float64(int(1)<<last) }
	y := func(i int) float64 { return float64(top+24+plotHeight) - plotHeight*s.times[i]/most }
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\">%s</text>\n", left, top+12, html.EscapeString(s.dimension))
	fmt.Fprintf(b, "<path class=\"axis\" d=\"M%d %dv%dh%d\" fill=\"none\"/>\n", left, top+24, plotHeight, plotWidth)
	fmt.Fprintf(b, "<path class=\"straight\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x(0), y(0), x(last), y(last))
	var path, points bytes.Buffer
	for i := range s.times {
		fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x(i), y(i))
		fmt.Fprintf(&points, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>", x(i), y(i))
	}
	fmt.Fprintf(b, "<path class=\"time\" d=\"%s\"/>%s\n", path.Bytes(), points.Bytes())
	fmt.Fprintf(b, "<text class=\"small\" x=\"%d\" y=\"%d\">%s to %s: %.2f to %.2f s</text>\n", left,
		top+24+plotHeight+16, groupDigits(s.from), groupDigits(s.from<<last), s.times[0], s.times[last])
}

// groupDigits writes a number with a comma before each three digits.
func groupDigits(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", groupDigits(n/1000), n%1000)
}
