package starter

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
)

// person is a user as the first rows about them say.
type person struct {
	id, name string
	line     int // that has the name
}

// mailbox matches an address as mail programs write it: Ana Diaz <ana@contoso.example>, or mailto:ana@contoso.example.
var mailbox = pattern.Lazy(`^(?:mailto:|"?([^"<>]*?)"?\s*<(?:mailto:)?)([^@\s:,;<>]+@[^@\s:,;<>]+\.[^@\s:,;<>]+)>?$`)

// splitMailbox returns the name and the address in a cell of a user. A cell that is neither is the address.
func splitMailbox(cell string) (name, address string) {
	if m := mailbox().FindStringSubmatch(cell); m != nil {
		return strings.TrimSpace(m[1]), m[2]
	}
	return "", cell
}

// unite gives all rows of a user one spelling of the id and one name: a declaration in which they differ is read as a
// contradiction.
func (p *People) unite(fields []string, line int) {
	const user, name = 0, 1 // in columns
	written, id := splitMailbox(fields[user])
	fields[user] = id
	if _, ok := p.at["name"]; !ok {
		written = ""
	}
	if fields[name] = strings.Join(strings.Fields(fields[name]), " "); fields[name] == "" {
		fields[name] = written
	}
	key := p.catalog.UserKey(id)
	first, known := p.people[key]
	switch {
	case id == "":
		return
	case !known:
		p.people[key] = &person{id, fields[name], line}
		return
	case first.id != id:
		fields[user] = first.id
		p.respelt = appendOnce(p.respelt, fmt.Sprintf("%q as %q", id, first.id))
	}
	switch {
	case first.name == "":
		first.name, first.line = fields[name], line
	case fields[name] == "":
	case fields[name] != first.name:
		p.noteLine(line, "%s is called %q here, but %q on line %d: the first name is kept", first.id, fields[name],
			first.name, first.line)
		fields[name] = first.name
	}
}

// noteRespelt says which ids have several spellings.
func (p *People) noteRespelt() {
	const most = 3
	if n := len(p.respelt); n > most {
		p.respelt = append(p.respelt[:most], fmt.Sprintf("%d more", n-most))
	}
	if len(p.respelt) > 0 {
		p.note("users with several spellings: wrote %s", strings.Join(p.respelt, ", "))
	}
}

func appendOnce(list []string, s string) []string {
	for _, x := range list {
		if x == s {
			return list
		}
	}
	return append(list, s)
}
