package observe

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
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
	if who.Person != None {
		b.o.People[who.Person].Clashes = true
	} else {
		b.o.Groups[who.Group].Clashes = true
	}
	before := b.o.Position(was.Place)
	b.gap(at, "export both files on the same day", "contradicts %s:%d about what %s has", before.File, before.Line,
		b.nameOf(who))
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
