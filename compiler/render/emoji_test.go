package render

import "testing"

// TestSafeEmoji checks that a joiner stays inside an emoji, and is visible everywhere else.
func TestSafeEmoji(t *testing.T) {
	for text, want := range map[string]string{
		"👩\u200d👩\u200d👧 Family":  "👩\u200d👩\u200d👧 Family",
		"🏳\uFE0F\u200d🌈":          "🏳\uFE0F\u200d🌈",
		"👩🏽\u200d🚀":               "👩🏽\u200d🚀",
		"b\u200do":                `b\u{200D}o`,
		"👩\u200d":                 `👩\u{200D}`,
		"\u200d👩":                 `\u{200D}👩`,
		"👩\u200d\u200d👧":          `👩\u{200D}\u{200D}👧`,
		"a\uFE0F\u200d👧":          "a\uFE0F" + `\u{200D}👧`,
		"🏽\u200d👧":                `🏽\u{200D}👧`,
		"👩\u200dadmin":            `👩\u{200D}admin`,
		"👩\u200b👧":                `👩\u{200B}👧`,
		"\xe2\x80👩\u200d\xf0\x9f": "\\u{FFFD}\\u{FFFD}👩\\u{200D}\\u{FFFD}\\u{FFFD}",
	} {
		if got := Safe(text); got != want {
			t.Errorf("Safe(%q) = %q, want %q", text, got, want)
		}
		if got := string(PageText([]byte(Safe(text)))); got != want {
			t.Errorf("on a page %q is %q, want %q", text, got, want)
		}
	}
}
