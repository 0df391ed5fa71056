// Package signer reads who signed something, a waiver or a line of a review,
// however people write it: "Eva Lind <eva@contoso.example>", "Lind, Eva",
// "mailto:eva@contoso.example".
package signer

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/lookalike"
)

// Signer is who signed.
type Signer struct {
	whole     string   // the text, folded
	addresses []string // folded
	words     []string // what else it says, folded
	exact     string   // an id as it is, if another user may have it in another case
}

// ReadID reads the id of a user. With exact, ids that differ in case are those of different users.
func ReadID(id string, exact bool) Signer {
	s := Read(id)
	if exact {
		s.exact = id
	}
	return s
}

// ReadIn reads a signature in a project: if it is the id of a user, it means no user whose id differs in case.
func ReadIn(p *policy.Policy, text string) Signer {
	_, isUser := p.FindUser(text)
	return ReadID(text, isUser && p.Catalog.ExactUsers)
}

// isOther reports whether an id means another user, though it is the same in another case.
func (s Signer) isOther(id string) bool {
	return s.exact != "" && id != "" && s.exact != id && policy.Fold(s.exact) == policy.Fold(id)
}

// Read reads a signature.
func Read(text string) Signer {
	text = visibleText(text)
	s := Signer{whole: strings.Join(strings.Fields(text), " ")}
	for _, word := range strings.FieldsFunc(text, isSeparator) {
		word = strings.Trim(strings.TrimPrefix(word, "mailto:"), ".:-_*?&=")
		switch local, domain, ok := strings.Cut(word, "@"); {
		case word == "":
		case !ok:
			s.words = append(s.words, word)
		case local != "" && domain != "" && !strings.Contains(domain, "@"):
			s.addresses = append(s.addresses, readDomain(word))
			if home := homeOfGuest(local); home != "" {
				s.addresses = append(s.addresses, readDomain(home))
			}
		}
	}
	return s
}

// readDomain returns an address with its domain as people read it: c@xn--mnchen-3ya.example is c@münchen.example.
func readDomain(address string) string {
	at := strings.LastIndexByte(address, '@') + 1
	if !strings.Contains(address[at:], "xn--") {
		return address
	}
	domain, err := idna.Punycode.ToUnicode(address[at:])
	if err != nil {
		return address
	}
	return address[:at] + visibleText(domain)
}

// homeOfGuest returns the address that a guest has at home, or "": kim_c.example#ext#@tenant is kim@c.example.
func homeOfGuest(local string) string {
	name, _, ok := strings.Cut(local, "#ext#")
	at := strings.LastIndexByte(name, '_')
	if !ok || at <= 0 || at == len(name)-1 {
		return ""
	}
	return name[:at] + "@" + name[at+1:]
}

// visibleText returns a text without invisible characters, and with compatible
// characters as one.
func visibleText(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\u3002':
			return '.'
		case unicode.In(r, unicode.Z) || r == '\n' || r == '\t' || r == '\r':
			return ' '
		case policy.IsInvisible(r):
			return -1
		}
		return r
	}, norm.NFKC.String(text))
	return policy.Fold(strings.ReplaceAll(text, "%40", "@"))
}

func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("<>()[]{},;|/\\\"'`?&", r)
}

// String returns the text, folded.
func (s Signer) String() string { return s.whole }

// IsEmpty reports whether nothing is written.
func (s Signer) IsEmpty() bool { return s.whole == "" }

// IsNobody reports whether a text names no person whoever the people are: it is
// empty, has no letter, or says that somebody is yet to be found.
func (s Signer) IsNobody() bool {
	return strings.IndexFunc(s.whole, unicode.IsLetter) < 0 ||
		!s.IsAddress() && slices.Contains(placeholders, strings.Trim(s.whole, ".?!()[]<>"))
}

var placeholders = []string{"x", "tbd", "tba", "tbc", "todo", "n/a", "na", "n.a", "none", "nobody", "self", "me",
	"myself", "owner", "anyone", "unknown", "pending"}

// IsAddress reports whether an address is given.
func (s Signer) IsAddress() bool { return len(s.addresses) > 0 }

// Is reports whether a user signed: by the address, with or without a tag
// behind a plus, or by the name in any order.
func (s Signer) Is(u *policy.User) bool {
	id := visibleText(u.ID)
	if s.whole == "" || s.isOther(u.ID) {
		return false
	}
	if s.whole == id || slices.Contains(s.words, id) {
		return true
	}
	if shareAddress(s, Read(u.ID)) || slices.ContainsFunc(s.addresses, func(a string) bool {
		return a == id || dropTag(a) == dropTag(id) || looksLike(a, id)
	}) {
		return true
	}
	name := Read(u.Name).words
	if len(name) < 2 {
		return len(name) == 1 && len(s.words) == 1 && looksLike(s.words[0], name[0])
	}
	return !slices.ContainsFunc(name, func(word string) bool {
		return !slices.ContainsFunc(s.words, func(w string) bool { return looksLike(w, word) })
	})
}

// dropTag returns an address without the tag after a plus.
func dropTag(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	local, _, _ := strings.Cut(address[:at], "+")
	return local + address[at:]
}

// looksLike reports whether two texts are the same to a reader, unless both are
// of ASCII, where only equal ones are.
func looksLike(a, b string) bool {
	if a == b || lookalike.IsASCII(a) && lookalike.IsASCII(b) {
		return a == b
	}
	return lookalike.FormsOf(a)[0] == lookalike.FormsOf(b)[0]
}

// Same reports whether two signatures may be of one person: they share an address, with or without a tag behind a
// plus, or one has all words of the other's name.
func Same(a, b Signer) bool {
	if a.whole == "" || b.whole == "" || a.isOther(b.exact) {
		return false
	}
	if looksLike(a.whole, b.whole) {
		return true
	}
	return shareAddress(a, b) || sameName(a.words, b.words)
}

// shareAddress reports whether two signatures have an address in common, with or without a tag behind a plus.
func shareAddress(a, b Signer) bool {
	return slices.ContainsFunc(a.addresses, func(x string) bool {
		return slices.ContainsFunc(b.addresses, func(y string) bool { return looksLike(dropTag(x), dropTag(y)) })
	})
}

// Alike reports whether two texts are the same to a reader.
func Alike(a, b string) bool { return looksLike(visibleText(a), visibleText(b)) }

// sameName reports whether a name of two words or more is part of the other one, in any order.
func sameName(a, b []string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 2 && !slices.ContainsFunc(a, func(word string) bool {
		return !slices.ContainsFunc(b, func(w string) bool { return looksLike(w, word) })
	})
}
