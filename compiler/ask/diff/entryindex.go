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
