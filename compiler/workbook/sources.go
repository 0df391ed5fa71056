package workbook

import "permc.dev/permc/compiler/policy"

// sources is the sheet of what the table was made from.
func sources(in *Input) *sheet {
	s := &sheet{name: "Sources", head: true, review: -1, about: "the files that the table was made from, with their SHA-256",
		columns: []column{{"File", 60, header}, {"SHA-256", 68, header}}}
	var files []*policy.File
	for _, f := range in.Policy.Files.All() {
		if !f.Shipped {
			files = append(files, f)
		}
	}
	s.rows = len(files)
	s.fill = func(x *stream) error {
		return x.rows(func(c *cells) {
			for _, f := range files {
				c.begin()
				c.text(plain, f.Name)
				c.text(muted, f.Hash())
				c.end()
			}
		})
	}
	return s
}
