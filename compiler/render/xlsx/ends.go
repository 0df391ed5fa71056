package xlsx

import (
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
)

// endsSheet returns the sheet of upcoming events, next first.
func endsSheet(in *job, f *facts) *sheet {
	s := &sheet{
		name:   "Expiring",
		head:   true,
		review: -1,
		rows:   len(f.Ends),
		about:  "what starts and what expires, next first",
	}
	s.columns = []column{{"Date", 12, header}, {"Days", 7, header}, {"What", 14, header}, {"User or group", 30, header},
		{"Role", 26, header},
		{"Permission", 26, header}, {"Scope", 24, header}, {"Reason", 40, header}, {"Position", 36, header}}
	s.fill = func(x *stream) error {
		return x.rows(func(c *cells) {
			for i := range f.Ends {
				endRow(c, in.Policy, &f.Ends[i])
			}
		})
	}
	return s
}

func endRow(c *cells, p *policy.Policy, e *report.End) {
	c.begin()
	c.date(dated, e.On)
	c.number(number, int(e.On-p.AsOf))
	if e.Waiver != nil {
		waiverEnds(c, p, e.Waiver)
		c.end()
		return
	}
	what, whom := "expires", ""
	if e.Starts {
		what = "starts"
	}
	if e.Member != nil {
		memberEnds(c, p, e, what)
		c.end()
		return
	}
	if e.Group != nil {
		whom = "group " + e.Group.ID
	} else {
		whom = e.User.ID
	}
	c.text(plain, what)
	c.text(plain, whom)
	role, permission := "", ""
	if e.Entry.Role != nil {
		role = e.Entry.Role.ID
	} else {
		permission = e.Entry.Permission.ID
	}
	c.text(plain, role)
	c.text(plain, permission)
	c.text(plain, e.Entry.Scope.Path)
	reason := ""
	if e.Entry.Detail != nil {
		reason = e.Entry.Detail.Reason
	}
	c.text(wrapped, reason)
	c.text(located, placeText(p.Files.Position(e.Entry.Pos)))
	c.end()
}

// memberEnds says when somebody joins a group or leaves it.
func memberEnds(c *cells, p *policy.Policy, e *report.End, what string) {
	m := e.Member
	whom := ""
	if m.User != nil {
		whom = m.User.ID
	} else {
		whom = "group " + m.Inner.ID
	}
	c.text(plain, what)
	c.text(plain, whom)
	c.text(plain, "member of "+e.Group.ID)
	c.text(plain, "")
	c.text(plain, "")
	c.text(wrapped, m.Terms.Reason)
	c.text(located, placeText(p.Files.Position(m.Pos)))
}

// waiverEnds writes the row of an expiring waiver.
func waiverEnds(c *cells, p *policy.Policy, w *policy.Waiver) {
	whom := w.User.Name
	if whom == "" {
		whom = "group " + w.Group.Name
	}
	c.text(plain, "waiver expires")
	c.text(plain, whom)
	c.text(plain, w.Role.Name)
	c.text(plain, w.Permission.Name)
	c.text(plain, w.Scope.Name)
	c.text(wrapped, w.Rule.Name+": "+w.Reason)
	c.text(located, placeText(p.Files.Position(w.Pos)))
}
