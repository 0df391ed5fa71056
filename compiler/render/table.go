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
	whole  bool         // JSON lists all sources of a row, however many
	places *placeWriter // of one goroutine, or nil
	ways   *wayNames    // likewise
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

// Head appends the text before all rows.
func (t *Table) Head(b []byte) []byte { return t.throughDoor(b, t.head) }

// Tail appends the text after all rows.
func (t *Table) Tail(b []byte) []byte { return t.throughDoor(b, t.tail) }

// throughDoor appends the output of add, made safe for the format.
func (t *Table) throughDoor(b []byte, add func([]byte) []byte) []byte {
	start := len(b)
	b = add(b)
	switch t.format.(type) {
	case tableJSON, tableJSONLines:
		return append(b[:start], SafeJSON(b[start:])...)
	case tableCSV, reviewCSV:
		if text := b[start:]; mayBreak(text) {
			return append(b[:start], safeCSV(text)...)
		}
	}
	return b
}

// User returns a function that appends the rows of one user that pass the filter. Each goroutine needs its own.
func (t *Table) User() func(b []byte, a *policy.Access) []byte {
	rows, start := t.rows, func(*policy.User) {}
	switch f := t.format.(type) {
	case tableCSV:
		rows = f.worker().rows
	case reviewCSV:
		rows = f.worker()
	case tableMarkdown:
		rows = f.worker()
	case tableJSON:
		own := t.withWays()
		rows, start = tableJSON{own}.rows, own.ways.start
	case tableJSONLines:
		own := t.withWays()
		rows, start = tableJSONLines{own}.rows, own.ways.start
	}
	return func(b []byte, a *policy.Access) []byte {
		start(a.User)
		return t.throughDoor(b, func(b []byte) []byte { return rows(b, t.Filter.Rows(a.Rows)) })
	}
}

// withWays returns a renderer for one goroutine that keeps how users are in groups.
func (t *Table) withWays() *Table {
	own := *t
	own.ways = &wayNames{}
	return &own
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

// vias writes each source as one word: kind:name@scope, then the roles and groups it came through.
func (t *Table) vias(r *policy.Row) (list []string) {
	via, more := r.Leading()
	for i := range via {
		list = append(list, string(appendVia(nil, &via[i], appendInVia)))
	}
	if more > 0 {
		list = append(list, string(appendMore(nil, more)))
	}
	return list
}

// appendMore appends the number of further sources in the form of a source.
func appendMore(b []byte, more int) []byte {
	return strconv.AppendInt(append(b, "more:"...), int64(more), 10)
}

// appendVia appends a source. Its names are appended by name: appendInVia, or appendRaw if all names of the policy are
// plain.
func appendVia(b []byte, v *policy.Via, name func([]byte, string) []byte) []byte {
	b = append(b, v.Kind.String()...)
	switch {
	case v.Implier != nil:
		b = name(append(b, ':'), v.Implier.ID)
	case v.Role != nil:
		b = name(append(b, ':'), v.Role.ID)
	}
	b = name(append(b, '@'), v.Scope.Path)
	if v.Implier != nil && v.Role != nil {
		b = name(append(b, "<role:"...), v.Role.ID)
	}
	if v.From != nil {
		b = name(append(b, "<role:"...), v.From.ID)
	}
	if v.Group != nil {
		b = name(append(b, "<group:"...), v.Group.ID)
	}
	return b
}

// viaSigns have a meaning in a source.
const viaSigns = ";@<"

// appendInVia appends a name of a source, in quotes where it has a sign of one.
func appendInVia(b []byte, name string) []byte {
	return append(b, policy.QuoteIn(name, viaSigns)...)
}

func appendRaw(b []byte, name string) []byte { return append(b, name...) }

// tableText writes the table for people: a block for each user, a line for each row.
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
	b = append(b, t.Style.dim(describeUser(rows[0].User))...)
	b = append(b, '\n')
	name, actions := 0, 0
	for i := range rows {
		name, actions = max(name, len(rows[i].Permission.ID)), max(actions, len(describeActions(&rows[i])))
	}
	if !t.severalActions() {
		actions = 0
	}
	for i := range rows {
		r := &rows[i]
		if i == 0 || rows[i-1].Scope != r.Scope {
			b = fmt.Appendf(b, "  %s %s\n", t.Style.cyan(r.Scope.Path),
				t.Style.dim("("+t.Policy.Catalog.Levels[r.Scope.Level]+")"))
		}
		b = fmt.Appendf(b, "    %s  ", padTo(r.Permission.ID, name))
		if actions > 0 {
			b = fmt.Appendf(b, "%s  ", padTo(describeActions(r), actions))
		}
		b = append(b, DescribeSources(r)...)
		for _, mark := range t.marks(r) {
			b = append(append(b, "; "...), mark...)
		}
		b = append(b, '\n')
	}
	if len(t.Policy.External) > 0 {
		b = appendNames(b, rows)
	}
	return append(b, '\n')
}

// severalActions reports whether actions are worth a column.
func (t *Table) severalActions() bool {
	return slices.ContainsFunc(t.Policy.Catalog.Permissions, func(p *policy.Permission) bool {
		return len(p.Actions) > 1
	})
}

// marks lists the limits of a row.
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
	if r.Records != policy.AllRecords {
		list = append(list, describeRecords(r.Records))
	}
	for _, c := range r.Permission.ConditionIDs {
		list = append(list, "if "+c)
	}
	if r.Ends != 0 {
		list = append(list, t.Style.yellow("until "+r.Ends.String()))
	}
	return list
}

// at returns the position of a source as file:line:column.
func (t *Table) at(pos policy.Pos) string {
	p := t.Policy.Files.Position(pos)
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", Safe(p.File), p.Line, p.Column)
}
