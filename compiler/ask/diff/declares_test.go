package diff

import "testing"

// A file with nothing but gates belongs to a project, under the name of today and of before.
func TestDeclares(t *testing.T) {
	for text, want := range map[string]bool{
		"gates: maxLost: \"5%\"\n":        true,
		"review:\n  failOnGain: true\n":   true,
		"{\"product\": \"call-manager\"}": true,
		"services:\n  web: {}\n":          false,
	} {
		if got := mayBeProjectFile("a.yaml", []byte(text)); got != want {
			t.Errorf("declares(%q) = %v, want %v", text, got, want)
		}
	}
}
