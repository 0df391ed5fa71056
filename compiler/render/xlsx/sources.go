package xlsx

import "strings"

// sourcesSheet returns the sheet of inputs: files with their SHA-256, and the sources of the catalog.
func sourcesSheet(in *job, f *facts) *sheet {
	s := &sheet{name: "Sources", head: true, review: -1,
		about: "the input files with their SHA-256, and the sources of the catalog",
		columns: []column{{"What", 16, header}, {"Name", 46, header}, {"SHA-256 or address", 68, header},
			{"Read on", 12, header}, {"Note", 40, header}}}
	var lines [][5]string
	for _, x := range f.Inputs {
		lines = append(lines, [5]string{"input", x.Name, x.Hash})
	}
	for _, name := range f.Skipped {
		lines = append(lines, [5]string{"skipped", name})
	}
	c := in.Policy.Catalog
	lines = append(lines, [5]string{"catalog", strings.TrimSpace(c.Product + " " + c.Version), "", "", c.Title})
	for _, x := range c.Sources {
		lines = append(lines, [5]string{"catalog source", x.Title, x.URL, x.Read, x.Note})
	}
	s.rows = len(lines)
	s.fill = func(x *stream) error {
		return x.rows(func(c *cells) {
			for _, line := range lines {
				c.begin()
				for i, text := range line {
					c.text([...]int{strong, wrapped, muted, plain, wrapped}[i], text)
				}
				c.end()
			}
		})
	}
	return s
}
