package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// LongestName is how many characters an id, a name or a title may have.
const LongestName = 256

// Fold makes ids of users equal that differ in case, or in how their characters
// are composed. ASCII folds to ASCII alone: a directory does not take the Kelvin
// sign for a K, so whoever has it in the id is somebody else.
func Fold(id string) string {
	for i := range len(id) {
		if id[i] >= utf8.RuneSelf {
			return foldUnicode(id)
		}
	}
	return strings.ToLower(id)
}

// foldUnicode folds what stands between characters that Unicode composes to
// ASCII, and leaves those as they are.
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

// becomesASCII reports whether normalising turns a character into one of ASCII:
// the Kelvin sign, the Greek question mark and the Greek varia alone.
func becomesASCII(r rune) bool { return r == '\u212A' || r == '\u037E' || r == '\u1FEF' }

// foldPart folds letter by letter. Marks are apart from their letters
// meanwhile, so that a composed letter folds as its parts do.
func foldPart(s string) string {
	return norm.NFC.String(strings.Map(foldRune, norm.NFD.String(s)))
}

// foldRune is the letter in lower case; one of ASCII for one of ASCII alone.
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
