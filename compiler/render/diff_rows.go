package render

import (
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/internal/parallel"
)

// peopleAtOnce is the number of people whose changes go into one buffer.
const peopleAtOnce = 16

// ofPeople writes a list of everybody's changes. add appends those of one person, each value on a line of its own after
// a comma. There may be millions of values, so they are appended as bytes, on every core.
func (d *Diff) ofPeople(o *jsonObject, name string, add func(*changeWriter, []byte, *diff.Person) []byte) {
	o.name(name)
	none := true
	newWork := func() func([]byte, int) []byte {
		w := changeWriter{d: d, add: add, changesOf: d.Changer()}
		w.before.Policy, w.before.places, w.before.ways = d.Base, &placeWriter{}, &wayNames{}
		w.after.Policy, w.after.places, w.after.ways = d.Head, &placeWriter{}, &wayNames{}
		return w.people
	}
	err := parallel.InOrder((len(d.People)+peopleAtOnce-1)/peopleAtOnce, newWork, func(b []byte) error {
		if none && len(b) > 0 {
			b[0], none = '[', false // in place of the comma
		}
		o.writeBytes(b)
		return o.err
	})
	if o.err == nil {
		o.err = err
	}
	if none {
		o.write("[]")
		return
	}
	o.write("\n  ]")
}

// changeWriter writes changes as JSON. Each goroutine needs its own.
type changeWriter struct {
	d             *Diff
	add           func(*changeWriter, []byte, *diff.Person) []byte
	changesOf     func(*diff.Person) []diff.Change
	before, after Table
	text          []byte // of some people, before it is made safe
}

// people appends the changes of the i-th batch of people.
func (w *changeWriter) people(b []byte, i int) []byte {
	list := w.d.People[i*peopleAtOnce : min((i+1)*peopleAtOnce, len(w.d.People))]
	w.text = w.text[:0]
	for i := range list {
		w.before.ways.start(nil)
		w.after.ways.start(nil)
		w.text = w.add(w, w.text, &list[i])
	}
	return append(b, SafeJSON(w.text)...)
}

// nextLine comes before each value of a list.
const nextLine = ",\n    "

func (w *changeWriter) changes(b []byte, p *diff.Person) []byte {
	changes := w.changesOf(p)
	for i := range changes {
		b = w.change(append(b, nextLine...), &changes[i])
	}
	return b
}

func (w *changeWriter) roles(b []byte, p *diff.Person) []byte {
	for i := range p.Roles {
		b = w.role(append(b, nextLine...), &p.Roles[i])
	}
	return b
}

func (w *changeWriter) role(b []byte, c *diff.RoleChange) []byte {
	b = appendQuoted(append(b, `{"kind":`...), c.Kind.String())
	b = appendQuoted(append(b, `,"user":`...), c.User.ID)
	b = appendQuoted(append(b, `,"role":`...), c.Role.ID)
	b = appendQuoted(append(b, `,"scope":`...), c.Scope.Path)
	if c.Group != nil {
		b = appendField(b, "group", c.Group.ID)
	}
	b = appendField(b, "from", c.From.String())
	return append(w.causes(appendField(b, "until", c.Until.String()), c.Causes), '}')
}

func (w *changeWriter) change(b []byte, c *diff.Change) []byte {
	r := c.Row()
	actions := r.Permission.Names(r.Actions)
	if c.Kind == diff.Lost {
		actions = c.Before.Permission.Names(c.Before.Actions)
	}
	b = appendQuoted(append(b, `{"kind":`...), c.Kind.String())
	b = appendQuoted(append(b, `,"user":`...), c.User.ID)
	b = appendQuoted(append(b, `,"scope":`...), r.Scope.Path)
	b = appendQuoted(append(b, `,"permission":`...), r.Permission.ID)
	b = appendField(b, "sensitivity", gravestRank(c))
	b = appendStrings(b, "actions", actions)
	if len(c.Actions) > 0 {
		b = appendStrings(b, "changed", c.Actions)
	}
	b = appendField(b, "from", c.From.String())
	b = appendField(b, "until", c.Until.String())
	b = appendDifferences(b, c.Differences)
	if c.Before != nil {
		b = w.before.appendRow(append(b, `,"before":`...), c.Before)
	}
	if c.After != nil {
		b = w.after.appendRow(append(b, `,"after":`...), c.After)
	}
	return append(w.causes(b, c.Causes), '}')
}

func appendDifferences(b []byte, differences []diff.Difference) []byte {
	if len(differences) == 0 {
		return b
	}
	b = append(b, `,"differences":[`...)
	for i, x := range differences {
		b = appendQuoted(append(appendComma(b, i), `{"what":`...), x.What)
		b = appendQuoted(append(b, `,"before":`...), x.Before)
		b = append(appendQuoted(append(b, `,"after":`...), x.After), '}')
	}
	return append(b, ']')
}

func (w *changeWriter) causes(b []byte, list []diff.Cause) []byte {
	b = append(b, `,"cause":[`...)
	for i, c := range list {
		b = w.cause(appendComma(b, i), c)
	}
	return append(b, ']')
}

func (w *changeWriter) cause(b []byte, c diff.Cause) []byte {
	t, side := &w.after, "head"
	if c.Base {
		t, side = &w.before, "base"
	}
	b = t.places.append(append(b, '{'), t.Policy.Files, c.Pos)
	b = appendField(b, "side", side)
	return append(appendField(b, "why", c.Why), '}')
}
