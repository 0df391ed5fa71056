package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Table renders the rows of a policy in one format, user by user.
type Table struct {
	Policy *policy.Policy
	Filter Filter
	Style  Style
	whole  bool         // all sources of a row are written in JSON, however many
	places *placeWriter // of one goroutine, or nil
	format
}

type format interface {
	head(b []byte) []byte
	rows(b []byte, rows []policy.Row) []byte
	tail(b []byte) []byte
}

// TableFormats are the formats of tables.
var TableFormats = []string{"text", "csv", "json", "jsonl", "markdown"}

// ReviewCSV is CSV with the columns of a review.
const ReviewCSV = "review-csv"

// NewTable returns a renderer for one of TableFormats, or ReviewCSV.
func NewTable(p *policy.Policy, name string, filter Filter, style Style) *Table {
	t := &Table{Policy: p, Filter: filter, Style: style}
	switch name {
	case "csv":
		t.format = tableCSV{t}
	case ReviewCSV:
		t.format = reviewCSV{tableCSV{t}, filter.Made(p).String()}
	case "json":
		t.format = tableJSON{t}
	case "jsonl":
		t.format = tableJSONLines{t}
	case "markdown":
		t.format = tableMarkdown{t}
	default:
		t.format = tableText{t}
	}
	return t
}

// Head appends what stands before all rows, Tail what stands after.
func (t *Table) Head(b []byte) []byte { return t.throughDoor(b, t.head) }

// Tail appends what stands after all rows.
func (t *Table) Tail(b []byte) []byte { return t.throughDoor(b, t.tail) }

// throughDoor appends what a function does, as the format has to write it.
func (t *Table) throughDoor(b []byte, add func([]byte) []byte) []byte {
	start := len(b)
	b = add(b)
	switch t.format.(type) {
	case tableJSON, tableJSONLines:
		return append(b[:start], SafeJSON(b[start:])...)
	case tableCSV, reviewCSV:
		return append(b[:start], safeCSV(b[start:])...)
	}
	return b
}

// User returns a function that appends the rows of one user that pass the
// filter. Each goroutine uses its own.
func (t *Table) User() func(b []byte, a *policy.Access) []byte {
	rows := t.rows
	switch csv := t.format.(type) {
	case tableCSV:
		rows = csv.worker().rows
	case reviewCSV:
		rows = csv.worker()
	}
	return func(b []byte, a *policy.Access) []byte {
		return t.throughDoor(b, func(b []byte) []byte { return rows(b, t.Filter.Rows(a.Rows)) })
	}
}

// Writer returns a function that writes the buffers that User filled, in order.
func (t *Table) Writer(w io.Writer) func([]byte) error {
	_, separated := t.format.(tableJSON)
	return func(b []byte) error {
		if separated {
			b, separated = b[len(","):], false
		}
		_, err := w.Write(b)
		return err
	}
}

// Filter selects rows; what is empty selects all.
type Filter struct {
	User, Affiliation string
	Scope             *policy.Scope // with its subtree
	Permission        *policy.Permission
	Role              *policy.Role
}

func (f *Filter) rows(rows []policy.Row) []policy.Row {
	if *f == (Filter{}) {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r policy.Row) bool { return !f.match(&r) })
}

func (f *Filter) match(r *policy.Row) bool {
	return (f.User == "" || policy.Fold(f.User) == policy.Fold(r.User.ID)) &&
		(f.Affiliation == "" || f.Affiliation == r.User.Affiliation) &&
		(f.Scope == nil || r.Scope.Within(f.Scope)) &&
		(f.Permission == nil || f.Permission == r.Permission) &&
		(f.Role == nil || slices.ContainsFunc(r.Via, func(v policy.Via) bool { return v.Through(r, f.Role) }))
}

func access(r *policy.Row) string {
	if r.Own {
		return "own"
	}
	return "all"
}

// via is a source in one word: kind:name@scope, then what it came through.
func (t *Table) vias(r *policy.Row) (list []string) {
	via, more := r.Leading()
	for i := range via {
		list = append(list, string(appendVia(nil, r, &via[i])))
	}
	if more > 0 {
		list = append(list, string(appendMore(nil, more)))
	}
	return list
}

// appendMore appends how many sources are left out, in the manner of one.
func appendMore(b []byte, more int) []byte {
	return strconv.AppendInt(append(b, "more:"...), int64(more), 10)
}

func appendVia(b []byte, r *policy.Row, v *policy.Via) []byte {
	b = append(b, v.Kind.String()...)
	switch {
	case v.Implier != nil:
		b = append(append(b, ':'), v.Implier.ID...)
	case v.Role != nil:
		b = append(append(b, ':'), v.Role.ID...)
	}
	b = append(append(b, '@'), v.Scope.Path...)
	if v.Implier != nil && v.Role != nil {
		b = append(append(b, "<role:"...), v.Role.ID...)
	}
	if v.From != nil {
		b = append(append(b, "<role:"...), v.From.ID...)
	}
	if v.Group != nil {
		b = append(append(b, "<group:"...), v.Group.ID...)
	}
	return b
}

// tableText is the table for people: a block a user, a line a row.
type tableText struct{ *Table }

func (t tableText) head(b []byte) []byte { return b }

func (t tableText) tail(b []byte) []byte {
	for _, line := range correctionLines(t.Policy) {
		b = append(append(b, line...), '\n')
	}
	return b
}

func (t tableText) rows(b []byte, rows []policy.Row) []byte {
	if len(rows) == 0 {
		return b
	}
	b = append(b, t.Style.bold(Safe(rows[0].User.ID))...)
	b = append(b, t.Style.dim(about(rows[0].User))...)
	b = append(b, '\n')
	name, actions := 0, 0
	for i := range rows {
		name, actions = max(name, len(rows[i].Permission.ID)), max(actions, len(actionText(&rows[i])))
	}
	if !t.severalActions() {
		actions = 0
	}
	for i := range rows {
		r := &rows[i]
		if i == 0 || rows[i-1].Scope != r.Scope {
			b = fmt.Appendf(b, "  %s %s\n", t.Style.cyan(r.Scope.Path), t.Style.dim("("+t.Policy.Catalog.Levels[r.Scope.Level]+")"))
		}
		b = fmt.Appendf(b, "    %s  ", pad(r.Permission.ID, name))
		if actions > 0 {
			b = fmt.Appendf(b, "%s  ", pad(actionText(r), actions))
		}
		b = append(b, sources(r)...)
		for _, mark := range t.marks(r) {
			b = append(append(b, "; "...), mark...)
		}
		b = append(b, '\n')
	}
	return append(b, '\n')
}

// severalActions reports whether actions are worth a column.
func (t *Table) severalActions() bool {
	return slices.ContainsFunc(t.Policy.Catalog.Permissions, func(p *policy.Permission) bool { return len(p.Actions) > 1 })
}

// about is what a reader should know of the user beside the id.
func about(u *policy.User) string {
	var parts []string
	for _, s := range []string{Safe(u.Name), u.Affiliation} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if u.Invited {
		parts = append(parts, "invited")
	}
	if len(parts) == 0 {
		return ""
	}
	return "  " + strings.Join(parts, ", ")
}

func actionText(r *policy.Row) string {
	if !r.Held() {
		return "-"
	}
	return strings.Join(r.Permission.Names(r.Actions), ", ")
}

// sources are where a row comes from, each said once.
func sources(r *policy.Row) string {
	var list []string
	via, more := r.Leading()
	for i := range via {
		if s := sourceText(r, &via[i]); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	if more > 0 {
		list = append(list, strconv.Itoa(more)+" more")
	}
	return strings.Join(list, " + ")
}

func sourceText(r *policy.Row, v *policy.Via) (s string) {
	switch v.Kind {
	case policy.FromGrant, policy.FromGroupGrant:
		s = "grant"
	case policy.FromDerived:
		s = "derived"
	case policy.FromImplied:
		s = "implied by " + v.Implier.ID
		if v.Role != nil {
			s += " of " + v.Role.ID
		}
	case policy.FromDefaultRole:
		s = v.Role.ID + " by default"
	default:
		s = v.Role.ID
	}
	if v.From != nil {
		s += ", included in " + v.From.ID
	}
	if v.Scope != r.Scope {
		s += " on " + v.Scope.Path
	}
	if v.Group != nil {
		s += " (group " + v.Group.ID + ")"
	}
	if v.Own && !r.Own {
		s += " (own records)"
	}
	return s
}

// marks are what is special about a row.
func (t tableText) marks(r *policy.Row) (list []string) {
	var rules []string
	by := map[string][]string{}
	for _, w := range r.Withheld {
		if by[w.Rule.ID] == nil {
			rules = append(rules, w.Rule.ID)
		}
		by[w.Rule.ID] = append(by[w.Rule.ID], w.Action)
	}
	for _, id := range rules {
		list = append(list, t.Style.yellow(strings.Join(by[id], ", ")+" withheld")+" by "+id)
	}
	if r.Own {
		list = append(list, "own records only")
	}
	for _, c := range r.Permission.ConditionIDs {
		list = append(list, "if "+c)
	}
	if r.Ends != 0 {
		list = append(list, t.Style.yellow("until "+r.Ends.String()))
	}
	return list
}
