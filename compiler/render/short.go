package render

import (
	"fmt"
	"unicode/utf8"

	"permc.dev/permc/compiler/policy"
)

// Short cuts a very long name, and adds its length.
func Short(name string) string {
	if len(name) <= policy.LongestName {
		return name
	}
	n := utf8.RuneCountInString(name)
	if n <= policy.LongestName {
		return name
	}
	cut := 0
	for range policy.LongestName {
		_, size := utf8.DecodeRuneInString(name[cut:])
		cut += size
	}
	return fmt.Sprintf("%s… (%d characters)", name[:cut], n)
}
