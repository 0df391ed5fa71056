package observe

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// whole is all that a record lists for a holder on a scope, or None.
type whole struct {
	list   *[]string
	before int32 // the one of the same holder before, from one
	scope  int32
	Place
}

// wholes are the records that list everything, by holder. Most holders have few, which are compared one by one.
type wholes struct {
	list   []whole
	last   lastOf
	many   map[wholeOf]int32 // from one, of holders of many
	shared map[string]*[]string
	key    []byte // of a list in shared
}

// wholeOf is a holder on a scope.
type wholeOf struct {
	Holder
	scope int32
}

// find returns what was noted of a holder on a scope, from one, or 0.
func (w *wholes) find(who Holder, scope int32) int32 {
	n := 0
	for i := *w.last.of(who); i > 0 && n < mostCompared; i = w.list[i-1].before {
		if w.list[i-1].scope == scope {
			return i
		}
		n++
	}
	if n < mostCompared {
		return 0
	}
	return w.many[wholeOf{who, scope}]
}

// add notes what a holder has on a scope.
func (w *wholes) add(b *builder, who Holder, now whole) {
	last := w.last.of(who)
	now.before = *last
	w.list = append(withRoom(b, w.list), now)
	*last = int32(len(w.list))
	if w.many == nil {
		w.many = map[wholeOf]int32{}
	}
	i := *last // once it is not among the last ones, the map finds it
	for range mostCompared {
		if i = w.list[i-1].before; i == 0 {
			return
		}
	}
	w.many[wholeOf{who, w.list[i-1].scope}] = i
}

// share returns a copy of a list that all records with the same list share: most have one of a few.
func (w *wholes) share(list []string) *[]string {
	w.key = w.key[:0]
	for _, s := range list {
		w.key = append(binary.AppendUvarint(w.key, uint64(len(s))), s...)
	}
	has := w.shared[string(w.key)]
	if has == nil {
		if w.shared == nil {
			w.shared = map[string]*[]string{}
		}
		list = slices.Clone(list)
		has = &list
		w.shared[string(w.key)] = has
	}
	return has
}

// allOf notes that a record lists all that a holder has on a scope. Another record that lists something else
// contradicts it, unless it is the same record again.
func (b *builder) allOf(who Holder, scope int32, names []string, at Place) {
	list := b.wholes.share(names)
	i := b.wholes.find(who, scope)
	if i == 0 {
		b.wholes.add(b, who, whole{list: list, scope: scope, Place: at})
		return
	}
	was := &b.wholes.list[i-1]
	if was.list == list || textOf(*was.list) == textOf(*list) {
		return
	}
	if who.Person != None {
		b.o.People[who.Person].Clashes = true
	} else {
		b.o.Groups[who.Group].Clashes = true
	}
	before := b.o.Position(was.Place)
	b.gap(at, "export both files on the same day", "contradicts %s:%d about what %s has", before.File, before.Line,
		b.nameOf(who))
}

// textOf returns a text that is equal for lists of the same names.
func textOf(list []string) string {
	list = slices.Clone(list)
	for i := range list {
		list[i] = strings.ToLower(strings.TrimSpace(list[i]))
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "\x00")
}

// listing is a complete list of the people and groups that are somewhere.
type listing struct {
	file   int32
	who    []Holder
	except []string // domains of people who are left out
}

// sameListings reports whether complete lists of one thing have the same people and groups. It notes which files
// contradict each other, and who is in one of them alone.
func (b *builder) sameListings(of string, all []listing) bool {
	same := true
	for i := 1; i < len(all); i++ {
		first, other := &all[0], &all[i]
		if first.file == other.file {
			continue // lists that were joined
		}
		in, who := first, b.onlyIn(first, other)
		if who == nil {
			in, who = other, b.onlyIn(other, first)
		}
		if who == nil {
			continue
		}
		same = false
		b.gap(Place{other.file, 1}, "give one list of it, the newest",
			"contradicts %s: both are complete lists of %s, and only %s has %s", b.o.Files[first.file].Name, of,
			b.o.Files[in.file].Name, b.nameOf(*who))
	}
	return same
}

// onlyIn returns the first whom one list has and the other lacks, or nil.
func (b *builder) onlyIn(a, other *listing) *Holder {
	has := make(map[Holder]bool, len(other.who))
	for _, h := range other.who {
		has[h] = true
	}
	for i, h := range a.who {
		if !has[h] && !b.isOf(h, other.except) {
			return &a.who[i]
		}
	}
	return nil
}

// isOf reports whether somebody is of one of some domains.
func (b *builder) isOf(h Holder, domains []string) bool {
	if h.Person == None {
		return false
	}
	for _, login := range b.o.People[h.Person].Logins {
		_, domain, _ := strings.Cut(policy.Fold(login), "@")
		if slices.Contains(domains, domain) {
			return true
		}
	}
	return false
}

// nameOf names a person or a group.
func (b *builder) nameOf(h Holder) string {
	if h.Person != None {
		return b.o.People[h.Person].Title()
	}
	g := &b.o.Groups[h.Group]
	return "group " + cmp.Or(g.Name, g.ID)
}
