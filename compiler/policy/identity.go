package policy

import (
	"maps"
	"slices"
)

// Identities are the ids that other systems have for something, by system. Nil is none.
type Identities map[string][]string

// Texts returns the ids as people write them, such as entra: 8f2b, sorted by system.
func (x Identities) Texts() (list []string) {
	for _, system := range slices.Sorted(maps.Keys(x)) {
		list = append(list, system+": "+JoinNames(x[system], ", "))
	}
	return list
}

// IdentityKey returns an id of another system in the form in which ids compare: a GUID without regard to case, and
// anything else exactly.
func IdentityKey(id string) string {
	if !isGUID(id) {
		return id
	}
	return Fold(id)
}

// isGUID reports whether an id is 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
func isGUID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
	}
	return true
}
