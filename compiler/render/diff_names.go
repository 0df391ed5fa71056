package render

import (
	"reflect"
	"slices"
	"unicode/utf8"

	"permc.dev/permc/compiler/policy"
)

// External returns the names in the system of both sides.
func (d *Diff) External() []policy.External {
	list := slices.Concat(externalOf(d.Base), externalOf(d.Head))
	slices.SortFunc(list, policy.CompareExternal)
	return slices.Compact(list)
}

// named returns the data of the comparison in which to look for things that have names in the system.
func (d *Diff) named() []any {
	all := d.External()
	if len(all) == 0 {
		return nil
	}
	h := findHeld(all, d.Answer)
	for i := range d.People {
		h.walk(reflect.ValueOf(d.Changes(&d.People[i])), "", "")
	}
	m := newMentions(all)
	for _, f := range d.Facts {
		h.take(m.named(f.About, f.Name, ""))
	}
	for _, c := range d.Policy {
		h.take(m.find(c.Name + "\n" + c.Text))
	}
	return []any{h}
}

// markdown returns the comparison in at most so many characters. The names in the system of what it mentions come
// last, and take at most an eighth from the rest.
func (d *Diff) markdown(most int) string {
	text := d.comment(most)
	all := d.External()
	if len(all) == 0 {
		return text
	}
	m := newMentions(all, d.named()...)
	names := namesSection(m.in(plainOf(text)))
	if room := most - utf8.RuneCountInString(text); names.length() > room {
		room = max(room, most/8)
		text = d.comment(most - min(room, names.length()))
		names = namesSection(m.in(plainOf(text)))
	}
	return text + names.text(most-utf8.RuneCountInString(text))
}

// namesSection lists names in the system.
func namesSection(list []policy.External) section {
	return section{
		head: "\n" + externalTitle + ":\n\n", more: "- …and %d more\n", n: len(list),
		piece: func(i int) string { return "- " + cellText(ExternalText(&list[i])) + "\n" },
	}
}

// length returns the characters that the whole section needs.
func (s section) length() int {
	if s.n == 0 {
		return 0
	}
	n := utf8.RuneCountInString(s.head+s.tail) + len(s.more) + 12
	for i := range s.n {
		n += utf8.RuneCountInString(s.piece(i))
	}
	return n
}
