package load

import (
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/policy"
)

// columns holds the indexes of scan.Columns' fields in one record, or -1.
type columns [scan.Width]int

func columnsOf(p *plan) (list columns) {
	for i, name := range scan.Columns {
		list[i] = p.Lookup(name, 0)
	}
	return list
}

// filled is a cell with content.
type filled struct {
	column int
	text   string
	pos    policy.Pos
}

// csvUser reads the lines of one user.
func (s *fastReader) csvUser(u *policy.DeclaredUser, file int32, text string, r scan.Record) bool {
	if !s.csv.Header(file, text) {
		return false
	}
	var seen uint64
	for start := int(r.From); start < int(r.To); {
		line, next := s.csv.Line(start)
		if line != "" && !s.csvLine(u, line, start, &seen) {
			return false
		}
		start = next
	}
	return s.user.Complete(seen) && s.listsFit(u)
}

// csvLine reads a line: its user, and perhaps an entry.
func (s *fastReader) csvLine(u *policy.DeclaredUser, line string, start int, seen *uint64) bool {
	var list [scan.Width]filled
	n := 0
	whole := policy.Pos{}
	role, grant, group := false, false, false
	columns := s.csv.Columns()
	for i, column := range columns {
		text, pos, next, more := s.csv.Cell(line, start)
		if more != (i+1 < len(columns)) {
			return false
		}
		if start += next; more {
			line = line[next:]
		}
		if i == 0 {
			whole = pos
		}
		whole.End = max(pos.End, whole.Off)
		switch {
		case text == "" || column == scan.User:
			continue
		case column < scan.Role || column >= scan.Width: // a fact about the user
			if !s.csvFact(u, column, text, pos, seen) {
				return false
			}
			continue
		case column == scan.Group:
			group = true
		case column == scan.Role:
			role = true
		case column == scan.Permission:
			grant = true
		}
		list[n] = filled{int(column), text, pos}
		n++
	}
	if group {
		return !role && !grant && s.csvGroup(u, list[:n], whole, seen)
	}
	if role == grant {
		return !role && n == 0
	}
	return s.csvGiven(u, grant, list[:n], whole, seen)
}

// csvGiven reads a line that gives a user a role or a permission.
func (s *fastReader) csvGiven(u *policy.DeclaredUser, grant bool, list []filled, whole policy.Pos, seen *uint64) bool {
	p, places, at := &s.assignment, &s.roleColumns, s.rolesAt
	if grant {
		p, places, at = &s.grant, &s.grantColumns, s.grantsAt
	}
	*seen |= 1 << at
	u.Entries = append(u.Entries, policy.DeclaredEntry{Grant: grant, Pos: whole})
	return s.csvEntry(&u.Entries[len(u.Entries)-1], list, p, places)
}

// csvGroup reads a line that puts a user into a group.
func (s *fastReader) csvGroup(u *policy.DeclaredUser, list []filled, whole policy.Pos, seen *uint64) bool {
	*seen |= 1 << s.groupsAt
	e := policy.DeclaredEntry{Pos: whole}
	if !s.csvEntry(&e, list, &s.group, &s.groupColumns) {
		return false
	}
	m := memberOf(&e)
	if len(list) == 1 {
		if m.Terms = nil; !s.groupName.Text(m.Name) {
			return false
		}
	}
	u.Groups = append(u.Groups, m)
	return true
}

// csvFact records a fact about the user, such as a name, which lines may repeat.
func (s *fastReader) csvFact(u *policy.DeclaredUser, column int8, text string, pos policy.Pos, seen *uint64) bool {
	if column >= scan.Width {
		return s.csvMore(u, s.csv.More()[column-scan.Width], text, pos)
	}
	at := s.factsAt[column]
	if at < 0 {
		return false
	}
	if *seen>>at&1 != 0 {
		return factOf(u, column) == text
	}
	*seen |= 1 << at
	return s.user.Fields()[at].Type.Text(text) && putUser(u, s.user.slots[at], text, pos)
}

// factOf returns the fact that an earlier line gave for a column.
func factOf(u *policy.DeclaredUser, column int8) string {
	switch column {
	case scan.Name:
		return u.Name
	case scan.Affiliation:
		return u.Affiliation.Name
	case scan.Status:
		return u.Status.Name
	}
	return u.Home.Name
}

func (s *fastReader) csvEntry(e *policy.DeclaredEntry, list []filled, p *plan, places *columns) bool {
	var seen uint64
	for i := range list {
		c := &list[i]
		at := places[c.column]
		if at < 0 {
			return false
		}
		seen |= 1 << at
		t := p.Fields()[at].Type
		switch x := p.slots[at]; {
		case x == unread:
			return false
		case x == actionsSlot:
			if !s.csvActions(e, c, t) {
				return false
			}
		case !t.Text(c.text) || !putEntry(e, x, c.text, c.pos):
			return false
		}
	}
	return p.Complete(seen)
}

func (s *fastReader) csvActions(e *policy.DeclaredEntry, c *filled, t *shape.Type) bool {
	from, elem := len(s.names), t.Elem()
	for name, pos := range scan.Actions(c.text, c.pos) {
		if !elem.Text(name) {
			return false
		}
		s.names = append(s.names, policy.Ref{Name: name, Pos: pos})
	}
	e.Actions = s.names[from:len(s.names):len(s.names)]
	return t.Length(len(e.Actions))
}

// listsFit reports whether the lists that the lines form have an allowed length.
func (s *fastReader) listsFit(u *policy.DeclaredUser) bool {
	grants := 0
	for i := range u.Entries {
		if u.Entries[i].Grant {
			grants++
		}
	}
	fits := func(at, n int) bool { return n == 0 || s.user.Fields()[at].Type.Length(n) }
	return fits(s.grantsAt, grants) && fits(s.rolesAt, len(u.Entries)-grants) && fits(s.groupsAt, len(u.Groups))
}
