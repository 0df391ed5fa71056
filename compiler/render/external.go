package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/policy"
)

// Things of a project may have ids that are not their names in the system: those are written as external. Every output
// has the ids, and beside them the names of what it mentions: a table in each row, any other answer at its end.

// externalTitle is above the names at the end of an answer.
const externalTitle = "Names in the system"

// withExternal writes an answer with the names in the system of all that it mentions. A project without such names
// writes what it would without this.
// It looks for them in the data of the answer; without any, for all of the list.
func withExternal(w io.Writer, list []policy.External, format string, style Style, write func(io.Writer) error,
	data ...any) error {
	if len(list) == 0 || !slices.Contains([]string{"text", "markdown", "json", "csv", ""}, format) {
		return write(w)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	m, out := newMentions(list, data...), b.Bytes()
	switch format {
	case "json":
		values := fieldNames().ReplaceAllString(string(out), "")
		quoted := strings.ReplaceAll(strings.ReplaceAll(values, `"`, " "), `\ `, `"`)
		out = SafeJSON(addToJSON(out, m.held.among(m.find(plainOf(values)), quoted)))
	case "csv":
		out = safeCSV(addToCSV(out, m))
	case "markdown":
		out = addToMarkdown(out, m.in(plainOf(string(out))))
	default:
		out = addToText(out, m.in(plainOf(string(out))), style)
	}
	_, err := w.Write(out)
	return err
}

// externalOf returns the names in the system of a policy, if there is one.
func externalOf(p *policy.Policy) []policy.External {
	if p == nil {
		return nil
	}
	return p.External
}

// colors matches what a Style adds to a text.
var colors = pattern.Lazy("\x1b\\[[0-9;]*m")

// fieldNames matches names of fields in finished JSON.
var fieldNames = pattern.Lazy(`"[A-Za-z]+":`)

// plainOf returns a text without colors and without the escapes of JSON and CSV for quotes.
func plainOf(s string) string {
	return strings.NewReplacer(`\"`, `"`, `""`, `"`, `\\`, `\`).Replace(colors().ReplaceAllString(s, ""))
}

// mentions finds which of some things a text mentions.
type mentions struct {
	byID    map[string][]policy.External
	lengths []int // of the ids, ascending
	held    *held // by the answer; nil: all
}

func newMentions(list []policy.External, data ...any) *mentions {
	m := &mentions{byID: make(map[string][]policy.External, len(list))}
	if len(data) > 0 {
		m.held = findHeld(list, data...)
	}
	for _, x := range list {
		id := Safe(x.ID)
		if m.byID[id] == nil {
			m.lengths = append(m.lengths, len(id))
		}
		m.byID[id] = append(m.byID[id], x)
	}
	slices.Sort(m.lengths)
	m.lengths = slices.Compact(m.lengths)
	return m
}

// in returns the things of the answer whose ids a text has as words, sorted.
func (m *mentions) in(text string) []policy.External { return m.held.among(m.find(text), text) }

// find returns the things whose ids a text has as words, sorted.
func (m *mentions) find(text string) (list []policy.External) {
	seen := map[string]bool{}
	for i := range len(text) {
		if i > 0 && isInName(text[i-1]) && isInName(text[i]) {
			continue
		}
		for _, n := range m.lengths {
			if i+n > len(text) {
				break
			}
			id := text[i : i+n]
			if m.byID[id] == nil || seen[id] || !endsName(text, i+n) {
				continue
			}
			seen[id] = true
			list = append(list, m.byID[id]...)
		}
	}
	list = slices.DeleteFunc(list, func(x policy.External) bool {
		return x.Of != "" &&
			!strings.Contains(text, Safe(x.Of))
	})
	slices.SortFunc(list, policy.CompareExternal)
	return list
}

// named returns the thing of a kind that has an id; of an action, within its permission.
func (m *mentions) named(kind, id, of string) (list []policy.External) {
	for _, x := range m.byID[Safe(id)] {
		if x.Kind == kind && x.ID == id && x.Of == of {
			list = append(list, x)
		}
	}
	return list
}

// isInName reports whether a byte goes on a name. Other signs may be in names, but also around them.
func isInName(c byte) bool {
	return c >= 0x80 || c == '-' || c == '_' || c == '/' || c == '.' || c == '%' || '0' <= c && c <= '9' ||
		'a' <= c|0x20 && c|0x20 <= 'z'
}

// endsName reports whether a name can end in front of a place.
func endsName(text string, at int) bool {
	rest := strings.TrimLeft(text[at:min(len(text), at+4)], ".")
	return rest == "" || at > 0 && !isInName(text[at-1]) || !isInName(rest[0])
}

// ExternalText says what a thing is called in the system.
func ExternalText(x *policy.External) string {
	if x.Of != "" {
		return x.Kind + " " + x.ID + " of " + x.Of + ": " + x.Name
	}
	return x.Kind + " " + x.ID + ": " + x.Name
}

func addToText(b []byte, list []policy.External, style Style) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(b, "\n"+style.bold(externalTitle)+"\n"...)
	for i := range list {
		b = append(append(append(b, "  "...), Safe(ExternalText(&list[i]))...), '\n')
	}
	return b
}

func addToMarkdown(b []byte, list []policy.External) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(b, "\n"+externalTitle+":\n\n"...)
	for i := range list {
		b = fmt.Appendf(b, "- %s\n", cellText(ExternalText(&list[i])))
	}
	return b
}

// addToJSON adds the names as the last field of a finished value.
func addToJSON(b []byte, list []policy.External) []byte {
	end := bytes.LastIndexByte(b, '}')
	if len(list) == 0 || end < 0 || !bytes.HasPrefix(b, []byte("{")) {
		return b
	}
	head := bytes.TrimRight(b[:end], " \n")
	indented := bytes.HasPrefix(b, []byte("{\n"))
	out := bytes.Clone(head)
	if indented {
		out = append(appendExternal(append(out, ",\n  "...), list), '\n')
	} else {
		out = appendExternal(append(out, ','), list)
	}
	return append(out, b[end:]...)
}

// appendExternal appends names as a field of JSON.
func appendExternal(b []byte, list []policy.External) []byte {
	b = append(b, `"external":[`...)
	for i := range list {
		x := &list[i]
		b = appendQuoted(append(appendComma(b, i), `{"kind":`...), x.Kind)
		b = appendField(appendField(b, "permission", x.Of), "id", x.ID)
		b = append(appendField(b, "name", x.Name), '}')
	}
	return append(b, ']')
}

// externalColumn is the column of the names in CSV.
const externalColumn = "external"

// addToCSV adds a column with the names of what each line mentions.
func addToCSV(b []byte, m *mentions) (out []byte) {
	for line := range bytes.Lines(b) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		switch {
		case len(out) > 0:
			out = append(append(out, line...), ',')
			out = append(appendExternalCSV(out, m.in(plainOf(string(line)))), '\n')
		case bytes.HasSuffix(line, []byte(","+externalColumn)):
			return b
		default:
			out = append(append(out, line...), ","+externalColumn+"\n"...)
		}
	}
	return out
}

// appendExternalCSV appends names as a field, each as KIND:ID=NAME.
func appendExternalCSV(b []byte, list []policy.External) []byte {
	var text []byte
	for i := range list {
		x := &list[i]
		if i > 0 {
			text = append(text, ';')
		}
		text = append(append(text, x.Kind...), ':')
		text = append(append(text, policy.QuoteIn(x.ID, ";=")...), '=')
		text = append(text, policy.QuoteIn(x.Name, ";=")...)
	}
	return appendCSV(b, string(text))
}

// appendNames appends a line for each thing of a user's rows that has another name in the system.
func appendNames(b []byte, rows []policy.Row) []byte {
	var list []policy.External
	for i := range rows {
		list = append(list, rows[i].External()...)
	}
	slices.SortFunc(list, policy.CompareExternal)
	for _, x := range slices.Compact(list) {
		b = append(append(append(b, "  in the system, "...), Safe(ExternalText(&x))...), '\n')
	}
	return b
}

// DescribeExternal says what the things that a row names are called in the system, or returns "".
func DescribeExternal(r *policy.Row) string {
	list := r.External()
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = ExternalText(&list[i])
	}
	return strings.Join(texts, ", ")
}
