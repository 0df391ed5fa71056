package policy

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes user ids equal that people cannot tell apart by case or by how
// their characters are composed.
func Fold(id string) string {
	for i := range len(id) {
		if id[i] >= utf8.RuneSelf {
			return norm.NFC.String(strings.ToLower(strings.ToUpper(id)))
		}
	}
	return strings.ToLower(id)
}
