package observe

import (
	"slices"
	"strings"
)

// givenEntries finds entries that are listed twice. Most holders have few, so it compares a new one with those of its
// holder: a map of all entries would take more time than reading them.
type givenEntries struct {
	last   lastOf
	before []int32 // the entry of the same holder before each, from one
	many   map[given]bool
}

// mostCompared limits the entries of one holder that are compared one by one.
const mostCompared = 24

// given is an entry without its place.
type given struct {
	Holder
	what, actions string
	grant         bool
	scope         int32
}

func givenOf(e *Entry) given {
	return given{Holder: e.Holder, what: e.What, grant: e.Grant, scope: e.Scope,
		actions: strings.Join(e.Actions, "\x00")}
}

// named is what a file says of a role or permission.
type named struct {
	what                 string
	ids                  [3]string // other names that it has, or ""
	actions              string    // joined with a zero byte
	grant, either, above bool
}

// thing returns the role or permission with a name. All entries of one share it.
func (b *builder) thing(n named) *Thing {
	t := b.things[n]
	if t == nil {
		t = &Thing{What: n.what, Grant: n.grant, Either: n.either, Above: n.above}
		for _, id := range n.ids {
			if id != "" {
				t.IDs = append(t.IDs, id)
			}
		}
		if n.actions != "" {
			t.Actions = strings.Split(n.actions, "\x00")
		}
		b.things[n] = t
	}
	return t
}

// entry adds an entry, once.
func (b *builder) entry(e Entry) {
	g := &b.given
	last := g.last.of(e.Holder)
	n := 0
	for i := *last; i > 0 && n < mostCompared; i = g.before[i-1] {
		if same(&b.o.Entries[i-1], &e) {
			return
		}
		n++
	}
	if n == mostCompared && g.noteAmongMany(b.o.Entries, *last, &e) {
		return
	}
	b.o.Entries = append(withRoom(b, b.o.Entries), e)
	g.before = append(withRoom(b, g.before), *last)
	*last = int32(len(b.o.Entries))
}

// lastOf is the last of something that each holder has, from one.
type lastOf struct{ people, groups []int32 }

// of returns where the last one of a holder is noted.
func (l *lastOf) of(h Holder) *int32 {
	list, at := &l.people, h.Person
	if at == None {
		list, at = &l.groups, h.Group
	}
	if missing := int(at) + 1 - len(*list); missing > 0 {
		*list = append(*list, make([]int32, missing)...)
	}
	return &(*list)[at]
}

func same(a, b *Entry) bool {
	return a.Scope == b.Scope && (a.Thing == b.Thing || a.Grant == b.Grant && a.What == b.What &&
		slices.Equal(a.Actions, b.Actions))
}

// noteAmongMany notes an entry of a holder of many, and reports whether the holder has it already.
func (g *givenEntries) noteAmongMany(entries []Entry, last int32, e *Entry) bool {
	if g.many == nil {
		g.many = map[given]bool{}
	}
	for i := last; i > 0 && !g.many[givenOf(&entries[i-1])]; i = g.before[i-1] {
		g.many[givenOf(&entries[i-1])] = true // once one is noted, those before it are, too
	}
	key := givenOf(e)
	has := g.many[key]
	g.many[key] = true
	return has
}
