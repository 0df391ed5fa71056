package render

import (
	"sync/atomic"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
)

// pathsBlock is the wrapped text about one person. It is that of another one, too, once the gaps are filled, if what
// goes there is as long: words are only wrapped by their lengths.
type pathsBlock struct {
	text []byte
	gaps []blockGap
}

// blockGap is where the text has the path of a scope or, if there is none, the id of the person.
type blockGap struct {
	at, length int
	scope      *policy.Scope
}

// keptBlock holds the block of a text that several people share. It is made for the second of them: many texts are
// about one person alone.
type keptBlock struct {
	used  atomic.Bool
	block atomic.Pointer[pathsBlock]
}

// isWanted reports whether a block should be made now.
func (k *keptBlock) isWanted() bool { return k.used.Swap(true) && k.block.Load() == nil }

// appendBlock appends a block about somebody. It returns false if something does not fit into a gap.
func appendBlock(b []byte, u *paths.User, x *pathsBlock) ([]byte, bool) {
	from := len(b)
	b = append(b, x.text...)
	var scope *policy.Scope
	fill := u.User.ID
	for i := range x.gaps {
		g := &x.gaps[i]
		if i == 0 || g.scope != scope {
			if scope, fill = g.scope, fillOf(u, g.scope); !isPlainWord(fill) {
				return b[:from], false
			}
		}
		if len(fill) != g.length {
			return b[:from], false
		}
		copy(b[from+g.at:], fill)
	}
	return b, true
}

// fillOf returns what goes into a gap.
func fillOf(u *paths.User, s *policy.Scope) string {
	if s == nil {
		return u.User.ID
	}
	return u.At(s).Path
}

// isPlainWord reports whether a text is one word of printable ASCII.
func isPlainWord(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) > 0
}

// addLine adds the gaps of a line whose text was wrapped to what begins at some place. It reports whether it knows
// where they are: not if words were changed.
func (x *pathsBlock) addLine(u *paths.User, wrapped []byte, from int, words []byte, starts []int, gaps []textGap) bool {
	if printableRun(words) < len(words) {
		return false
	}
	at, n := 0, 0 // in wrapped and in words: they differ in space alone
	for i, start := range starts {
		for n < start {
			if words[n] != ' ' {
				at = skipSpace(wrapped, at) + 1
			}
			n++
		}
		fill := fillOf(u, gaps[i].scope)
		if !isPlainWord(fill) {
			return false
		}
		at = skipSpace(wrapped, at)
		x.gaps = append(x.gaps, blockGap{from + at, len(fill), gaps[i].scope})
	}
	return true
}

// skipSpace returns where the next word begins, or goes on.
func skipSpace(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\n' {
		at++
	}
	return at
}
