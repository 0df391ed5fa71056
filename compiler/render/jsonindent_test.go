package render

import (
	"bytes"
	"encoding/json"
	"testing"
)

// TestAppendIndented compares with the standard library.
func TestAppendIndented(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `-1.5e3`, `[true,null,false]`, `{"a":{},"b":[],"c":[{}]}`,
		`{"a":"x,:{}[]","b":["\"","\\","\\\"","a\\\\"],"ü":"\u2028 ü 😀"}`,
		`[[[[[[[[[[[[1,{"a":[2]}]]]]]]]]]]]]`,
	} {
		for _, margin := range []string{"", "    ", "                                "} {
			var want bytes.Buffer
			if err := json.Indent(&want, []byte(text), margin, "  "); err != nil {
				t.Fatal(err)
			}
			if got := appendIndented([]byte("before "), []byte(text), len(margin)); string(got) != "before "+
				want.String() {
				t.Errorf("%s with a margin of %d:\n%s\nwant\n%s", text, len(margin), got, want.String())
			}
		}
	}
}
