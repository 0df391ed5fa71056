package html

import (
	"bytes"
	"strconv"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Rows holds everybody's rows as the page's program reads them: one JSON array for each user, of names and flat lists
// of numbers. The numbers are indexes into names; where there may be nothing, they are one more than the index, or 0.
//
//	[id, name, affiliation, waiting, roles, sources, rows, tally, more roles, nested]
//	roles:   role, included in, group, scope, end
//	sources: kind, role, included in, group, implied by, scope, records, end, file, line, column, confidence
//	rows:    scope, how many rows are on it: head …
//	tally:   held, critical, high, of both individually, next end
//	nested:  group, the group in it through which the person is in it
//
// A head is four times the permission. Two more is a row of several sources:
// then comes how many, and each; else the only one. Where more are left out, how
// many is negative, and how many more comes next. One more is a row that does
// not simply have all actions from each source: then the actions left come
// first, what is withheld (how many: action, rule …), and after each source the
// actions that it gives. Actions are a set by bit, in two numbers of 32 bits.
// Where a row ends, whose records it reaches, and how sure it is, follows from
// its sources.
type Rows struct {
	policy *policy.Policy
	pieces [][]byte // of the text, each for an element of the page
}

// NewRows returns rows without a user.
func NewRows(p *policy.Policy) *Rows { return &Rows{policy: p} }

// Worker returns a function that appends the rows of one user. Each goroutine needs its own.
func (r *Rows) Worker() func([]byte, *policy.Access) []byte {
	w := &rowWriter{policy: r.policy, affiliations: map[string]int{}}
	for i, a := range r.policy.Catalog.Affiliations {
		w.affiliations[a.ID.Name] = i + 1
	}
	return w.user
}

// rowsBytes is how much of the rows is in an element. The program reads one after the other, so that the page answers
// meanwhile.
const rowsBytes = 1 << 17

// Write takes the output of workers, in order. An element ends with the first person who ends after rowsBytes.
func (r *Rows) Write(b []byte) error {
	if len(r.pieces) == 0 {
		r.pieces = append(r.pieces, nil)
	}
	for {
		last := &r.pieces[len(r.pieces)-1]
		room := max(rowsBytes-len(*last), 0)
		end := -1
		if room < len(b) {
			end = bytes.Index(b[room:], []byte(",\n"))
		}
		if end < 0 {
			*last = append(*last, b...)
			return nil
		}
		*last = append(*last, b[:room+end]...)
		b = b[room+end:]
		r.pieces = append(r.pieces, make([]byte, 0, rowsBytes+rowsBytes/8))
	}
}

// rowWriter appends rows for one goroutine.
type rowWriter struct {
	policy       *policy.Policy
	affiliations map[string]int
	at           policy.Finder
	sources      []policy.Via       // sources of the user
	numbers      map[policy.Via]int // of the first ones, without actions; see index
	rows         []byte
	alike        map[alike]span // in rows, of the user's rows with many sources
	nested       []int
	ways         policy.WayFinder
	turn         int   // of the user
	askedOf      []int // by the group's index: the turn in which it was last nested
}

// alike is what rows have in common that are written in the same way: they share their sources.
type alike struct {
	sources    policy.ViaList
	permission *policy.Permission
	actions    policy.Actions
	more       int
}

// span is a part of a text.
type span struct{ from, to int }

// waiting returns 1 for somebody invited, 2 for somebody disabled, else 0.
func waiting(u *policy.User) int {
	if u.Disabled {
		return 2
	}
	return flagOf(u.Invited)
}

func (w *rowWriter) user(b []byte, a *policy.Access) []byte {
	w.turn++
	w.ways.Of(a.User)
	b = append(b, ",\n["...)
	b = appendString(b, a.User.ID)
	b = appendString(append(b, ','), a.User.Name)
	b = appendNumber(append(b, ','), w.affiliations[a.User.Affiliation])
	b = appendNumber(append(b, ','), waiting(a.User))
	b = append(b, ",["...)
	roles, more := policy.LeadingRoles(a.Roles)
	for i := range roles {
		h := &roles[i]
		b = appendList(b, i, roleIndex(h.Role)-1, roleIndex(h.From), groupIndex(h.Group), h.Scope.Index, int(h.Ends))
	}
	w.sources, w.numbers, w.rows = w.sources[:0], nil, w.rows[:0]
	clear(w.alike)
	for rows := a.Rows; len(rows) > 0; {
		n := 1
		for n < len(rows) && rows[n].Scope == rows[0].Scope {
			n++
		}
		w.rows = appendList(w.rows, len(w.rows), rows[0].Scope.Index, n)
		for i := range n {
			w.rowOnce(&rows[i])
		}
		rows = rows[n:]
	}
	b = append(b, "],["...)
	for i := range w.sources {
		b = w.source(b, i, &w.sources[i])
	}
	b = append(b, "],["...)
	b = append(append(b, w.rows...), "],["...)
	t := report.TallyOf(w.policy, a)
	b = append(appendList(b, 0, t.Held, t.Critical, t.High, t.Individual, int(t.Next)), ']')
	w.nested = w.nested[:0]
	for i := range w.sources {
		w.nest(w.sources[i].Group)
	}
	for i := range roles {
		w.nest(roles[i].Group)
	}
	if more > 0 || len(w.nested) > 0 {
		b = appendNumber(append(b, ','), more)
	}
	if len(w.nested) > 0 {
		b = append(appendList(append(b, ",["...), 0, w.nested...), ']')
	}
	return append(b, ']')
}

// nest notes through which group a user is in another one, once for each.
func (w *rowWriter) nest(g *policy.Group) {
	if g == nil || !g.Nests {
		return
	}
	if w.askedOf == nil {
		w.askedOf = make([]int, len(w.policy.Groups))
	}
	if w.askedOf[g.Index] == w.turn {
		return
	}
	w.askedOf[g.Index] = w.turn
	if path, _ := w.ways.Into(g); len(path) > 1 {
		w.nested = append(w.nested, groupIndex(g), groupIndex(path[0]))
	}
}

// rowOnce writes a row as row does, or as one before it that is alike.
func (w *rowWriter) rowOnce(r *policy.Row) {
	if len(r.Via) < policy.Long || len(r.Withheld) > 0 {
		w.row(r)
		return
	}
	k := alike{r.List(), r.Permission, r.Actions, r.More}
	if x, ok := w.alike[k]; ok {
		w.rows = append(w.rows, w.rows[x.from:x.to]...)
		return
	}
	from := len(w.rows)
	w.row(r)
	if w.alike == nil {
		w.alike = map[alike]span{}
	}
	w.alike[k] = span{from, len(w.rows)}
}

func (w *rowWriter) row(r *policy.Row) {
	via, more := r.Leading()
	head, several, particular := r.Permission.Index*4, len(via) != 1, !hasAllActions(r)
	if several {
		head += 2
	}
	if particular {
		head++
	}
	b := appendList(w.rows, 1, head)
	if particular {
		b = appendList(b, 1, lowBits(r.Actions), highBits(r.Actions), len(r.Withheld))
		for j := range r.Withheld {
			x := &r.Withheld[j]
			b = appendList(b, 1, actionIndex(r.Permission, x.Action), w.rule(x.Rule))
		}
	}
	switch {
	case more > 0:
		b = appendList(b, 1, -len(via), more)
	case several:
		b = appendList(b, 1, len(via))
	}
	for j := range via {
		v := &via[j]
		b = appendList(b, 1, w.index(v))
		if particular {
			b = appendList(b, 1, lowBits(v.Actions), highBits(v.Actions))
		}
	}
	w.rows = b
}

// hasAllActions reports whether a row has all actions, from each of its sources.
func hasAllActions(r *policy.Row) bool {
	all := r.Permission.All()
	for i := range r.Via {
		if r.Via[i].Actions != all {
			return false
		}
	}
	return r.Actions == all && len(r.Withheld) == 0
}

// fewSources are searched one by one.
const fewSources = 128

// index returns the index of a source among the user's. It searches from the end, because a recent one is most likely
// the same, and looks up those long before.
func (w *rowWriter) index(v *policy.Via) int {
	for i := len(w.sources) - 1; i >= max(0, len(w.sources)-fewSources); i-- {
		if s := &w.sources[i]; s.Pos == v.Pos && s.Role == v.Role && s.Kind == v.Kind && s.Implier == v.Implier &&
			s.Scope == v.Scope &&
			s.From == v.From && s.Group == v.Group && s.Records == v.Records && s.Ends == v.Ends &&
			s.Confidence == v.Confidence {
			return i
		}
	}
	if i, ok := w.numbers[withoutActions(v)]; ok {
		return i
	}
	w.sources = append(w.sources, *v)
	if before := len(w.sources) - 1 - fewSources; before >= 0 {
		if w.numbers == nil {
			w.numbers = map[policy.Via]int{}
		}
		w.numbers[withoutActions(&w.sources[before])] = before
	}
	return len(w.sources) - 1
}

func withoutActions(v *policy.Via) policy.Via {
	x := *v
	x.Actions = 0
	return x
}

func (w *rowWriter) source(b []byte, i int, v *policy.Via) []byte {
	at := w.at.Start(w.policy.Files, v.Pos)
	implier := 0
	if v.Implier != nil {
		implier = v.Implier.Index + 1
	}
	return appendList(b, i, int(v.Kind), roleIndex(v.Role), roleIndex(v.From), groupIndex(v.Group), implier,
		v.Scope.Index,
		int(v.Records), int(v.Ends), int(v.Pos.File), at.Line, at.Column, int(v.Confidence))
}

func (w *rowWriter) rule(r *policy.Rule) int {
	for i, d := range w.policy.Denies {
		if d == r {
			return i
		}
	}
	return -1
}

func actionIndex(p *policy.Permission, action string) int {
	for i, a := range p.Actions {
		if a == action {
			return i
		}
	}
	return -1
}

func roleIndex(r *policy.Role) int {
	if r == nil {
		return 0
	}
	return r.Index + 1
}

func groupIndex(g *policy.Group) int {
	if g == nil {
		return 0
	}
	return g.Index + 1
}

func flagOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

func lowBits(set policy.Actions) int { return int(uint32(set)) }

func highBits(set policy.Actions) int { return int(set >> 32) }

func appendNumber(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

// appendList appends the i-th short list of numbers.
func appendList(b []byte, i int, numbers ...int) []byte {
	for j, n := range numbers {
		if i+j > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, n)
	}
	return b
}

// appendString appends a JSON string in which nothing can end its element of the page or hide text order.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, c := range []byte(render.Safe(s)) {
		if c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		} else {
			b = append(b, c)
		}
	}
	return append(b, '"')
}
