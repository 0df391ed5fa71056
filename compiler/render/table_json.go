package render

import (
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"permc.dev/permc/compiler/policy"
)

// tableJSONLines writes a row a line.
type tableJSONLines struct{ *Table }

func (t tableJSONLines) head(b []byte) []byte { return b }

func (t tableJSONLines) tail(b []byte) []byte { return b }

func (t tableJSONLines) rows(b []byte, rows []policy.Row) []byte {
	for i := range rows {
		b = append(t.appendRow(b, &rows[i]), '\n')
	}
	return b
}

// tableJSON writes one value with all rows and their inputs.
type tableJSON struct{ *Table }

func (t tableJSON) head(b []byte) []byte {
	c := t.Policy.Catalog
	b = append(b, `{"version":"`+Version+`"`...)
	b = appendField(b, "product", c.Product)
	b = appendField(b, "catalog", c.Version)
	b = appendField(b, "asOf", t.Policy.AsOf.String())
	b = append(b, `,"inputs":[`...)
	n := 0
	for _, f := range t.Policy.Files.All() {
		if f.Shipped {
			continue
		}
		b = appendComma(b, n)
		b = append(b, "\n{\"file\":"...)
		b = appendQuoted(b, f.Name)
		b = appendField(b, "sha256", f.Hash())
		b = append(b, '}')
		n++
	}
	return append(b, "\n],\"rows\":["...)
}

// rows puts a comma before each row. Writer drops the first one, so that users can be rendered separately.
func (t tableJSON) rows(b []byte, rows []policy.Row) []byte {
	for i := range rows {
		b = t.appendRow(append(b, ',', '\n'), &rows[i])
	}
	return b
}

func (t tableJSON) tail(b []byte) []byte {
	b = append(b, "\n],\"rejected\":["...)
	n, omitted, of := 0, 0, map[*policy.Entry]int{}
	for _, x := range t.Policy.Rejections() {
		if f := t.Filter; f != (Filter{}) && !f.matchRejected(&x) {
			continue
		}
		if of[x.Entry]++; of[x.Entry] > mostAtPlace {
			omitted++
			continue
		}
		b = appendComma(b, n)
		b = append(b, "\n{\"rule\":"...)
		b = appendQuoted(b, x.Fault.String())
		if x.User != nil {
			b = appendField(b, "user", x.User.ID)
		}
		if x.Group != nil {
			b = appendField(b, "group", x.Group.ID)
		}
		if x.Role != nil {
			b = appendField(b, "role", x.Role.ID)
		} else {
			b = appendField(b, "permission", x.Permission.ID)
		}
		b = appendField(b, "scope", x.Scope.Path)
		b = t.appendPosition(b, x.Pos)
		b = append(b, '}')
		n++
	}
	b = append(b, "\n]"...)
	if omitted > 0 {
		b = strconv.AppendInt(append(b, `,"rejectedOmitted":`...), int64(omitted), 10)
	}
	if list := listCorrections(t.Policy); len(list) > 0 {
		text, _ := json.Marshal(list) // plain structs of text cannot fail
		b = append(append(b, ",\"corrections\":"...), text...)
	}
	return append(b, "}\n"...)
}

func (f *Filter) matchRejected(x *policy.Rejected) bool {
	return (f.User == "" || x.User != nil && f.User == x.User.ID) &&
		(f.Affiliation == "" || x.User != nil && f.Affiliation == x.User.Affiliation) &&
		(f.Scope == nil || x.Scope.Within(f.Scope)) &&
		(f.Permission == nil || f.Permission == x.Permission) &&
		(f.Action == "" || x.Permission != nil && x.Actions&x.Permission.Set(f.Action) != 0) && (f.Role == nil ||
		f.Role == x.Role)
}

func appendComma(b []byte, n int) []byte {
	if n > 0 {
		return append(b, ',')
	}
	return b
}

func appendQuoted(b []byte, s string) []byte {
	if isBare(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	b, _ = jsontext.AppendQuote(b, s) // text is UTF-8: it was checked when read
	return b
}

// isBare reports whether a text needs no escapes in JSON, like nearly all. It looks at eight bytes at a time.
func isBare(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if unprintable(w)|zeroBytes(w^ones*'"')|zeroBytes(w^ones*'\\') != 0 {
			return false
		}
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// appendField appends a non-empty string field that is not the first.
func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return appendQuoted(b, value)
}

func appendStrings(b []byte, name string, values []string) []byte {
	b = append(append(append(b, `,"`...), name...), `":[`...)
	for i, v := range values {
		b = appendQuoted(appendComma(b, i), v)
	}
	return append(b, ']')
}

func (t *Table) appendRow(b []byte, r *policy.Row) []byte {
	b = append(b, `{"user":`...)
	b = appendQuoted(b, r.User.ID)
	b = appendField(b, "status", r.User.Status())
	b = appendField(b, "affiliation", r.User.Affiliation)
	b = appendField(b, "scope", r.Scope.Path)
	b = appendField(b, "level", t.Policy.Catalog.Levels[r.Scope.Level])
	b = appendField(b, "permission", r.Permission.ID)
	b = appendField(b, "sensitivity", r.Sensitivity())
	b = appendStrings(b, "actions", r.Permission.Names(r.Actions))
	if len(r.Withheld) > 0 {
		b = append(b, `,"withheld":[`...)
		for i, w := range r.Withheld {
			b = append(appendComma(b, i), `{"action":`...)
			b = appendQuoted(b, w.Action)
			b = append(appendField(b, "rule", w.Rule.ID), '}')
		}
		b = append(b, ']')
	}
	b = appendField(b, "access", NameAccess(r))
	if len(r.Permission.ConditionIDs) > 0 {
		b = appendStrings(b, "conditions", r.Permission.ConditionIDs)
	}
	b = appendField(b, "expires", r.Ends.String())
	b = appendField(b, "confidence", r.Confidence().String())
	if r.Mixed() {
		b = appendByAction(b, r)
	}
	via, more := r.Leading()
	if t.whole {
		via, more = r.Via, r.More
	}
	b = append(b, `,"via":[`...)
	for i := range via {
		b = t.appendVia(appendComma(b, i), r, &via[i])
	}
	b = appendOmitted(append(b, ']'), more)
	if len(t.Policy.External) > 0 {
		if list := r.External(); len(list) > 0 {
			b = appendExternal(append(b, ','), list)
		}
	}
	return append(b, '}')
}

// appendByAction appends the access and the expiry of each part of a mixed row, because one value for the whole row
// would be wrong for some actions.
func appendByAction(b []byte, r *policy.Row) []byte {
	b = append(b, `,"byAction":[`...)
	parts := r.Parts()
	for i := range parts {
		p := &parts[i]
		b = append(appendComma(b, i), `{"access":"`...)
		b = append(append(b, NameAccess(p)...), '"')
		b = append(appendField(appendStrings(b, "actions", p.Permission.Names(p.Actions)), "expires", p.Ends.String()),
			'}')
	}
	return append(b, ']')
}

// appendOmitted appends the number of further sources, if any.
func appendOmitted(b []byte, more int) []byte {
	if more == 0 {
		return b
	}
	return strconv.AppendInt(append(b, `,"viaOmitted":`...), int64(more), 10)
}

func (t *Table) appendVia(b []byte, r *policy.Row, v *policy.Via) []byte {
	b = append(b, `{"kind":`...)
	b = appendQuoted(b, v.Kind.String())
	if v.Role != nil {
		b = appendField(b, "role", v.Role.ID)
	}
	if v.From != nil {
		b = appendField(b, "from", v.From.ID)
	}
	b = t.appendGroup(b, r.User, v.Group)
	if v.Implier != nil {
		b = appendField(b, "permission", v.Implier.ID)
	}
	b = appendField(b, "scope", v.Scope.Path)
	b = appendStrings(b, "actions", r.Permission.Names(v.Actions))
	b = appendField(b, "access", v.Records.String())
	b = appendField(b, "expires", v.Ends.String())
	return append(t.appendPosition(b, v.Pos), '}')
}

// appendGroup appends the group of a source and, if it is nested, the groups through which the user is in it.
func (t *Table) appendGroup(b []byte, u *policy.User, g *policy.Group) []byte {
	if g == nil {
		return b
	}
	b = appendField(b, "group", g.ID)
	if !g.Nests {
		return b
	}
	if list := t.ways.into(u, g); len(list) > 0 {
		b = appendStrings(b, "through", list)
	}
	return b
}

// wayNames names the groups through which one user after the other is in groups.
type wayNames struct {
	user   *policy.User
	finder policy.WayFinder
	known  map[*policy.Group][]string
}

// start begins with another user, who may have the memory of the last one.
func (w *wayNames) start(u *policy.User) {
	w.user = u
	w.finder.Of(u)
	if len(w.known) > 0 {
		w.known = nil
	}
}

// into returns the groups through which a user is in another one. Without ways nothing is kept.
func (w *wayNames) into(u *policy.User, g *policy.Group) []string {
	if w == nil {
		path, _ := u.PathTo(g)
		return innerIDs(path)
	}
	if w.user != u {
		w.start(u)
	}
	list, known := w.known[g]
	if !known {
		if w.known == nil {
			w.known = map[*policy.Group][]string{}
		}
		path, _ := w.finder.Into(g)
		list = innerIDs(path)
		w.known[g] = list
	}
	return list
}

func (t *Table) appendPosition(b []byte, pos policy.Pos) []byte {
	return append(t.places.append(append(b, `,"position":{`...), t.Policy.Files, pos), '}')
}

// placeWriter writes positions, and caches the last one: rows of one entry are adjacent.
type placeWriter struct {
	finder policy.Finder
	pos    policy.Pos
	text   []byte // of the last position
}

// append appends the fields of a position. Without a writer nothing is cached.
func (w *placeWriter) append(b []byte, files *policy.Files, pos policy.Pos) []byte {
	if w == nil {
		return appendPlace(b, files.Position(pos))
	}
	if w.pos != pos || w.text == nil {
		w.pos, w.text = pos, appendPlace(w.text[:0], w.finder.Position(files, pos))
	}
	return append(b, w.text...)
}

func appendPlace(b []byte, at policy.Position) []byte {
	b = appendQuoted(append(b, `"file":`...), at.File)
	for _, n := range [...]struct {
		name  string
		value int
	}{{"line", at.Line}, {"column", at.Column}, {"endLine", at.EndLine}, {"endColumn", at.EndColumn}} {
		b = append(append(append(b, `,"`...), n.name...), `":`...)
		b = strconv.AppendInt(b, int64(n.value), 10)
	}
	return b
}
