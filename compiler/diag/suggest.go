package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// mostCompared is the length of the longest name that is compared with candidates.
const mostCompared = 200

// limitOf returns how many edits a folded name may be away from what it means.
func limitOf(folded string) int { return max(1, min(3, len(folded)/5)) }

// Nearest returns the candidate that a misspelt name most likely means, or "". It ignores case, and
// does not tell hyphens, underscores and spaces apart. For many names, make Names once.
func Nearest(name string, candidates []string) string { return NewNames(candidates).Nearest(name) }

// Only returns what Nearest returns if no other candidate is near, or "".
func Only(name string, candidates []string) string { return NewNames(candidates).Only(name) }

// quoteMarks are those that a word processor puts around a name.
const quoteMarks = "\"'`“”„‟‘’‚«»"

func foldName(s string) string {
	s = strings.Trim(s, quoteMarks)
	return strings.Map(func(r rune) rune {
		if r == '_' || r == ' ' {
			return '-'
		}
		return r
	}, strings.ToLower(s))
}

func abs(n int) int { return max(n, -n) }

// Suggest returns the help for an unknown name: the nearest candidate, or all of them.
func Suggest(name string, candidates []string) string { return NewNames(candidates).Suggest(name) }

// Allowed lists the candidates, up to a readable number.
func Allowed(candidates []string) string {
	if len(candidates) == 0 {
		return ""
	}
	list := slices.Sorted(slices.Values(candidates))
	const most = 12
	if len(list) > most {
		return fmt.Sprintf("use one of: %s (and %d more)", policy.JoinNames(list[:most], ", "), len(list)-most)
	}
	return "use one of: " + policy.JoinNames(list, ", ")
}

// Quote quotes a name for a message, shortens it to a readable length, and escapes invisible
// characters.
func Quote(s string) string {
	const most = 80
	if len(s) > most {
		cut := most
		for cut > 0 && s[cut]&0xC0 == 0x80 {
			cut--
		}
		s = s[:cut] + "…"
	}
	quoted := strconv.Quote(s)
	if strings.IndexFunc(quoted, policy.IsInvisible) < 0 {
		return quoted
	}
	var b strings.Builder
	for _, r := range quoted {
		if policy.IsInvisible(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
