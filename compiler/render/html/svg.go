package html

import (
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/render"
)

// drawing is a picture in SVG. Classes set its colours, so that it follows the theme of the page.
type drawing struct {
	b             strings.Builder
	width, height int
}

func (d *drawing) rect(class string, x, y, w, h int) {
	fmt.Fprintf(&d.b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`, class, x, y, w, h)
}

func (d *drawing) box(class string, x, y, w, h int) {
	fmt.Fprintf(&d.b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="6"/>`, class, x, y, w, h)
}

func (d *drawing) line(class string, x1, y1, x2, y2 int) {
	fmt.Fprintf(&d.b, `<path class="%s" d="M%d %dL%d %d"/>`, class, x1, y1, x2, y2)
}

// curve connects the sides of two boxes.
func (d *drawing) curve(class string, x1, y1, x2, y2 int) {
	m := (x1 + x2) / 2
	fmt.Fprintf(&d.b, `<path class="%s" d="M%d %dC%d %d %d %d %d %d"/>`, class, x1, y1, m, y1, m, y2, x2, y2)
}

func (d *drawing) text(class string, x, y int, s string) {
	fmt.Fprintf(&d.b, `<text class="%s" x="%d" y="%d">%s</text>`, class, x, y, escapeHTML(render.Safe(s)))
}

// end draws right-aligned text.
func (d *drawing) end(class string, x, y int, s string) {
	fmt.Fprintf(&d.b, `<text class="%s" x="%d" y="%d" text-anchor="end">%s</text>`, class, x, y,
		escapeHTML(render.Safe(s)))
}

// stripes defines the striped pattern for the class "bar direct", so that it differs without colour.
func (d *drawing) stripes() {
	d.b.WriteString(`<defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" ` +
		`patternTransform="rotate(45)">` +
		`<rect class="bar" width="6" height="6"/><path class="stripe" d="M0 0V6"/></pattern></defs>`)
}

// picture returns the drawing, with a description for those who do not see it.
func (d *drawing) picture(words string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="picture" role="img" aria-label="%s" viewBox="0 0 %d %d" `+
		`width="%d" height="%d">%s</svg>`,
		escapeHTML(render.Safe(words)), d.width, d.height, d.width, d.height, d.b.String()))
}

// shortenEnd cuts the end of a text that is too long.
func shortenEnd(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:most-1]), " ,") + "…"
}

// shortenMiddle cuts the middle of a text that is too long.
func shortenMiddle(s string, most int) string {
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s
	}
	r := []rune(s)
	return string(r[:most*2/3]) + "…" + string(r[n-(most-1-most*2/3):])
}
