package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// LongestName is how many characters an id, name or title may have.
const LongestName = 256

// Fold makes user ids equal that differ only in case or in how their characters are composed. Only
// ASCII folds to ASCII: a directory does not take the Kelvin sign for a K, so an id with it is
// somebody else's.
func Fold(id string) string {
	for i := range len(id) {
		if id[i] >= utf8.RuneSelf {
			return foldUnicode(id)
		}
	}
	return strings.ToLower(id)
}

// foldUnicode folds the parts between characters that Unicode composes to ASCII, and keeps those
// characters.
func foldUnicode(id string) string {
	var b strings.Builder
	for {
		i := strings.IndexFunc(id, becomesASCII)
		if i < 0 {
			b.WriteString(foldPart(id))
			return b.String()
		}
		_, n := utf8.DecodeRuneInString(id[i:])
		b.WriteString(foldPart(id[:i]))
		b.WriteString(id[i : i+n])
		id = id[i+n:]
	}
}

// becomesASCII reports whether normalising turns a character into an ASCII one: only the Kelvin sign,
// the Greek question mark and the Greek varia.
func becomesASCII(r rune) bool { return r == '\u212A' || r == '\u037E' || r == '\u1FEF' }

// foldPart folds each letter with its marks taken apart, so that a composed letter folds as its parts
// do.
func foldPart(s string) string {
	return norm.NFC.String(strings.Map(foldRune, norm.NFD.String(s)))
}

// foldRune returns the letter in lower case. Only an ASCII letter becomes an ASCII letter.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return unicode.ToLower(r)
	}
	lower := unicode.ToLower(unicode.ToUpper(r))
	if lower < utf8.RuneSelf || unicode.Is(unicode.M, r) {
		return r
	}
	return lower
}
