package xlsx

import (
	"encoding/xml"
	"errors"
	"slices"
	"strconv"
)

// readStyles finds the cell styles that strike text out. A workbook whose styles cannot be read has none.
func (b *book) readStyles(part string) error {
	if _, ok := b.to.(Styled); !ok || b.parts[part] == nil {
		return nil
	}
	var fonts []bool
	list := "" // that the elements are in
	err := b.elements(part, func(_ *decoder, e *xml.StartElement) error {
		switch name := e.Name.Local; name {
		case "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs":
			list = name
		case "font":
			if list == "fonts" {
				fonts = append(fonts, false)
			}
		case "strike":
			if list == "fonts" && len(fonts) > 0 {
				fonts[len(fonts)-1] = isOn(e)
			}
		case "xf":
			if list == "cellXfs" {
				n, err := strconv.Atoi(attributeOf(e, "fontId"))
				b.strike = append(b.strike, err == nil && n >= 0 && n < len(fonts) && fonts[n])
			}
		}
		return nil
	})
	if errors.Is(err, errUnpacked) {
		return err
	}
	if err != nil || !slices.Contains(b.strike, true) {
		b.strike = nil
	}
	return nil
}

// isOn reports whether a property of a font is on, as it is without a value.
func isOn(e *xml.StartElement) bool {
	v := attributeOf(e, "val")
	return v != "0" && v != "false"
}

// strikes reports whether a cell style, by its number as written, strikes text out.
func (b *book) strikes(style string) bool {
	if b.strike == nil || style == "" {
		return false
	}
	n, err := strconv.Atoi(style)
	return err == nil && n >= 0 && n < len(b.strike) && b.strike[n]
}

// pass passes a row on, after how it looks.
func (g *grid) pass(row, width int) {
	if to, ok := g.to.(Styled); ok {
		if g.hidden {
			to.HideRow()
		}
		for _, i := range g.crossed {
			to.StrikeCell(i)
		}
	}
	g.to.Row(row, g.cells[:width])
}
