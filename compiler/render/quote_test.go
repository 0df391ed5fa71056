package render

import (
	"github.com/go-json-experiment/json/jsontext"
	"strings"
	"testing"
)

// TestAppendQuoted compares with the JSON library, for each character at each place of
// a word that is looked at whole.
func TestAppendQuoted(t *testing.T) {
	for c := range rune(0x100) {
		for at := range 17 {
			s := strings.Repeat("a", at) + string(c) + strings.Repeat("z", 16-at)
			want, err := jsontext.AppendQuote(nil, s)
			if err != nil {
				t.Fatal(err)
			}
			if got := appendQuoted(nil, s); string(got) != string(want) {
				t.Fatalf("%q: %s, want %s", s, got, want)
			}
			if isBare(s) != (' ' <= c && c <= '~' && c != '"' && c != '\\') {
				t.Errorf("%q: bare is %v", s, isBare(s))
			}
		}
	}
}
