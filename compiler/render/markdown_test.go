package render

import (
	"strings"
	"testing"
)

// TestCellText checks what becomes code, and that words people copy do not.
func TestCellText(t *testing.T) {
	for text, want := range map[string]string{
		"zed@c.example":              "zed@c.example",
		"owner of contoso/emea":      "owner of contoso/emea",
		"a.yaml:12:3":                "a.yaml:12:3",
		"until 2027-03-31 -> x":      "until 2027-03-31 -\\> x",
		"95 % & more!":               "95 % &amp; more\\!",
		"- a":                        "\\- a",
		"1. a":                       "1\\. a",
		"a_b *c* <d>":                "a\\_b `*c*` &lt;d\\>",
		"@team":                      "`@team`",
		"x.@team é@team \u212a@team": "`x.@team é@team \u212a@team`",
		"a #1 b/c#2 d":               "a `#1 b/c#2` d",
		"GH-1 gl-2 1234567":          "`GH-1 gl-2 1234567`",
		"_www.x WWW.x ftp://x":       "`_www.x WWW.x ftp://x`",
		":tada: $x$ ~y [z]":          "`:tada: $x$ ~y [z]`",
		"@a|b":                       "`@a`\\|`b`",
		"@a`b``":                     "``` @a`b`` ```",
		"\\@a \n@b":                  "`\\@a \\u{A}@b`",
	} {
		if got := cellText(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestResolvable checks that the quick look at a word agrees with the expression.
func TestResolvable(t *testing.T) {
	letters := []string{"@", "#", "1", "a", "f", "g", "h", "W", "w", ".", "-", ":", "/", "é", "\u212a", "_", "0123456"}
	var try func(word string, left int)
	try = func(word string, left int) {
		if got, want := isResolvable(word), resolvables().MatchString(word); got != want {
			t.Fatalf("%q: %t, want %t", word, got, want)
		}
		for _, l := range letters {
			if left > 0 {
				try(word+l, left-1)
			}
		}
	}
	try("", 4)
	if !isResolvable(strings.Repeat("w", 3)+".x") || isResolvable("wide") {
		t.Error("www")
	}
}
