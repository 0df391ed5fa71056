package policy

import (
	"slices"
	"testing"
)

func TestShortenActions(t *testing.T) {
	for _, x := range [][2][]string{
		{{"read", "write", "admin"}, {"r", "w", "a"}},
		{{"edit", "export", "view"}, {"ed", "ex", "v"}},
		{{"edit", "edit-own", "e"}, {"edit", "edit-", "e"}},
		{{"use"}, {"u"}},
		{{"äa", "äb"}, {"äa", "äb"}},
	} {
		if got := ShortenActions(x[0]); !slices.Equal(got, x[1]) {
			t.Errorf("%q: got %q, want %q", x[0], got, x[1])
		}
	}
}
