package spreadsheet

import (
	"fmt"
	"testing"
)

// FuzzRecords: splitting lines decides nothing but speed.
func FuzzRecords(f *testing.F) {
	for _, text := range []string{
		"", "\n", "\r\n", "a", "a,b\n", "a,b\r\nc,d\r", "a\r\r\n\r", ",\n,", "a,\n\n b", `"a"`, `"a,b",c`, "\"a\",\n\"\"\n",
		"a\n\"b\nc\",d\ne", `a"b`, `"a"b`, `"a""b"`, `"`, `""`, `"",`, `,""`,
		"x\ny\n\"z", "a\n\nb\"\n", "\"a\"\r\n", "a;b\tc|d",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, sep := range ",;\t" {
			full := &records{text: text}
			full.readFully(sep)
			if fast, want := readAll(newRecords(text, sep)), readAll(full); fast != want {
				t.Errorf("%q by %q:\n%s\nwant\n%s", text, sep, fast, want)
			}
		}
	})
}

func readAll(r *records) (all string) {
	for {
		cells, line, err := r.next()
		if err != nil {
			return all + err.Error()
		}
		all += fmt.Sprintf("%d: %q\n", line, cells)
	}
}
