package fix

import (
	"fmt"
	"reflect"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// difference is a place where two declarations differ.
type difference struct {
	section  string     // of the declaration
	holder   string     // the user or group, or ""
	old, new string     // the names, if only a name differs
	at       policy.Pos // in the old declaration
}

// target is an entry to remove.
type target struct {
	holder string
	place  policy.Pos // of the finding, without its end
}

// compareDeclared returns the differences between two declarations. It ignores
// places, and the targets if they were removed, as well as what is at the given places. If one of the projects could
// not be read, there is nothing to compare.
func compareDeclared(a, b *policy.Declared, targets map[target]bool, places map[policy.Pos]bool) []difference {
	if a == nil || b == nil {
		return nil
	}
	c := &comparer{targets: targets, there: map[policy.Pos]bool{}, places: places}
	for t := range targets {
		c.there[t.place] = true
	}
	x, y := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range x.NumField() {
		c.section, c.holder = x.Type().Field(i).Name, ""
		switch c.section {
		case "Files", "Spelled":
		case "Users":
			c.users(a.Users, b.Users)
		case "Groups":
			c.groups(a.Groups, b.Groups)
		default:
			c.values(x.Field(i), y.Field(i))
		}
	}
	return c.found
}

type comparer struct {
	targets map[target]bool
	there   map[policy.Pos]bool // the places of the targets
	places  map[policy.Pos]bool // of what edits may remove
	section string
	holder  string
	found   []difference
}

func (c *comparer) add() {
	c.found = append(c.found, difference{section: c.section, holder: c.holder})
}

func (c *comparer) users(a, b policy.DeclaredUsers) {
	if a.Len() != b.Len() {
		c.add()
		return
	}
	var u, v policy.DeclaredUser
	r, s := a.Reader(), b.Reader()
	for i := range a.Len() {
		read := r.Read(i, &u)
		if again := s.Read(i, &v); !read || !again {
			if read { // the schema's findings cover the other case
				c.add()
			}
			continue
		}
		c.holder = u.ID.Name
		c.entries(u.Entries, v.Entries)
		c.members(u.Groups, v.Groups)
		x, y := u, v
		x.Entries, y.Entries, x.Groups, y.Groups = nil, nil, nil, nil
		c.values(reflect.ValueOf(x), reflect.ValueOf(y))
	}
}

func (c *comparer) groups(a, b []policy.DeclaredGroup) {
	if len(a) != len(b) {
		c.add()
		return
	}
	for i := range a {
		g, h := a[i], b[i]
		c.holder = "group:" + g.ID.Name
		c.entries(g.Entries, h.Entries)
		c.members(g.Members, h.Members)
		g.Entries, h.Entries, g.Members, h.Members = nil, nil, nil, nil
		c.values(reflect.ValueOf(g), reflect.ValueOf(h))
	}
}

// entries compares the entries of one holder: only targets may be missing, each
// once.
func (c *comparer) entries(a, b []policy.DeclaredEntry) {
	if len(a) == len(b) {
		c.values(reflect.ValueOf(a), reflect.ValueOf(b))
		return
	}
	left := map[string]int{}
	for i := range a {
		left[formatEntry(&a[i])]++
		if c.targeted(&a[i]) {
			left[formatEntry(&a[i])]--
		}
	}
	for i := range b {
		left[formatEntry(&b[i])]--
	}
	for _, n := range left {
		if n != 0 {
			c.add()
			return
		}
	}
}

// members compares the memberships of a group or a user in the same way.
func (c *comparer) members(a, b []policy.DeclaredMember) {
	if len(a) == len(b) {
		c.values(reflect.ValueOf(a), reflect.ValueOf(b))
		return
	}
	left := map[string]int{}
	for i := range a {
		if !c.leaves(&a[i]) {
			left[formatMember(&a[i])]++
		}
	}
	for i := range b {
		left[formatMember(&b[i])]--
	}
	for _, n := range left {
		if n != 0 {
			c.add()
			return
		}
	}
}

// leaves reports whether a membership is a target. A finding names the user, whoever declares it.
func (c *comparer) leaves(m *policy.DeclaredMember) bool {
	places := []policy.Pos{dropEnd(m.Pos)}
	if m.Terms != nil {
		places = append(places, dropEnd(m.Terms.Pos), dropEnd(m.Terms.EndsAt))
	}
	return c.places[places[0]] || slices.ContainsFunc(places, func(at policy.Pos) bool { return c.there[at] })
}

func formatMember(m *policy.DeclaredMember) string {
	s := fmt.Sprintf("%q", m.Name)
	if t := m.Terms; t != nil {
		s += fmt.Sprintf(" %d %d %q %q", t.Starts, t.Ends, t.Reason, t.Ticket)
	}
	return s
}

// formatEntry writes an entry without its places.
func formatEntry(e *policy.DeclaredEntry) string {
	s := fmt.Sprintf("%v %q %q %d %d %q %q", e.Grant, e.What.Name, e.Scope.Name, e.Starts, e.Ends, e.Reason, e.Ticket)
	for _, a := range e.Actions {
		s += fmt.Sprintf(" %q", a.Name)
	}
	return s
}

func (c *comparer) targeted(e *policy.DeclaredEntry) bool {
	return slices.ContainsFunc([]policy.Pos{e.What.Pos, e.Pos, e.EndsAt}, func(p policy.Pos) bool {
		return c.targets[target{c.holder, dropEnd(p)}] || c.places[dropEnd(p)]
	})
}

// dropEnd returns a place without its end.
func dropEnd(p policy.Pos) policy.Pos { return policy.Pos{File: p.File, Off: p.Off} }

var (
	posType = reflect.TypeFor[policy.Pos]()
	refType = reflect.TypeFor[policy.Ref]()
)

func (c *comparer) values(a, b reflect.Value) {
	switch {
	case a.Type() == posType:
	case len(c.places) > 0 && c.dropped(a, b):
	case a.Type() == refType:
		if x, y := a.Interface().(policy.Ref), b.Interface().(policy.Ref); x.Name != y.Name {
			c.found = append(c.found, difference{c.section, c.holder, x.Name, y.Name, dropEnd(x.Pos)})
		}
	case a.Kind() == reflect.Struct:
		at := c.places[dropEnd(placeIn(a))]
		for i := range a.NumField() {
			if at && b.Field(i).IsZero() && a.Field(i).Kind() == reflect.String {
				continue // a text that an edit may remove has its place in another field
			}
			c.values(a.Field(i), b.Field(i))
		}
	case a.Kind() == reflect.Slice && a.Len() == b.Len():
		for i := range a.Len() {
			c.values(a.Index(i), b.Index(i))
		}
	case a.Kind() == reflect.Pointer && !a.IsNil() && !b.IsNil():
		c.values(a.Elem(), b.Elem())
	case !reflect.DeepEqual(a.Interface(), b.Interface()):
		c.add()
	}
}

// dropped reports whether an edit has removed a value, or some items of a list. It compares the other items.
func (c *comparer) dropped(a, b reflect.Value) bool {
	if a.Kind() != reflect.Slice {
		return b.IsZero() && !a.IsZero() && c.isDropped(a)
	}
	if a.Len() <= b.Len() {
		return false
	}
	var left []int
	for i := range a.Len() {
		if !c.isDropped(a.Index(i)) {
			left = append(left, i)
		}
	}
	if len(left) != b.Len() {
		return false
	}
	for i, from := range left {
		c.values(a.Index(from), b.Index(i))
	}
	return true
}

// placeIn returns the first place that a struct has itself, besides that of the whole.
func placeIn(v reflect.Value) policy.Pos {
	for i := range v.NumField() {
		if v.Field(i).Type() == posType && v.Type().Field(i).Name != "Pos" {
			return v.Field(i).Interface().(policy.Pos)
		}
	}
	return policy.Pos{}
}

// isDropped reports whether a value has one of the places of what edits may remove.
func (c *comparer) isDropped(v reflect.Value) bool {
	switch {
	case v.Type() == posType:
		return c.places[dropEnd(v.Interface().(policy.Pos))]
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if c.isDropped(v.Field(i)) {
				return true
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if c.isDropped(v.Index(i)) {
				return true
			}
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return c.isDropped(v.Elem())
	}
	return false
}
