package diff

import "permc.dev/permc/compiler/policy"

// entryIndex finds entries of a list by what they are about and by their places.
type entryIndex struct {
	about map[entryKey][]*policy.Entry
	at    map[policy.Pos][]*policy.Entry
}

// entryKey identifies what an entry is about: a role or a permission on a scope.
type entryKey struct{ role, permission, scope string }

func keyOf(e *policy.Entry) entryKey {
	return entryKey{roleID(e.Role), permissionID(e.Permission), e.Scope.Path}
}

// entriesAbout returns the entries for the role or permission of an entry, on its scope.
func (m *Memory) entriesAbout(list []policy.Entry, e *policy.Entry) (about []*policy.Entry) {
	key := keyOf(e)
	if index := m.indexOf(list); index != nil {
		return index.about[key]
	}
	for i := range list {
		if keyOf(&list[i]) == key {
			about = append(about, &list[i])
		}
	}
	return about
}

// entriesAt returns the entries that are written at a place.
func (m *Memory) entriesAt(list []policy.Entry, at policy.Pos) (found []*policy.Entry) {
	if index := m.indexOf(list); index != nil {
		return index.at[at]
	}
	for i := range list {
		if list[i].Pos == at {
			found = append(found, &list[i])
		}
	}
	return found
}

// indexOf returns the index of a long list, and nil for a short one.
func (m *Memory) indexOf(list []policy.Entry) *entryIndex {
	if len(list) < 32 {
		return nil
	}
	index := m.entries[&list[0]]
	if index == nil {
		index = &entryIndex{map[entryKey][]*policy.Entry{}, map[policy.Pos][]*policy.Entry{}}
		for i := range list {
			e := &list[i]
			index.about[keyOf(e)] = append(index.about[keyOf(e)], e)
			index.at[e.Pos] = append(index.at[e.Pos], e)
		}
		if m.entries == nil {
			m.entries = map[*policy.Entry]*entryIndex{}
		}
		m.entries[&list[0]] = index
	}
	return index
}

// counterparts holds what entries that are about the same are on the other side.
type counterparts map[entryAt]counterpart

type counterpart struct {
	other *policy.Entry
	same  bool
}

// entryAt is an entry by its place and by all that sameEntry compares, if it is about the same.
type entryAt struct {
	at policy.Pos
	entryValue
}

type entryValue struct {
	starts, ends policy.Date
	actions      policy.Actions
	fault        policy.Fault
	byDefault    bool
}

func valueOf(e *policy.Entry) entryValue {
	return entryValue{e.Starts, e.Ends, e.Actions, e.Fault, e.ByDefault}
}

// counterpartOf does for many entries that are about the same what counterpartAmong does, for all of them at once.
func (m *Memory) counterpartOf(e *policy.Entry, here, there []*policy.Entry) (other *policy.Entry, same bool) {
	key := [2]*policy.Entry{here[0], there[0]}
	if m.paired[key] == nil {
		if m.paired == nil {
			m.paired = map[[2]*policy.Entry]counterparts{}
		}
		m.paired[key] = pairEntries(here, there)
	}
	c := m.paired[key][entryAt{e.Pos, valueOf(e)}]
	return c.other, c.same
}

// pairEntries pairs equal entries in order, and then those that are left. Of several that are equal and at one place,
// it takes the first.
func pairEntries(here, there []*policy.Entry) counterparts {
	equal := map[entryValue][]int{}
	for i, y := range there {
		equal[valueOf(y)] = append(equal[valueOf(y)], i)
	}
	all, taken := counterparts{}, make([]bool, len(there))
	add := func(x *policy.Entry, c counterpart) {
		k := entryAt{x.Pos, valueOf(x)}
		if _, known := all[k]; !known {
			all[k] = c
		}
	}
	var rest []*policy.Entry
	for _, x := range here {
		list := equal[valueOf(x)]
		if len(list) == 0 {
			rest = append(rest, x)
			continue
		}
		add(x, counterpart{there[list[0]], true})
		taken[list[0]], equal[valueOf(x)] = true, list[1:]
	}
	next := 0
	for _, x := range rest {
		for next < len(there) && taken[next] {
			next++
		}
		c := counterpart{}
		if next < len(there) {
			c.other = there[next]
			next++
		}
		add(x, c)
	}
	return all
}
