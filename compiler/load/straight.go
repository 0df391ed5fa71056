package load

import (
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/policy"
)

// fastReader reads records of JSON, JSON lines and CSV directly into users, and checks each value
// against its type on the way. It gives up on a record that is not plainly right; the full reader then
// reads it into a tree, and words the findings.
type fastReader struct {
	id                *shape.Type
	user              plan
	assignment, grant plan
	group             plan
	groupName         *shape.Type
	attributes, ids   facts
	names             []policy.Ref // actions and values of the current user

	rolesAt, grantsAt, groupsAt int // indexes in user, or -1
	factsAt                     [scan.Role]int

	csv                                     scan.CSVReader
	roleColumns, grantColumns, groupColumns columns
}

// slot says where the value of a field goes.
type slot uint8

const (
	beside slot = iota // text that is checked but not kept
	unread             // left to the full reader
	whatSlot
	scopeSlot
	actionsSlot
	startsSlot
	expiresSlot
	reasonSlot
	ticketSlot
	nameSlot
	affiliationSlot
	statusSlot
	homeSlot
	rolesSlot
	grantsSlot
	groupsSlot
	attributesSlot
	idsSlot
)

// plan is a record with a slot for each field.
type plan struct {
	*shape.Record
	slots []slot
}

// name returns the name of the field with an index, the likely next one, or "".
func (p *plan) name(at int) string {
	if at >= len(p.Fields()) {
		return ""
	}
	return p.Fields()[at].Name
}

// planOf assigns slots to a record's fields by name. It returns false if the schema has more than a
// plan can hold.
func planOf(t *shape.Type, slots map[string]slot) (p plan, ok bool) {
	if p.Record = t.Record(); p.Record == nil {
		return p, false
	}
	for _, f := range p.Fields() {
		s, known := slots[f.Name]
		switch {
		case s == actionsSlot && (f.Type.Elem() == nil || !f.Type.Elem().Texts()):
			s = unread
		case s == actionsSlot, s >= rolesSlot:
		case !f.Type.Texts():
			s = unread
		case !known:
			s = beside
		}
		p.slots = append(p.slots, s)
	}
	return p, true
}

var userSlots = map[string]slot{"name": nameSlot, "affiliation": affiliationSlot, "status": statusSlot,
	"home":  homeSlot,
	"roles": rolesSlot, "grants": grantsSlot, "groups": groupsSlot,
	"attributes": attributesSlot, "ids": idsSlot}

func entrySlots(what string) map[string]slot {
	return map[string]slot{what: whatSlot, "scope": scopeSlot, "actions": actionsSlot, "starts": startsSlot,
		"expires": expiresSlot,
		"reason":  reasonSlot, "ticket": ticketSlot}
}

// newFastReader returns a reader, or nil if the schema has more than it can hold.
func newFastReader(users *shape.Field) *fastReader {
	if users == nil {
		return nil
	}
	s := &fastReader{}
	id, user, ok := users.Type.Keyed()
	if !ok {
		return nil
	}
	s.id = id
	if s.user, ok = planOf(user, userSlots); !ok {
		return nil
	}
	if !s.planFacts(user) {
		return nil
	}
	roles, grants, groups := user.Field("roles"), user.Field("grants"), user.Field("groups")
	if roles == nil || grants == nil || groups == nil || groups.Type.Elem() == nil {
		return nil
	}
	var group *shape.Type
	if s.groupName, group, ok = groups.Type.Elem().TextOrRecord(); !ok {
		return nil
	}
	if s.group, ok = planOf(group, entrySlots("group")); !ok {
		return nil
	}
	if s.assignment, ok = planOf(roles.Type.Elem(), entrySlots("role")); !ok {
		return nil
	}
	if s.grant, ok = planOf(grants.Type.Elem(), entrySlots("permission")); !ok {
		return nil
	}
	for i := range s.factsAt {
		s.factsAt[i] = s.user.Lookup(scan.Columns[i], 0)
	}
	s.rolesAt, s.grantsAt, s.groupsAt = s.user.Lookup("roles", 0), s.user.Lookup("grants", 0), s.user.Lookup("groups",
		0)
	s.roleColumns, s.grantColumns, s.groupColumns = columnsOf(&s.assignment), columnsOf(&s.grant), columnsOf(&s.group)
	return s
}

// read reads a record; u.ID is already set.
func (s *fastReader) read(u *policy.DeclaredUser, how recordKind, file int32, text string, r scan.Record) bool {
	s.names = s.names[:0]
	if !s.id.Text(u.ID.Name) {
		return false
	}
	switch how {
	case inJSON, inJSONLine:
		c := scan.NewCursor(file, text, r)
		return s.jsonUser(&c, u, how == inJSONLine) && c.Ends()
	case inCSV:
		return s.csvUser(u, file, text, r)
	}
	return false
}

func (s *fastReader) jsonUser(c *scan.Cursor, u *policy.DeclaredUser, line bool) bool {
	if _, ok := c.Open('{'); !ok {
		return false
	}
	var seen uint64
	next := 0
	named := !line // on a line, by the field user
	for n := 0; ; n++ {
		more, ok := c.More(n, '}')
		if !more {
			return ok && named && s.user.Complete(seen)
		}
		expected := s.user.name(next)
		if !named && n == 0 {
			expected = "user"
		}
		key, ok := c.Key(expected)
		if !ok {
			return false
		}
		if !named && key == "user" {
			if _, _, ok := c.Text(); !ok {
				return false
			}
			named = true
			continue
		}
		at := s.user.Lookup(key, next)
		if at < 0 || seen>>at&1 != 0 || !s.jsonUserField(c, u, at) {
			return false
		}
		seen |= 1 << at
		next = at + 1
	}
}

func (s *fastReader) jsonUserField(c *scan.Cursor, u *policy.DeclaredUser, at int) bool {
	t := s.user.Fields()[at].Type
	switch x := s.user.slots[at]; x {
	case rolesSlot:
		return s.jsonEntries(c, u, t, &s.assignment, false)
	case grantsSlot:
		return s.jsonEntries(c, u, t, &s.grant, true)
	case groupsSlot:
		return s.jsonGroups(c, u, t)
	case attributesSlot:
		return s.jsonFacts(c, &u.Attributes, &s.attributes)
	case idsSlot:
		return s.jsonFacts(c, &u.IDs, &s.ids)
	case unread:
		return false
	default:
		text, pos, ok := c.Text()
		return ok && t.Text(text) && putUser(u, x, text, pos)
	}
}

func (s *fastReader) jsonEntries(c *scan.Cursor, u *policy.DeclaredUser, list *shape.Type, p *plan, grant bool) bool {
	if _, ok := c.Open('['); !ok {
		return false
	}
	for n := 0; ; n++ {
		more, ok := c.More(n, ']')
		if !more {
			return ok && list.Length(n)
		}
		u.Entries = append(u.Entries, policy.DeclaredEntry{Grant: grant})
		if !s.jsonEntry(c, &u.Entries[len(u.Entries)-1], p) {
			return false
		}
	}
}

func (s *fastReader) jsonGroups(c *scan.Cursor, u *policy.DeclaredUser, list *shape.Type) bool {
	if _, ok := c.Open('['); !ok {
		return false
	}
	for n := 0; ; n++ {
		more, ok := c.More(n, ']')
		if !more {
			return ok && list.Length(n)
		}
		if name, pos, ok := c.Text(); ok {
			if !s.groupName.Text(name) {
				return false
			}
			u.Groups = append(u.Groups, policy.DeclaredMember{Ref: policy.Ref{Name: name, Pos: pos}})
			continue
		}
		var e policy.DeclaredEntry
		if !s.jsonEntry(c, &e, &s.group) {
			return false
		}
		u.Groups = append(u.Groups, memberOf(&e))
	}
}

// memberOf returns a membership that was read like an entry.
func memberOf(e *policy.DeclaredEntry) policy.DeclaredMember {
	return policy.DeclaredMember{Ref: e.What, Terms: &policy.Terms{
		Starts: e.Starts, Ends: e.Ends, StartsAt: e.StartsAt, EndsAt: e.EndsAt, Reason: e.Reason, Ticket: e.Ticket,
		Pos: e.Pos,
	}}
}

func (s *fastReader) jsonEntry(c *scan.Cursor, e *policy.DeclaredEntry, p *plan) bool {
	from, ok := c.Open('{')
	if !ok {
		return false
	}
	var seen uint64
	next := 0
	for n := 0; ; n++ {
		more, ok := c.More(n, '}')
		if !more {
			e.Pos = c.Pos(from)
			return ok && p.Complete(seen)
		}
		key, ok := c.Key(p.name(next))
		if !ok {
			return false
		}
		at := p.Lookup(key, next)
		if at < 0 || seen>>at&1 != 0 || !s.jsonEntryField(c, e, p, at) {
			return false
		}
		seen |= 1 << at
		next = at + 1
	}
}

func (s *fastReader) jsonEntryField(c *scan.Cursor, e *policy.DeclaredEntry, p *plan, at int) bool {
	t := p.Fields()[at].Type
	switch x := p.slots[at]; x {
	case actionsSlot:
		return s.jsonActions(c, e, t)
	case unread:
		return false
	default:
		text, pos, ok := c.Text()
		return ok && t.Text(text) && putEntry(e, x, text, pos)
	}
}

func (s *fastReader) jsonActions(c *scan.Cursor, e *policy.DeclaredEntry, t *shape.Type) (ok bool) {
	e.Actions, ok = s.jsonNames(c, t)
	return ok
}

// jsonNames reads a list of names.
func (s *fastReader) jsonNames(c *scan.Cursor, t *shape.Type) ([]policy.Ref, bool) {
	if _, ok := c.Open('['); !ok {
		return nil, false
	}
	from, elem := len(s.names), t.Elem()
	for n := 0; ; n++ {
		more, ok := c.More(n, ']')
		if !more {
			return s.names[from:len(s.names):len(s.names)], ok && t.Length(n)
		}
		text, pos, ok := c.Text()
		if !ok || !elem.Text(text) {
			return nil, false
		}
		s.names = append(s.names, policy.Ref{Name: text, Pos: pos})
	}
}

// putUser stores a text in a slot of a user.
func putUser(u *policy.DeclaredUser, x slot, text string, pos policy.Pos) bool {
	switch x {
	case nameSlot:
		u.Name = text
	case affiliationSlot:
		u.Affiliation = policy.Ref{Name: text, Pos: pos}
	case statusSlot:
		u.Status = policy.Ref{Name: text, Pos: pos}
	case homeSlot:
		u.Home = policy.Ref{Name: text, Pos: pos}
	}
	return true
}

// putEntry stores a text in a slot of an entry.
func putEntry(e *policy.DeclaredEntry, x slot, text string, pos policy.Pos) bool {
	var err error
	switch x {
	case whatSlot:
		e.What = policy.Ref{Name: text, Pos: pos}
	case scopeSlot:
		e.Scope = policy.Ref{Name: text, Pos: pos}
	case startsSlot:
		e.Starts, err = policy.ParseDate(text)
		e.StartsAt = pos
	case expiresSlot:
		e.Ends, err = policy.ParseDate(text)
		e.EndsAt = pos
	case reasonSlot:
		e.Reason = text
	case ticketSlot:
		e.Ticket = text
	}
	return err == nil
}
