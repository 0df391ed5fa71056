package observe

import (
	"slices"
	"strings"
)

// Lookup finds what a list of a map file says about names.
type Lookup struct {
	key      func(string) string // equal for the spellings of a name
	exact    map[string][]string
	patterns [][2]string // each with what it is mapped to
}

// NewLookup returns a list as it is looked up: many names may be looked up in a long list.
func NewLookup(list map[string]string, key func(string) string) *Lookup {
	l := &Lookup{key: key, exact: make(map[string][]string, len(list))}
	for from, to := range list {
		l.exact[key(from)] = appendNew(l.exact[key(from)], to)
		if strings.ContainsAny(from, `*?[\`) {
			l.patterns = append(l.patterns, [2]string{from, to})
		}
	}
	return l
}

// Find returns what one of some names is mapped to: the exact name first, then the only pattern that fits, in any case.
// If patterns lead to different names, it returns them all.
func (l *Lookup) Find(names ...string) (to []string) {
	if len(l.exact) == 0 {
		return nil
	}
	for _, name := range names {
		if name != "" {
			to = appendNew(to, l.exact[l.key(name)]...)
		}
	}
	if len(to) == 0 {
		to = l.matching(names)
	}
	slices.Sort(to)
	return to
}

func (l *Lookup) matching(names []string) (to []string) {
	for _, p := range l.patterns {
		for _, name := range names {
			if name != "" && MatchesAs(l.key, p[0], name) {
				to = appendNew(to, p[1])
			}
		}
	}
	return to
}
