// Package pattern compiles regular expressions when they are first used: permc has so many that compiling all of them
// would take longer than checking a small project.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns a function that compiles the expression once. A wrong expression panics when it is first used.
func Lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
