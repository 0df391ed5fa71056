package xlsx

// namesSheet returns the sheet of the names that the system has for things with other ids.
func namesSheet(in *job) *sheet {
	list := in.Policy.External
	s := &sheet{name: "Names", head: true, frozen: 1, rows: len(list), review: -1,
		about: "ids, and the names that the system has for them",
		columns: []column{{"Kind", 12, header}, {"Id", 40, header}, {"Of", 24, header},
			{"Name in the system", 48, header}}}
	s.fill = func(x *stream) error {
		for from := 0; from < len(list); from += itemsAtOnce {
			part := list[from:min(from+itemsAtOnce, len(list))]
			err := x.rows(func(c *cells) {
				for _, n := range part {
					c.begin()
					c.text(muted, n.Kind)
					c.text(strong, n.ID)
					c.text(wrapped, n.Of)
					c.text(wrapped, n.Name)
					c.end()
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	return s
}
