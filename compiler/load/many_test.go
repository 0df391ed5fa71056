package load

import (
	"strings"
	"testing"

	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/policy"
)

// TestTooMany counts the values of a text that only a full reader can read.
func TestTooMany(t *testing.T) {
	for _, x := range []struct {
		ext, text string
		many      bool
	}{
		{".json", strings.Repeat("[],", 2*scan.MostNodes), true},
		{".json", strings.Repeat(`"a-b-c",`, 2*scan.MostNodes-1), false},
		{".yaml", strings.Repeat("-\n", 4_000_001), true},
		{".yaml", strings.Repeat("- 2026-12-31\n", 2_000_000), false},
	} {
		l := &loader{files: &policy.Files{}}
		s := &source{ext: x.ext, num: l.files.Add("a"+x.ext, []byte(x.text))}
		if d := l.tooMany(s); (d != nil) != x.many {
			t.Errorf("%s %.9s…: %v", x.ext, x.text, d)
		}
	}
}

// TestDeep finds every kind of nesting, and none in what people write.
func TestDeep(t *testing.T) {
	const n = 100_000
	for text, deep := range map[string]bool{
		"x: " + strings.Repeat("1+", n) + "1":                                   true,
		"x: " + strings.Repeat("a: ", n) + "1":                                  true,
		"x: " + strings.Repeat("a:\n", n) + "1":                                 true,
		"x: a" + strings.Repeat(".a", n):                                        true,
		"x: a" + strings.Repeat("[{b: 1, c: 2}.b]", n):                          true,
		"x: a" + strings.Repeat("(1, 2)", n):                                    true,
		"x: a" + strings.Repeat("\n.a", 10) + strings.Repeat(" | b", n):         true,
		"x: " + strings.Repeat("[", n):                                          true,
		"@x(" + strings.Repeat("(", n):                                          true,
		strings.Repeat("a: b: {c: 1+1, d: [1, 2, \"x, y\"]} // a(\n", n):        false,
		"x: [" + strings.Repeat("{a: 1, b: \"c@d.example\"},\n", n) + "]":       false,
		"x: [" + strings.Repeat("{a: 1, b: \"c@d.example\"}, ", n) + "]":        false,
		"x: {" + strings.Repeat("\"a\": {b: [{c: \"d\"}]}\n", n) + "}":          false,
		"x: \"\"\"\n" + strings.Repeat("some text (in (brackets", 1) + "\"\"\"": false,
	} {
		if got := scan.Deep(text); got != deep {
			t.Errorf("%.40q…: %v", text, got)
		}
	}
}
