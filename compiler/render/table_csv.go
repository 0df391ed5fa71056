package render

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/internal/formula"
	"permc.dev/permc/compiler/policy"
)

// tableCSV writes a line for each row.
type tableCSV struct{ *Table }

func (t tableCSV) head(b []byte) []byte {
	b = append(b, "user,status,affiliation,scope,level,permission,actions,withheld,access,"+
		"conditions,via,expires,position,confidence"...)
	if len(t.Policy.External) > 0 {
		b = append(b, ","+externalColumn...)
	}
	return append(b, '\n')
}

func (t tableCSV) tail(b []byte) []byte { return b }

func (t tableCSV) rows(b []byte, rows []policy.Row) []byte { return t.worker().rows(b, rows) }

func (t tableCSV) worker() *csvWorker {
	return &csvWorker{Table: t.Table, permissions: make([]csvPermission, len(t.Policy.Catalog.Permissions)),
		plain: hasPlainNames(t.Policy)}
}

// hasPlainNames reports whether no role, permission, group or scope has an id that needs quotes, as in most projects.
// Then rows need not be searched for such names.
func hasPlainNames(p *policy.Policy) bool {
	for _, s := range p.Scopes {
		if !isPlainName(s.Path) {
			return false
		}
	}
	for _, g := range p.Groups {
		if !isPlainName(g.ID) {
			return false
		}
	}
	for _, r := range p.Catalog.Roles {
		if !isPlainName(r.ID) {
			return false
		}
	}
	for _, x := range p.Catalog.Permissions {
		if !isPlainName(x.ID) {
			return false
		}
	}
	return true
}

// isPlainName reports whether a name needs no quotes, alone or between others that need none: blanks and letters that
// are not ASCII could matter at its ends.
func isPlainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c >= utf8.RuneSelf {
			return false
		}
	}
	return plainCSV(name) && !strings.ContainsAny(name, viaSigns)
}

// csvWorker writes lines for one goroutine, and caches their common parts.
type csvWorker struct {
	*Table
	permissions []csvPermission     // by index, filled on first use
	tails       [64]csvTail         // of sources that rows of the same user share, by a hash
	long        map[longTail][]byte // of one user
	at          policy.Finder
	file        string // the last file that needs no quotes
	forReview   bool   // without the confidence, which reviewers do not need
	plain       bool   // no name in the policy needs quotes, neither as a field nor in a source
}

// csvPermission has the fields that all rows of a permission share.
type csvPermission struct {
	id, actions, conditions, whole string
	some                           csvActions
}

// csvActions are the fields of actions and of withheld ones of the last row of a permission that had not all.
type csvActions struct {
	actions  policy.Actions
	withheld []policy.Withheld
	text     []byte
}

// of returns the fields of a row.
func (x *csvActions) of(r *policy.Row) []byte {
	if x.text == nil || x.actions != r.Actions || !slices.Equal(x.withheld, r.Withheld) {
		x.actions, x.withheld = r.Actions, append(x.withheld[:0], r.Withheld...)
		x.text = append(appendCSV(x.text[:0], policy.JoinNames(r.Permission.Names(r.Actions), ";")), ',')
		x.text = append(appendWithheld(x.text, r), ',')
	}
	return x.text
}

// csvTail is a line from the sources on, if there are few.
type csvTail struct {
	vias [mostShared]policy.Via
	n    int
	ends policy.Date
	sure policy.Confidence
	text []byte
}

// mostShared limits the sources of a row whose tail is kept for others.
const mostShared = 3

func (w *csvWorker) rows(b []byte, rows []policy.Row) []byte {
	if len(rows) == 0 {
		return b
	}
	clear(w.long)
	u := rows[0].User
	start := len(b)
	b = append(appendCSV(b, u.ID), ',')
	b = append(append(b, u.Status()...), ',')
	b = append(append(b, u.Affiliation...), ',')
	who := len(b) - start
	where := who // the user, the scope and its level
	for i := range rows {
		r := &rows[i]
		if i > 0 && r.Scope == rows[i-1].Scope {
			b = append(b, b[start:start+where]...)
		} else {
			if i > 0 {
				next := len(b)
				b = append(b, b[start:start+who]...)
				start = next
			}
			b = append(w.appendScope(b, r.Scope), ',')
			b = append(append(b, w.Policy.Catalog.Levels[r.Scope.Level]...), ',')
			where = len(b) - start
		}
		b = w.row(b, r)
		if len(w.Policy.External) > 0 && !w.forReview {
			b = appendExternalCSV(append(b[:len(b)-len("\n")], ','), r.External())
			b = append(b, '\n')
		}
	}
	return b
}

func (w *csvWorker) appendScope(b []byte, s *policy.Scope) []byte {
	if w.plain {
		return append(b, s.Path...)
	}
	return appendCSV(b, s.Path)
}

// row appends a line from the permission on.
func (w *csvWorker) row(b []byte, r *policy.Row) []byte {
	p := w.permission(r.Permission)
	if r.Actions == r.Permission.All() && len(r.Withheld) == 0 && r.Records == policy.AllRecords {
		b = append(b, p.whole...)
	} else {
		b = append(b, p.id...)
		b = append(b, p.some.of(r)...)
		b = append(append(b, NameAccess(r)...), ',')
		b = append(b, p.conditions...)
	}
	if len(r.Via) <= mostShared && r.More == 0 {
		return append(b, w.tail(r)...)
	}
	if len(r.Via) >= policy.Long {
		return append(b, w.longTail(r)...)
	}
	return w.appendTail(b, r)
}

// longTail is what the tail of a row with many sources depends on.
type longTail struct {
	sources policy.ViaList
	more    int
	ends    policy.Date
	actions policy.Actions // those that are left tell how sure the row is
}

// longTail returns the tail of a row with many sources, which rows of one user may share.
func (w *csvWorker) longTail(r *policy.Row) []byte {
	x := longTail{r.List(), r.More, r.Ends, r.Actions}
	text, known := w.long[x]
	if !known {
		text = w.appendTail(nil, r)
		if w.long == nil {
			w.long = map[longTail][]byte{}
		}
		w.long[x] = text
	}
	return text
}

// tail returns the tail of a row with few sources, which most rows share with others.
func (w *csvWorker) tail(r *policy.Row) []byte {
	sure := r.Confidence()
	x := &w.tails[hashTail(r, sure)%uint32(len(w.tails))]
	if x.n != len(r.Via) || x.ends != r.Ends || x.sure != sure || !x.ofSame(r.Via) {
		x.n, x.ends, x.sure = copy(x.vias[:], r.Via), r.Ends, sure
		x.text = w.appendTail(x.text[:0], r)
	}
	return x.text
}

// hashTail returns a hash of what tells the tails of one user apart: one entry gives what a role has, and what that
// implies, with the confidence of each.
func hashTail(r *policy.Row, sure policy.Confidence) uint32 {
	v := &r.Via[0]
	hash := uint32(v.Pos.Off)*31 + uint32(v.Scope.Index)*7 + uint32(v.Kind) + uint32(sure)*17 + uint32(r.Ends)*5
	if v.Role != nil {
		hash += uint32(v.Role.Index) * 13
	}
	if v.Implier != nil {
		hash += uint32(v.Implier.Index) * 11
	}
	if len(r.Via) > 1 {
		hash += uint32(r.Via[1].Pos.Off) * 29
	}
	return hash
}

// ofSame reports whether the tail is that of as many sources, ignoring actions and own records.
func (x *csvTail) ofSame(list []policy.Via) bool {
	for i := range list {
		a, b := &x.vias[i], &list[i]
		if a.Pos != b.Pos || a.Role != b.Role || a.Kind != b.Kind || a.Scope != b.Scope || a.From != b.From ||
			a.Group != b.Group || a.Implier != b.Implier {
			return false
		}
	}
	return true
}

// appendTail appends the sources, the expiry and the position of a row.
func (w *csvWorker) appendTail(b []byte, r *policy.Row) []byte {
	b = append(w.appendVias(b, r), ',')
	if r.Ends != 0 {
		b = r.Ends.Append(b)
	}
	b = append(b, ',')
	b = w.appendPlace(b, r.Via[0].Pos)
	if !w.forReview {
		b = append(append(b, ','), r.Confidence().String()...)
	}
	return append(b, '\n')
}

// appendVias appends the sources as a field.
func (w *csvWorker) appendVias(b []byte, r *policy.Row) []byte {
	start, name := len(b), appendInVia
	if w.plain {
		name = appendRaw
	}
	via, more := r.Leading()
	for j := range via {
		if j > 0 {
			b = append(b, ';')
		}
		b = appendVia(b, &via[j], name)
	}
	if more > 0 {
		b = appendMore(append(b, ';'), more)
	}
	if field := b[start:]; !w.plain && !plainCSV(field) {
		return appendCSV(b[:start], string(field))
	}
	return b
}

func (w *csvWorker) permission(p *policy.Permission) *csvPermission {
	x := &w.permissions[p.Index]
	if x.id == "" {
		*x = csvPermission{id: string(appendCSV(nil, p.ID)) + ",", conditions: strings.Join(p.ConditionIDs, ";") + ",",
			actions: string(appendCSV(nil, policy.JoinNames(p.Actions, ";")))}
		x.whole = x.id + x.actions + ",,all," + x.conditions
	}
	return x
}

// appendPlace appends a position as a field.
func (w *csvWorker) appendPlace(b []byte, pos policy.Pos) []byte {
	at := w.at.Start(w.Policy.Files, pos)
	if at.File != w.file && !plainCSV(at.File) { // quotes go around the whole position
		return appendCSV(b, at.File+":"+strconv.Itoa(at.Line)+":"+strconv.Itoa(at.Column))
	}
	w.file = at.File
	b = strconv.AppendInt(append(append(b, at.File...), ':'), int64(at.Line), 10)
	return strconv.AppendInt(append(b, ':'), int64(at.Column), 10)
}

// appendWithheld appends the actions that deny rules took, each with its rule.
func appendWithheld(b []byte, r *policy.Row) []byte {
	if len(r.Withheld) == 0 {
		return b
	}
	var text []byte
	for i, x := range r.Withheld {
		if i > 0 {
			text = append(text, ';')
		}
		text = append(append(append(text, policy.QuoteIn(x.Action, ",;")...), ':'), x.Rule.ID...)
	}
	return appendCSV(b, string(text))
}

// appendCSV appends a field, in quotes if needed, and as text if a spreadsheet would take it for a formula. It writes
// no line end, so no line can be a command to a build server.
func appendCSV(b []byte, s string) []byte {
	if plainCSV(s) {
		return append(b, s...)
	}
	if s = formula.Escape(Safe(s)); bareCSV(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

// plainCSV reports whether a field needs no change. It looks for rare characters, eight bytes at a time.
func plainCSV[T string | []byte](s T) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	if len(s) > 0 && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\'' || s[0] == ':') {
		return false
	}
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		comma, quote, del := w^(ones*','), w^(ones*'"'), w^(ones*0x7F)
		// The high bit of a byte is set if it is not ASCII, below '!', a comma, a quote or DEL.
		if (w|(w-ones*'!')&^w|(comma-ones)&^comma|(quote-ones)&^quote|(del-ones)&^del)&highs != 0 {
			return plainCSVSlow(string(s))
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c == ',' || c == '"' || c >= 0x7F {
			return plainCSVSlow(string(s))
		}
	}
	return true
}

func plainCSVSlow(s string) bool { return bareCSV(s) && !formula.Like(s) && Safe(s) == s }

// bareCSV reports whether a field needs no quotes. One that begins with :: would be a command in GitHub's logs at the
// start of a line.
func bareCSV(s string) bool {
	return !strings.ContainsAny(s, ",\"\n\r") && s == strings.TrimSpace(s) && !strings.HasPrefix(s, "::")
}
