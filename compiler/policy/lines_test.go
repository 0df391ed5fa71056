package policy

import (
	"strings"
	"testing"
)

// A large text, whose halves are indexed in parallel, has the right lines and columns.
func TestLargeText(t *testing.T) {
	for _, last := range []string{"", "\n", "é", "\x00"} {
		text := strings.Repeat("a line of some length\n\nand one of é\n", 150_000) + last
		f := NewFile("x", []byte(text))
		if f.Plain() {
			t.Fatal("a text with é is plain")
		}
		line, column := 1, 1
		for i, r := range text {
			if i%101 == 0 {
				if l, c := f.place(uint32(i)); l != line || c != column {
					t.Fatalf("offset %d is at %d:%d, want %d:%d", i, l, c, line, column)
				}
			}
			if column++; r == '\n' {
				line, column = line+1, 1
			}
		}
	}
	if text := strings.Repeat("plain\n", 1_000_000); !NewFile("x", []byte(text)).Plain() ||
		NewFile("x", []byte(text+"\x00")).Plain() || NewFile("x", []byte("é"+text)).Plain() {
		t.Error("a plain text is not plain, or another is")
	}
}
