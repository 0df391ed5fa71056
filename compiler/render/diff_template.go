package render

import (
	"bytes"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// Most changes differ from others only in the person, the scope, and the position of the line. The text of such a
// change, indented and safe, is made once, with holes for these, and filled in from then on.

// changeShape is everything that the text of a plain change depends on, except its holes.
type changeShape struct {
	kind          diff.Kind
	from, until   policy.Date
	was           string
	side          bool // of the cause
	why           string
	actions       *string // the first of the permission's own list, where all are changed
	before, after rowShape
}

// rowShape is the same for a row with one source; permission is nil if there is no row.
type rowShape struct {
	permission          *policy.Permission
	actions, given      policy.Actions
	role, from          *policy.Role
	group               *policy.Group
	implier             *policy.Permission
	affiliation         string
	ends, viaEnds       policy.Date
	level               int
	kind                policy.SourceKind
	invited, disabled   bool
	confidence          policy.Confidence
	records, viaRecords policy.Records
}

// shapeOf returns the shape of a change, or false if the change is not a plain one.
func shapeOf(c *diff.Change) (s changeShape, plain bool) {
	if len(c.Causes) != 1 || len(c.Differences) > 0 || !s.before.of(c.Before) || !s.after.of(c.After) {
		return s, false
	}
	if len(c.Actions) > 0 {
		if s.actions = &c.Actions[0]; !listsAll(c.Before, c.Actions) && !listsAll(c.After, c.Actions) {
			return s, false
		}
	}
	x := &c.Causes[0]
	s.kind, s.from, s.until, s.was, s.side, s.why = c.Kind, c.From, c.Until, c.Was, x.Base, x.Why
	return s, true
}

// listsAll reports whether a list is that of a row's permission, not of a single change.
func listsAll(r *policy.Row, actions []string) bool {
	return r != nil && len(actions) == len(r.Permission.Actions) && &actions[0] == &r.Permission.Actions[0]
}

// of takes the shape of a row, and reports whether it has one.
func (s *rowShape) of(r *policy.Row) bool {
	if r == nil {
		return true
	}
	if len(r.Via) != 1 || len(r.Withheld) > 0 || r.More > 0 {
		return false
	}
	v := &r.Via[0]
	s.permission, s.actions, s.records, s.ends, s.level = r.Permission, r.Actions, r.Records, r.Ends, r.Scope.Level
	s.affiliation, s.invited, s.disabled = r.User.Affiliation, r.User.Invited, r.User.Disabled
	s.confidence = r.Confidence()
	s.kind, s.role, s.from, s.group, s.implier = v.Kind, v.Role, v.From, v.Group, v.Implier
	s.given, s.viaRecords, s.viaEnds = v.Actions, v.Records, v.Ends
	return true
}

// hole is a value missing from a template.
type hole uint8

// The holes. Each mark is a whole string of JSON, or replaces the fields of a position.
const (
	theUser hole = iota
	theScope
	userBefore
	scopeBefore // of the source
	placeBefore
	userAfter
	scopeAfter
	placeAfter
	placeOfCause
)

var marks = [...]string{theUser: "permc hole: user", theScope: "permc hole: scope",
	userBefore: "permc hole: user before", scopeBefore: "permc hole: scope before",
	placeBefore: "permc hole: place before",
	userAfter:   "permc hole: user after", scopeAfter: "permc hole: scope after", placeAfter: "permc hole: place after"}

// template is a text with holes.
type template struct {
	parts []templatePart
	end   []byte // after the last hole
}

// templatePart is a text, and the hole after it.
type templatePart struct {
	text   []byte
	hole   hole
	indent int
}

// mostTemplates limits the templates in memory.
const mostTemplates = 4096

// template returns the template of a plain change, or nil, because a name of the project may equal a mark.
func (w *changeWriter) template(s *changeShape, c *diff.Change) *template {
	t, known := w.templates[*s]
	if known {
		return t
	}
	if len(w.templates) >= mostTemplates {
		clear(w.templates)
	}
	marked, holes := markedChange(c)
	compact := SafeJSON(w.probe.change([]byte{','}, &marked))
	text := appendIndented(nil, compact, len("    "))
	if t = cutTemplate(text); len(t.parts) != holes {
		t = nil
	}
	w.templates[*s] = t
	return t
}

// newProbe returns a writer that writes marks for positions.
func newProbe(d *Diff) *changeWriter {
	w := &changeWriter{d: d}
	w.before.Policy, w.before.places = d.Base,
		&placeWriter{pos: markedPlace, text: []byte(`"` + marks[placeBefore] + `"`)}
	w.after.Policy, w.after.places = d.Head, &placeWriter{pos: markedPlace, text: []byte(`"` + marks[placeAfter] + `"`)}
	return w
}

var markedPlace = policy.Pos{File: 1, Off: 1, End: 1}

// markedChange returns a copy of a plain change with marks in its holes, and the number of holes.
func markedChange(c *diff.Change) (m diff.Change, holes int) {
	m, holes = *c, 3 // the user, the scope and the cause
	user := *c.User
	user.ID = marks[theUser]
	m.User = &user
	m.Causes = []diff.Cause{{Base: c.Causes[0].Base, Pos: markedPlace, Why: c.Causes[0].Why}}
	if c.Before != nil {
		m.Before = markedRow(c.Before, marks[userBefore], marks[scopeBefore])
		holes += 4
	}
	if c.After != nil {
		m.After = markedRow(c.After, marks[userAfter], marks[scopeAfter])
		holes += 4
	}
	return m, holes
}

func markedRow(r *policy.Row, user, source string) *policy.Row {
	m, u, v := *r, *r.User, r.Via[0]
	u.ID = user
	v.Scope, v.Pos = &policy.Scope{Path: source}, markedPlace
	m.User, m.Scope, m.Via = &u, &policy.Scope{Path: marks[theScope], Level: r.Scope.Level}, []policy.Via{v}
	return &m
}

// cutTemplate cuts a text at its marks. The last position is that of the cause.
func cutTemplate(text []byte) *template {
	t := &template{}
	last := -1
	for {
		at, h := nextMark(text)
		if at < 0 {
			break
		}
		indent := at - bytes.LastIndexByte(text[:at], '\n') - 1
		if h == placeBefore || h == placeAfter {
			last = len(t.parts)
		}
		t.parts = append(t.parts, templatePart{text[:at], h, indent})
		text = text[at+len(marks[h])+len(`""`):]
	}
	if last >= 0 {
		t.parts[last].hole = placeOfCause
	}
	t.end = text
	return t
}

// nextMark finds the first mark in a text, or returns -1.
func nextMark(text []byte) (at int, found hole) {
	at = -1
	for h, mark := range marks {
		if n := bytes.Index(text, []byte(`"`+mark+`"`)); n >= 0 && (at < 0 || n < at) {
			at, found = n, hole(h)
		}
	}
	return at, found
}

// fill appends a template, with the values of a change in its holes.
func (w *changeWriter) fill(b []byte, t *template, c *diff.Change) []byte {
	for i := range t.parts {
		p := &t.parts[i]
		b = append(b, p.text...)
		switch p.hole {
		case theUser:
			b = w.users[0].append(b, c.User.ID)
		case userBefore:
			b = w.users[1].append(b, c.Before.User.ID)
		case userAfter:
			b = w.users[2].append(b, c.After.User.ID)
		case theScope:
			b = w.scopes[0].append(b, c.Row().Scope.Path)
		case scopeBefore:
			b = w.scopes[1].append(b, c.Before.Via[0].Scope.Path)
		case scopeAfter:
			b = w.scopes[2].append(b, c.After.Via[0].Scope.Path)
		case placeBefore:
			b = w.texts[0].append(b, w.before.places, w.d.Base, c.Before.Via[0].Pos, p.indent)
		case placeAfter:
			b = w.texts[1].append(b, w.after.places, w.d.Head, c.After.Via[0].Pos, p.indent)
		case placeOfCause:
			x := &c.Causes[0]
			if x.Base {
				b = w.texts[2].append(b, w.before.places, w.d.Base, x.Pos, p.indent)
			} else {
				b = w.texts[3].append(b, w.after.places, w.d.Head, x.Pos, p.indent)
			}
		}
	}
	return append(b, t.end...)
}

// lastText caches a JSON string, because the same one often comes several times in a row.
type lastText struct {
	of   string
	text []byte
}

func (l *lastText) append(b []byte, s string) []byte {
	if l.of != s || l.text == nil {
		l.of, l.text = s, append(l.text[:0], SafeJSON(appendQuoted(l.text[:0], s))...)
	}
	return append(b, l.text...)
}

// lastPlace does the same for the fields of a position, a line each.
type lastPlace struct {
	of     policy.Pos
	indent int

	compact, text []byte
}

func (l *lastPlace) append(b []byte, w *placeWriter, p *policy.Policy, pos policy.Pos, indent int) []byte {
	if l.of != pos || l.indent != indent || l.text == nil {
		l.of, l.indent, l.compact = pos, indent, w.append(l.compact[:0], p.Files, pos)
		l.text = appendIndented(l.text[:0], SafeJSON(l.compact), indent)
	}
	return append(b, l.text...)
}
