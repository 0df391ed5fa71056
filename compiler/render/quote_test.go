package render

import (
	"github.com/go-json-experiment/json/jsontext"
	"strings"
	"testing"
)

// TestQuote compares with the JSON library, for each character at each place of
// a word that is looked at whole.
func TestQuote(t *testing.T) {
	for c := range rune(0x100) {
		for at := range 17 {
			s := strings.Repeat("a", at) + string(c) + strings.Repeat("z", 16-at)
			want, err := jsontext.AppendQuote(nil, s)
			if err != nil {
				t.Fatal(err)
			}
			if got := quote(nil, s); string(got) != string(want) {
				t.Fatalf("%q: %s, want %s", s, got, want)
			}
			if bare(s) != (' ' <= c && c <= '~' && c != '"' && c != '\\') {
				t.Errorf("%q: bare is %v", s, bare(s))
			}
		}
	}
}
