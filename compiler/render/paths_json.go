package render

import (
	"context"
	"encoding/json"
	"io"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
)

// writePathsJSON writes one person after the other, as there may be gigabytes.
func writePathsJSON(ctx context.Context, w io.Writer, a *paths.Answer) error {
	head := []byte("{\n  \"version\": ")
	head = append(appendQuoted(head, Version), ",\n  \"asOf\": "...)
	head = append(appendQuoted(head, a.Policy.AsOf.String()), ",\n  \"users\": ["...)
	if _, err := w.Write(SafeJSON(head)); err != nil {
		return err
	}
	between, any := "", false
	err := paths.Each(ctx, a, func() func([]byte, *paths.User) []byte {
		x := &jsonLines{depth: 2}
		return func(b []byte, u *paths.User) []byte {
			if len(b) > 0 {
				b = append(b, ',')
			}
			x.b, x.depth, x.filled = x.b[:0], 2, false
			x.line()
			x.user(u)
			return append(b, SafeJSON(x.b)...)
		}
	}, func(b []byte) error {
		any = true
		if _, err := io.WriteString(w, between); err != nil {
			return err
		}
		between = ","
		_, err := w.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	tail := "]\n}\n"
	if any {
		tail = "\n  ]\n}\n"
	}
	_, err = io.WriteString(w, tail)
	return err
}

// pathsJSON returns a list of paths.
func pathsJSON(u *paths.User, list []reach.Path) json.RawMessage {
	var x jsonLines
	x.list(u, list)
	return x.b
}

// jsonLines writes JSON, each value on a line.
type jsonLines struct {
	b      []byte
	depth  int
	filled bool // the object or list at hand has something in it
}

// line begins a line, after a comma unless it is the first of an object or a list.
func (x *jsonLines) line() {
	const blanks = "                                "
	if x.filled {
		x.b = append(x.b, ',')
	}
	x.filled = true
	x.b = append(append(x.b, '\n'), blanks[:2*x.depth]...)
}

// name begins a field.
func (x *jsonLines) name(name string) {
	x.line()
	x.b = append(append(append(x.b, '"'), name...), `": `...)
}

// open begins an object or a list.
func (x *jsonLines) open(bracket byte) {
	x.b = append(x.b, bracket)
	x.depth, x.filled = x.depth+1, false
}

// close ends an object or a list.
func (x *jsonLines) close(bracket byte) {
	x.depth--
	if x.filled {
		x.filled = false
		x.line()
	}
	x.b = append(x.b, bracket)
	x.filled = true
}

// text writes a field that is not empty.
func (x *jsonLines) text(name, value string) {
	if value != "" {
		x.name(name)
		x.b = appendQuoted(x.b, value)
	}
}

func (x *jsonLines) user(u *paths.User) {
	x.open('{')
	x.name("user")
	x.b = appendQuoted(x.b, u.User.ID)
	x.text("name", u.User.Name)
	x.text("affiliation", u.User.Affiliation)
	x.text("status", u.User.Status())
	x.name("alone")
	x.list(u, u.Alone)
	x.name("assisted")
	x.list(u, u.Assisted)
	x.name("others")
	x.list(u, u.Others)
	x.close('}')
}

func (x *jsonLines) list(u *paths.User, list []reach.Path) {
	x.open('[')
	for i := range list {
		p := &list[i]
		x.line()
		x.open('{')
		x.other("for", p.For)
		x.name("gains")
		x.open('[')
		for j := range p.Gains {
			x.line()
			x.gain(u, &p.Gains[j])
		}
		x.close(']')
		x.name("acts")
		x.open('[')
		for _, a := range p.Acts {
			x.line()
			x.act(u, a)
		}
		x.close(']')
		x.close('}')
	}
	x.close(']')
}

func (x *jsonLines) gain(u *paths.User, g *reach.Gain) {
	x.open('{')
	x.text("role", roleID(g.Role))
	x.text("permission", permissionID(g.Permission))
	if g.Permission != nil {
		x.name("actions")
		x.open('[')
		for _, action := range g.Permission.Names(g.Actions) {
			x.line()
			x.b = appendQuoted(x.b, action)
		}
		x.close(']')
	}
	x.text("ownedGroup", groupID(g.Owned))
	x.text("scope", scopePath(u.At(g.Scope)))
	x.close('}')
}

// act writes an act. It leaves out who does it and who gains if that is the user, or the group.
func (x *jsonLines) act(u *paths.User, a *reach.Act) {
	x.open('{')
	switch {
	case a.Join:
		x.text("act", "join")
	case a.Role != nil:
		x.text("act", "assign")
	default:
		x.text("act", "grant")
	}
	x.other("by", a.By)
	if !a.ToGroup() {
		x.other("for", a.To)
	}
	x.text("group", groupID(a.Group))
	x.text("role", roleID(a.Role))
	x.text("permission", permissionID(a.Permission))
	x.text("scope", scopePath(u.At(a.Scope)))
	x.name("because")
	x.reason(u, a.Why)
	x.close('}')
}

func (x *jsonLines) reason(u *paths.User, why *reach.Reason) {
	x.open('{')
	x.text("role", roleID(why.Role))
	x.text("permission", permissionID(why.Permission))
	x.text("attribute", why.Attribute)
	x.text("ownedGroup", groupID(why.Owned))
	x.text("scope", scopePath(u.At(why.Scope)))
	if d := why.Delegate; d != nil {
		x.text("confidence", d.Confidence.String())
		x.text("reason", d.Derived+d.Inferred)
		x.text("source", d.Source)
	}
	x.close('}')
}

// other writes somebody else.
func (x *jsonLines) other(name string, s reach.Somebody) {
	if !s.Other {
		return
	}
	x.name(name)
	x.open('{')
	x.text("affiliation", s.Affiliation)
	x.close('}')
}
