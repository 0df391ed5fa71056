package policy_test

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"permc.dev/permc/compiler/policy"
)

func TestFold(t *testing.T) {
	same := [][2]string{
		{"Kim@Contoso.example", "kim@contoso.example"},
		{"JOSÉ@contoso.example", "jose\u0301@contoso.example"},
		{"ИВАН@contoso.example", "иван@contoso.example"},
		{"ΣΩΚΡΑΤΗΣ", "σωκρατης"},
		{"σωκρατης", "σωκρατησ"},
		{"I\u0307", "i\u0307"},
		{"\u0130", "i\u0307"},
		{"STRAẞE", "straße"},
		{"\u212Bsa", "åsa"},
		{"\uFF2Bim", "\uFF4Bim"},
	}
	for _, pair := range same {
		if a, b := policy.Fold(pair[0]), policy.Fold(pair[1]); a != b {
			t.Errorf("%q and %q are one id: got %q and %q", pair[0], pair[1], a, b)
		}
	}
	others := [][2]string{
		{"\u212Aim", "kim"},
		{"\u212Aim", "Kim"},
		{"jo\u017Fe", "jose"},
		{"adm\u0131n", "admin"},
		{"adm\u0130n", "admin"},
		{"straße", "strasse"},
		{"\uFF4Bim", "kim"},
		{"a\u037Eb", "a;b"},
		{"a\u1FEF", "a`"},
		{"\u1FB3", "\u03B1\u03B9"},
		{"fi", "\uFB01"},
	}
	for _, pair := range others {
		if policy.Fold(pair[0]) == policy.Fold(pair[1]) {
			t.Errorf("%q and %q are two ids, and fold to %q", pair[0], pair[1], policy.Fold(pair[0]))
		}
	}
}

// No character outside ASCII folds to ASCII, alone or next to letters that it could compose with.
// Folding twice changes nothing. Whatever Unicode takes for the two cases of one letter folds to one
// letter, unless one of them is ASCII.
func TestFoldEveryCharacter(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if !unicode.IsGraphic(r) || unicode.In(r, unicode.Han, unicode.Hangul) {
			continue
		}
		for _, s := range []string{string(r), "a" + string(r), string(r) + "\u0301"} {
			once := policy.Fold(s)
			if isASCII(once) {
				t.Errorf("%+q folds to %q", s, once)
			}
			if twice := policy.Fold(once); twice != once {
				t.Errorf("%+q folds to %+q, and that to %+q", s, once, twice)
			}
		}
		for other := unicode.SimpleFold(r); other != r && unicode.Is(unicode.L, r); other = unicode.SimpleFold(other) {
			if unicode.Is(unicode.L, other) && other >= utf8.RuneSelf && !hasLongS(r) && !hasLongS(other) &&
				policy.Fold(string(r)) != policy.Fold(string(other)) {
				t.Errorf("%U and %U fold to %+q and %+q", r, other, policy.Fold(string(r)), policy.Fold(string(other)))
			}
		}
	}
}

// hasLongS reports whether the rune is a long s with a dot, which does not fold to an s with a dot.
func hasLongS(r rune) bool { return r == '\u1E9B' }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
