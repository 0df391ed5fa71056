// Package lookalike finds ids that a reader takes for one another, by the
// skeletons of Unicode Technical Standard 39.
package lookalike

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"permc.dev/permc/compiler/policy"
)

//go:generate sh -c "go run gen.go < confusables.txt > table.txt"

// table lists characters and what they look like, as code points.
//
//go:embed table.txt
var table string

// prototypes are what characters look like.
var prototypes = sync.OnceValue(func() map[rune]string {
	m := make(map[rune]string, 8192)
	for line := range strings.Lines(table) {
		codes := strings.Fields(line)
		if len(codes) < 2 || codes[0] == "#" {
			continue
		}
		var to []rune
		for _, c := range codes[1:] {
			to = append(to, codePoint(c))
		}
		m[codePoint(codes[0])] = string(to)
	}
	// All that a domain name takes for a dot.
	for _, dot := range "\u3002\uFF0E\uFF61" {
		m[dot] = "."
	}
	return m
})

func codePoint(hex string) rune {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		panic("lookalike: table.txt has " + strconv.Quote(hex))
	}
	return rune(n)
}

// Forms are how an id looks: in lower case, in upper case, and as it is
// written. Ids compare without case, so any of them may be what a reader sees.
type Forms [3]string

// FormsOf returns the skeletons of an id.
func FormsOf(id string) Forms {
	return Forms{makeSkeleton(policy.Fold(id)), makeSkeleton(toUpper(id)), makeSkeleton(id)}
}

// toUpper returns an id in upper case, letter by letter.
func toUpper(id string) string { return strings.Map(unicode.ToUpper, id) }

// makeSkeleton maps a text to what it looks like. A repeated mark shows once.
func makeSkeleton(s string) string {
	if IsASCII(s) {
		return asciiSkeleton(s)
	}
	looks := prototypes()
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if to, ok := looks[r]; ok {
			b.WriteString(to)
			continue
		}
		for _, r := range norm.NFKD.String(string(r)) {
			if to, ok := looks[r]; ok {
				b.WriteString(to)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return withoutRepeatedMarks(norm.NFD.String(b.String()))
}

func withoutRepeatedMarks(s string) string {
	var last rune
	return strings.Map(func(r rune) rune {
		if r == last && unicode.Is(unicode.M, r) {
			return -1
		}
		last = r
		return r
	}, s)
}

// asciiSkeleton needs no table: these are the characters of ASCII that look
// like others of ASCII.
func asciiSkeleton(s string) string {
	if !strings.ContainsAny(s, "01Im|\"%`") {
		return s
	}
	return asciiLooks.Replace(s)
}

var asciiLooks = strings.NewReplacer("0", "O", "1", "l", "I", "l", "m", "rn", "|", "l", `"`, "''", "%", "\u00BA/\u2080",
	"`", "'")

// IsASCII reports whether a text is all ASCII.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foreignRunes returns the characters of an id outside ASCII. If two ids have the
// same ones, they differ only in ASCII, such as user1 and userl.
func foreignRunes(id string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return -1
		}
		return r
	}, policy.Fold(id))
}

// Odd describes the first character outside of ASCII in an id, such as
// "U+043E, Cyrillic"; "" if there is none.
func Odd(id string) string {
	for _, r := range id {
		if r < utf8.RuneSelf {
			continue
		}
		s := "U+" + strings.ToUpper(padHex(strconv.FormatInt(int64(r), 16)))
		for name, script := range unicode.Scripts {
			if unicode.Is(script, r) && name != "Common" && name != "Inherited" && name != "Latin" {
				return s + ", " + strings.ReplaceAll(name, "_", " ")
			}
		}
		return s
	}
	return ""
}

func padHex(hex string) string { return strings.Repeat("0", max(0, 4-len(hex))) + hex }
