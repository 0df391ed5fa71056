package load

import (
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Unread is what could not be read of a project: whole files, and parts of others. It may declare a name only if its
// text has that name.
type Unread struct {
	Files []string // names of whole files, or of files with unread lines

	texts []string // folded
	any   bool     // it may declare names that its text does not show
}

// Empty reports whether everything was read.
func (u *Unread) Empty() bool { return len(u.texts) == 0 && !u.any }

// Mentions reports whether a name, or a part of it, may be declared in what could not be read.
func (u *Unread) Mentions(name string) bool {
	if u.any || u.Empty() {
		return u.any
	}
	if !isPlainName(policy.ScopeName(name)) {
		return true
	}
	inSystem := policy.Fold(policy.ScopeName(name)) // as a part of a path in a list
	name = policy.Fold(name)
	for _, text := range u.texts {
		if strings.Contains(text, name) || strings.Contains(text, inSystem) {
			return true
		}
	}
	return false
}

// MayImply reports whether what could not be read may say which affiliation the users of a domain have: a part of
// domains, or the domain anywhere but in an address.
func (u *Unread) MayImply(domain string) bool {
	if u.any || !isPlainName(domain) {
		return !u.Empty()
	}
	domain = policy.Fold(domain)
	for _, text := range u.texts {
		if strings.HasPrefix(text, "domains\n") {
			return true
		}
		for i := strings.Index(text, domain); i >= 0; {
			if !endsAddress(text[:i]) {
				return true
			}
			next := strings.Index(text[i+1:], domain)
			if next < 0 {
				break
			}
			i += 1 + next
		}
	}
	return false
}

// endsAddress reports whether a text ends with the @ of an address, and what is before it.
func endsAddress(before string) bool {
	n := len(before)
	return n > 1 && before[n-1] == '@' && strings.IndexByte(" \t\r\n\"'{[,;", before[n-2]) < 0
}

// isPlainName reports whether every format writes the name as it is.
func isPlainName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`"'\`, r) })
}

func (u *Unread) add(texts ...string) {
	for _, text := range texts {
		u.texts = append(u.texts, policy.Fold(text))
	}
}

// addFile adds a whole file, or some of its lines.
func (u *Unread) addFile(s *source, text string) {
	u.Files = append(u.Files, s.name)
	u.any = u.any || mayCompute(s.ext, text)
	u.add(text)
}

// mayCompute reports whether a file may declare a name that its text does not have: by an escape or, in CUE, an
// expression.
func mayCompute(ext, text string) bool {
	switch ext {
	case ".csv":
		return false
	case ".cue":
		return strings.ContainsAny(text, `\+*`) || strings.Contains(text, "import")
	}
	return strings.Contains(text, `\`)
}
