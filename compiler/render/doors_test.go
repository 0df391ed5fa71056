package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"testing"

	"pgregory.net/rapid"
)

// hostile are texts likely to contain what doors look for.
var hostile = rapid.OneOf(rapid.String(),
	rapid.StringMatching(`(##|\[|vso|teamcity\[|travis_fold:|::|\\|#|"|`+
		`\x{202e}|\x{2028}|\x{85}|\x{e0041}|\x7f|é|a){0,12}`))

// TestSafeJSON checks that a door changes only how JSON is written.
func TestSafeJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := hostile.Draw(t, "text")
		text, err := json.Marshal([]string{want})
		if err != nil {
			t.Fatal(err)
		}
		var plain, got []string
		safe := SafeJSON(text)
		if err := json.Unmarshal(safe, &got); err != nil {
			t.Fatalf("%q: %v", safe, err)
		}
		if err := json.Unmarshal(text, &plain); err != nil || got[0] != plain[0] {
			t.Fatalf("%q is written %q and read %q", plain, safe, got)
		}
		checkSafe(t, safe)
		if again := SafeJSON(safe); !bytes.Equal(safe, again) {
			t.Fatalf("%q becomes %q", safe, again)
		}
	})
}

// TestSafeXML checks the same for XML.
func TestSafeXML(t *testing.T) {
	type element struct {
		A string `xml:"a,attr"`
		T string `xml:",chardata"`
	}
	rapid.Check(t, func(t *rapid.T) {
		text := hostile.Draw(t, "text")
		plain, err := xml.Marshal(element{text, text})
		if err != nil {
			t.Fatal(err)
		}
		safe := safeXML(plain)
		var want, got element
		if err := xml.Unmarshal(plain, &want); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(safe, &got); err != nil || got != want {
			t.Fatalf("%q is read %q, want %q (%v)", safe, got, want, err)
		}
		checkSafe(t, safe)
	})
}

// TestGuard checks that no command passes, and that guarded text passes unchanged.
func TestGuard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Guard([]byte(hostile.Draw(t, "text") + "\n" + hostile.Draw(t, "next")))
		checkSafe(t, text)
		for line := range bytes.Lines(text) {
			if bytes.HasPrefix(bytes.TrimSpace(line), []byte("::")) {
				t.Fatalf("%q is a command", line)
			}
		}
		if again := Guard(text); !bytes.Equal(text, again) {
			t.Fatalf("%q becomes %q", text, again)
		}
	})
}

func checkSafe(t *rapid.T, text []byte) {
	t.Helper()
	if i := nextUnsafe(text, 0, "\n\t"); i >= 0 {
		t.Fatalf("%q steers", text[i:])
	}
	for i := range text {
		if text[i] == '#' && i > 0 && text[i-1] == '#' && opensCommand(text[i+1:]) ||
			bytes.HasPrefix(text[i:], []byte("travis_fold:")) {
			t.Fatalf("%q has a command", text)
		}
	}
}

// TestGuardTerminal checks that only the colours of a style pass.
func TestGuardTerminal(t *testing.T) {
	style := Style(true)
	own := style.bold("a") + style.dim("b") + style.red("c") + style.green("d") + style.yellow("e") + style.cyan("f") +
		"\n"
	if got := string(GuardTerminal([]byte(own))); got != own {
		t.Errorf("got %q, want %q", got, own)
	}
	const hostile, want = "a\x1b[2Jb\x1b]0;c\ad\re\u202ef\x1b[31mg\xff\n",
		"a\\u{1B}[2Jb\\u{1B}]0;c\\u{7}d\\u{D}e\\u{202E}f\\u{1B}[31mg\\u{FFFD}\n"
	if got := string(GuardTerminal([]byte(hostile))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPatch checks that a patch for a file is exact, and that one for a pipe contains no command and counts its
// changes.
func TestPatch(t *testing.T) {
	old := "a\n::error::b\nc ##vso[d]\r\ne \u200d\u202e\n"
	for _, x := range []struct {
		reader  PatchReader
		want    string
		changed int
	}{
		{PatchFile, "--- a/x\n+++ b/x\n@@ -2,3 +2,4 @@\n ::error::b\n c ##vso[d]\r\n e \u200d\u202e\n+f\n", 0},
		{PatchPipe,
			"--- a/x\n+++ b/x\n@@ -2,3 +2,4 @@\n \\u{3A}:error::b\n c #\\u{23}vso[d]\r\n e \u200d\\u{202E}\n+f\n", 3},
	} {
		var b bytes.Buffer
		changed, err := Patch(&b, "x", []byte(old), []byte(old+"f\n"), x.reader, false)
		if err != nil || b.String() != x.want || changed != x.changed {
			t.Errorf("got %d, %q, want %d, %q (%v)", changed, b.String(), x.changed, x.want, err)
		}
	}
}
