package observe

import (
	"slices"
	"strings"
)

// wholeOf is a holder on a scope, or None, of whom a record lists everything.
type wholeOf struct {
	Holder
	scope int32
}

// whole is all that a record lists.
type whole struct {
	text string
	Place
}

// allOf notes that a record lists all that a holder has on a scope. Another record that lists something else
// contradicts it, unless it is the same record again.
func (b *builder) allOf(who Holder, scope int32, list []string, at Place) {
	list = slices.Clone(list)
	for i := range list {
		list[i] = strings.ToLower(strings.TrimSpace(list[i]))
	}
	slices.Sort(list)
	key := wholeOf{who, scope}
	now := whole{strings.Join(slices.Compact(list), "\x00"), at}
	was, ok := b.wholes[key]
	if !ok {
		b.wholes[key] = now
		return
	}
	if was.text == now.text {
		return
	}
	name, clashes := "", (*bool)(nil)
	if who.Person != None {
		p := &b.o.People[who.Person]
		name, clashes = p.Title(), &p.Clashes
	} else {
		g := &b.o.Groups[who.Group]
		name, clashes = "group "+g.Name, &g.Clashes
	}
	*clashes = true
	before := b.o.Position(was.Place)
	b.gap(at, "export both files on the same day", "contradicts %s:%d about what %s has", before.File, before.Line,
		name)
}

// listings are the people whom each complete list of a scope has.
type listings map[int32][]listing

type listing struct {
	file   int32
	people map[int32]bool
}

// check compares complete lists of one scope: they have the same people, or contradict each other. It returns the
// scopes of which they do.
func (l listings) check(b *builder) map[int32]bool {
	bad := map[int32]bool{}
	for scope, all := range l {
		first := all[0]
		for _, other := range all[1:] {
			if !sameKeys(first.people, other.people) {
				bad[scope] = true
				b.gap(Place{other.file, 1}, "give one list of it, the newest",
					"contradicts %s: both are complete lists of %s, and have other people", b.o.Files[first.file].Name,
					b.o.Scopes[scope].Title())
			}
		}
	}
	return bad
}

func sameKeys(a, b map[int32]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return len(a) == len(b)
}
