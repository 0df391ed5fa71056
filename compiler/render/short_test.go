package render_test

import (
	"strings"
	"testing"

	"permc.dev/permc/compiler/render"
)

func TestShort(t *testing.T) {
	for name, want := range map[string]string{
		"ana":                         "ana",
		strings.Repeat("é", 256):      strings.Repeat("é", 256),
		strings.Repeat("é", 257):      strings.Repeat("é", 256) + "… (257 characters)",
		strings.Repeat("\xff", 66000): strings.Repeat("\xff", 256) + "… (66000 characters)",
	} {
		if got := render.Short(name); got != want {
			t.Errorf("got %q", got)
		}
	}
}
