package render

import (
	"strings"
	"testing"
)

func TestWrapLines(t *testing.T) {
	long := "  " + strings.Repeat("word ", 30) + "end\n"
	for _, text := range []string{
		long, "short\n", strings.Repeat("x", 200) + "\n", "\x1b[1m" + strings.Repeat("a b ", 60) + "\x1b[0m\n",
		strings.Repeat("ä ö ", 60),
	} {
		got := string(WrapLines([]byte(text), 40))
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(text), " ") {
			t.Errorf("words changed:\n%s", got)
		}
		for line := range strings.Lines(got) {
			if strings.Contains(line, " ") && paintedWidth(strings.TrimRight(line, "\n")) > 40 &&
				strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("too wide: %q", line)
			}
		}
	}
	source := "   12 | " + strings.Repeat("word ", 30) + "\n"
	if got := string(WrapLines([]byte(source), 40)); got != source {
		t.Errorf("a line of a file is broken:\n%s", got)
	}
}
