package policy

import "slices"

// Long is from which length on a list is looked up in a map.
const Long = 32

// KeepFirst drops the repetitions in a list from an index on.
func KeepFirst[T comparable](list []T, from int) []T {
	to := from
	var seen map[T]bool
	for _, x := range list[from:] {
		if seen != nil && seen[x] || seen == nil && slices.Contains(list[from:to], x) {
			continue
		}
		list[to] = x
		if to++; seen != nil {
			seen[x] = true
		} else if to-from == Long {
			seen = map[T]bool{}
			for _, y := range list[from:to] {
				seen[y] = true
			}
		}
	}
	return list[:to]
}
