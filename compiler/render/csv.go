package render

import (
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// tableCSV is a line a row.
type tableCSV struct{ *Table }

func (t tableCSV) head(b []byte) []byte {
	return append(b, "user,status,affiliation,scope,level,permission,actions,withheld,access,conditions,via,expires,position\n"...)
}

func (t tableCSV) tail(b []byte) []byte { return b }

func (t tableCSV) rows(b []byte, rows []policy.Row) []byte { return t.worker().rows(b, rows) }

func (t tableCSV) worker() *csvWorker {
	return &csvWorker{Table: t.Table, permissions: make([]csvPermission, len(t.Policy.Catalog.Permissions))}
}

// csvWorker writes lines for one goroutine and remembers what they have in
// common.
type csvWorker struct {
	*Table
	permissions []csvPermission // by index, filled when they come up
	places      [4]csvPlace     // of the last entries: their rows stand side by side
	next        int
	at          policy.Finder
}

// csvPermission is what every row of a permission says.
type csvPermission struct{ id, actions, conditions string }

type csvPlace struct {
	pos  policy.Pos
	text []byte
}

func (w *csvWorker) rows(b []byte, rows []policy.Row) []byte {
	if len(rows) == 0 {
		return b
	}
	u := rows[0].User
	start := len(b)
	b = append(appendCSV(b, u.ID), ',')
	b = append(append(b, u.Status()...), ',')
	b = append(append(b, u.Affiliation...), ',')
	who := len(b) - start
	for i := range rows {
		if i > 0 {
			b = append(b, b[start:start+who]...)
		}
		b = w.row(b, &rows[i])
	}
	return b
}

// row appends a line from the scope on.
func (w *csvWorker) row(b []byte, r *policy.Row) []byte {
	b = append(append(b, r.Scope.Path...), ',')
	b = append(append(b, w.Policy.Catalog.Levels[r.Scope.Level]...), ',')
	p := w.permission(r.Permission)
	b = append(b, p.id...)
	if r.Actions == r.Permission.All() {
		b = append(b, p.actions...)
	} else {
		b = appendList(b, r.Permission.Names(r.Actions))
	}
	b = append(b, ',')
	for j, x := range r.Withheld {
		if j > 0 {
			b = append(b, ';')
		}
		b = append(append(append(b, x.Action...), ':'), x.Rule.ID...)
	}
	b = append(b, ',')
	b = append(append(b, access(r)...), ',')
	b = append(b, p.conditions...)
	for j := range r.Via {
		if j > 0 {
			b = append(b, ';')
		}
		b = appendVia(b, r, &r.Via[j])
	}
	b = append(b, ',')
	if r.Ends != 0 {
		b = append(b, r.Ends.String()...)
	}
	b = append(b, ',')
	return append(append(b, w.place(r.Via[0].Pos)...), '\n')
}

func (w *csvWorker) permission(p *policy.Permission) *csvPermission {
	x := &w.permissions[p.Index]
	if x.id == "" {
		*x = csvPermission{p.ID + ",", strings.Join(p.Actions, ";"), strings.Join(p.ConditionIDs, ";") + ","}
	}
	return x
}

// place is a position as a field.
func (w *csvWorker) place(pos policy.Pos) []byte {
	for i := range w.places {
		if w.places[i].pos == pos && w.places[i].text != nil {
			return w.places[i].text
		}
	}
	x := &w.places[w.next]
	w.next = (w.next + 1) % len(w.places)
	at := w.at.Position(w.Policy.Files, pos)
	x.pos, x.text = pos, appendCSV(x.text[:0], at.File)
	if n := len(x.text); n > 0 && x.text[n-1] == '"' { // the quotes hold the whole place
		x.text = appendCSV(x.text[:0], at.File+":"+strconv.Itoa(at.Line)+":"+strconv.Itoa(at.Column))
		return x.text
	}
	x.text = strconv.AppendInt(append(x.text, ':'), int64(at.Line), 10)
	x.text = strconv.AppendInt(append(x.text, ':'), int64(at.Column), 10)
	return x.text
}

func appendList(b []byte, list []string) []byte {
	for i, s := range list {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, s...)
	}
	return b
}

// appendCSV appends a field, in quotes where it needs them.
func appendCSV(b []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\n\r") && s == strings.TrimSpace(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
