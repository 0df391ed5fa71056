package load

import (
	"fmt"
	"strings"
	"testing"
)

// TestJSONSlips writes JSON as people do who write other languages. Each slip is found where it is, with the way out.
func TestJSONSlips(t *testing.T) {
	for _, slip := range []struct{ text, place, message, help string }{
		{"{`scopes`: {`a`: {},}}", "1:20", "", "remove the comma after the last one"},
		{"{`users`: {},}", "1:13", "", "remove the comma after the last one"},
		{"{`users`: {},, `x`: 1}", "1:14", "", "remove one of the commas"},
		{"{\n// customers\n`a`: 1}", "2:1", "", "JSON has no comments: remove it, or use YAML or CUE"},
		{"{`a`: 1, # one\n`b`: 2}", "1:10", "", "JSON has no comments: remove it, or use YAML or CUE"},
		{"{'a': 1}", "1:2", "", "use double quotes"},
		{"{`a`: [{`r`: 1}}", "1:16", "", "close the list before it: ]}"},
		{"{`a`: {`r`: 1]}", "1:14", "", "close the mapping before it: }]"},
		{"{`a`:\n {`b`: `{`}", "1:1", "not JSON: { is not closed", "add } where it ends"},
		{"{`a`:\n [1, 2", "2:2", "not JSON: [ is not closed", "add ] where it ends"},
		{"{`a`: `b\n}", "1:7", "not JSON: this quote is not closed",
			"close it on its line; a line break inside a text is \\n"},
		{"{`a`: 1}\n}", "2:1", "text after the end of the JSON value", "remove it: nothing is open here"},
		{"{`a`: 1}\n{`b`: 2}", "2:1", "text after the end of the JSON value",
			"put everything in one {…}, or each value in a file of its own"},
		{"{`a`: 1},\n`b`: 2", "1:9", "text after the end of the JSON value",
			"the } before it closes the whole: move it to the end"},
		{"{users: {}}", "1:2", "", "put it in double quotes: \"users\""},
		{"{`a`: True}", "1:7", "", "write true"},
		{"{`a`: no}", "1:7", "", "write false"},
		{"{`a`: None}", "1:7", "", "leave the field out"},
		{"{`a` = 1}", "1:6", "", "write a colon in place of it"},
		{"{`a` 1}", "1:6", "", "put a colon before it"},
		{"{`a`: 1\n`b`: 2}", "2:1", "", "add a comma before it"},
		{"[1 2]", "1:4", "", "add a comma before it"},
		{"{`CORP\\x`: 1}", "1:7", "", "write \\\\ for a backslash"},
		{"{`a\tb`: 1}", "1:4", "", "write \\t for a tab"},
	} {
		text := strings.ReplaceAll(slip.text, "`", "\"")
		_, d := readJSON(1, text)
		if d == nil {
			t.Errorf("%s: no finding", text)
			continue
		}
		before := text[:d.Pos.Off]
		place := fmt.Sprintf("%d:%d", 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n'))
		if place != slip.place || d.Help != slip.help || slip.message != "" && d.Message != slip.message {
			t.Errorf("%s\n got %s: %s; help: %s\nwant %s: %s; help: %s", text, place, d.Message, d.Help, slip.place,
				slip.message, slip.help)
		}
	}
}
