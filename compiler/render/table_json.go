package render

import (
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"permc.dev/permc/compiler/policy"
)

// tableJSONLines is a row a line.
type tableJSONLines struct{ *Table }

func (t tableJSONLines) head(b []byte) []byte { return b }

func (t tableJSONLines) tail(b []byte) []byte { return b }

func (t tableJSONLines) rows(b []byte, rows []policy.Row) []byte {
	for i := range rows {
		b = append(t.appendRow(b, &rows[i]), '\n')
	}
	return b
}

// tableJSON is one value with all rows and what they were made from.
type tableJSON struct{ *Table }

func (t tableJSON) head(b []byte) []byte {
	c := t.Policy.Catalog
	b = append(b, `{"version":"`+Version+`"`...)
	b = field(b, "product", c.Product)
	b = field(b, "catalog", c.Version)
	b = field(b, "asOf", t.Policy.AsOf.String())
	b = append(b, `,"inputs":[`...)
	n := 0
	for _, f := range t.Policy.Files.All() {
		if f.Shipped {
			continue
		}
		b = comma(b, n)
		b = append(b, "\n{\"file\":"...)
		b = quote(b, f.Name)
		b = field(b, "sha256", f.Hash())
		b = append(b, '}')
		n++
	}
	return append(b, "\n],\"rows\":["...)
}

// rows puts a comma in front of each; Writer takes the first away, so that
// users can be rendered apart.
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
		b = comma(b, n)
		b = append(b, "\n{\"rule\":"...)
		b = quote(b, x.Fault.String())
		if x.User != nil {
			b = field(b, "user", x.User.ID)
		}
		if x.Group != nil {
			b = field(b, "group", x.Group.ID)
		}
		if x.Role != nil {
			b = field(b, "role", x.Role.ID)
		} else {
			b = field(b, "permission", x.Permission.ID)
		}
		b = field(b, "scope", x.Scope.Path)
		b = t.appendPosition(b, x.Pos)
		b = append(b, '}')
		n++
	}
	b = append(b, "\n]"...)
	if omitted > 0 {
		b = strconv.AppendInt(append(b, `,"rejectedOmitted":`...), int64(omitted), 10)
	}
	if list := corrections(t.Policy); len(list) > 0 {
		text, _ := json.Marshal(list) // plain structs of text
		b = append(append(b, ",\"corrections\":"...), text...)
	}
	return append(b, "}\n"...)
}

func (f *Filter) matchRejected(x *policy.Rejected) bool {
	return (f.User == "" || x.User != nil && f.User == x.User.ID) &&
		(f.Affiliation == "" || x.User != nil && f.Affiliation == x.User.Affiliation) &&
		(f.Scope == nil || x.Scope.Within(f.Scope)) &&
		(f.Permission == nil || f.Permission == x.Permission) && (f.Role == nil || f.Role == x.Role)
}

func comma(b []byte, n int) []byte {
	if n > 0 {
		return append(b, ',')
	}
	return b
}

func quote(b []byte, s string) []byte {
	if bare(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	b, _ = jsontext.AppendQuote(b, s) // text is UTF-8: it was checked when read
	return b
}

// bare reports whether a text needs no escapes in JSON, as nearly all do.
func bare(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// field appends a string field that is not the first, unless it is empty.
func field(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return quote(b, value)
}

func list(b []byte, name string, values []string) []byte {
	b = append(append(append(b, `,"`...), name...), `":[`...)
	for i, v := range values {
		b = quote(comma(b, i), v)
	}
	return append(b, ']')
}

func (t *Table) appendRow(b []byte, r *policy.Row) []byte {
	b = append(b, `{"user":`...)
	b = quote(b, r.User.ID)
	b = field(b, "status", r.User.Status())
	b = field(b, "affiliation", r.User.Affiliation)
	b = field(b, "scope", r.Scope.Path)
	b = field(b, "level", t.Policy.Catalog.Levels[r.Scope.Level])
	b = field(b, "permission", r.Permission.ID)
	b = field(b, "sensitivity", r.Permission.Sensitivity)
	b = list(b, "actions", r.Permission.Names(r.Actions))
	if len(r.Withheld) > 0 {
		b = append(b, `,"withheld":[`...)
		for i, w := range r.Withheld {
			b = append(comma(b, i), `{"action":`...)
			b = quote(b, w.Action)
			b = append(field(b, "rule", w.Rule.ID), '}')
		}
		b = append(b, ']')
	}
	b = field(b, "access", NameAccess(r))
	if len(r.Permission.ConditionIDs) > 0 {
		b = list(b, "conditions", r.Permission.ConditionIDs)
	}
	b = field(b, "expires", r.Ends.String())
	b = field(b, "confidence", r.Confidence().String())
	if r.Mixed() {
		b = appendByAction(b, r)
	}
	via, more := r.Leading()
	if t.whole {
		via, more = r.Via, r.More
	}
	b = append(b, `,"via":[`...)
	for i := range via {
		b = t.appendVia(comma(b, i), r, &via[i])
	}
	return append(appendOmitted(append(b, ']'), more), '}')
}

// appendByAction appends the access and the end of each part of a row that is
// written as one: the wider and the later of them say too much of the others.
func appendByAction(b []byte, r *policy.Row) []byte {
	b = append(b, `,"byAction":[`...)
	parts := r.Parts()
	for i := range parts {
		p := &parts[i]
		b = append(comma(b, i), `{"access":"`...)
		b = append(append(b, NameAccess(p)...), '"')
		b = append(field(list(b, "actions", p.Permission.Names(p.Actions)), "expires", p.Ends.String()), '}')
	}
	return append(b, ']')
}

// appendOmitted appends how many sources are left out, if any are.
func appendOmitted(b []byte, more int) []byte {
	if more == 0 {
		return b
	}
	return strconv.AppendInt(append(b, `,"viaOmitted":`...), int64(more), 10)
}

func (t *Table) appendVia(b []byte, r *policy.Row, v *policy.Via) []byte {
	b = append(b, `{"kind":`...)
	b = quote(b, v.Kind.String())
	if v.Role != nil {
		b = field(b, "role", v.Role.ID)
	}
	if v.From != nil {
		b = field(b, "from", v.From.ID)
	}
	if v.Group != nil {
		b = field(b, "group", v.Group.ID)
	}
	if v.Implier != nil {
		b = field(b, "permission", v.Implier.ID)
	}
	b = field(b, "scope", v.Scope.Path)
	b = list(b, "actions", r.Permission.Names(v.Actions))
	b = field(b, "access", v.Records.String())
	b = field(b, "expires", v.Ends.String())
	return append(t.appendPosition(b, v.Pos), '}')
}

func (t *Table) appendPosition(b []byte, pos policy.Pos) []byte {
	return append(t.places.append(append(b, `,"position":{`...), t.Policy.Files, pos), '}')
}

// placeWriter writes places. The one that it wrote last is written again as it is:
// rows that come through one entry stand side by side.
type placeWriter struct {
	finder policy.Finder
	pos    policy.Pos
	text   []byte // of that place
}

// append appends the fields of a place. Without a writer they are found anew.
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
	b = quote(append(b, `"file":`...), at.File)
	for _, n := range [...]struct {
		name  string
		value int
	}{{"line", at.Line}, {"column", at.Column}, {"endLine", at.EndLine}, {"endColumn", at.EndColumn}} {
		b = append(append(append(b, `,"`...), n.name...), `":`...)
		b = strconv.AppendInt(b, int64(n.value), 10)
	}
	return b
}
