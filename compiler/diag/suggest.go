package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Nearest returns the candidate that a misspelt name most likely means, or "". It ignores case, and
// does not tell hyphens, underscores and spaces apart.
func Nearest(name string, candidates []string) string {
	if len(name) > 200 {
		return ""
	}
	want, best, at := foldName(name), "", 0
	limit := max(1, min(3, len(want)/5))
	for _, c := range candidates {
		d := editDistance(want, foldName(c), limit)
		if d <= limit && (best == "" || d < at || d == at && c < best) {
			best, at = c, d
		}
	}
	if best == "" {
		return completePrefix(want, candidates)
	}
	return best
}

// Only returns what Nearest returns if no other candidate is near, or "".
func Only(name string, candidates []string) (only string) {
	want := foldName(name)
	limit := max(1, min(3, len(want)/5))
	if len(name) > 200 {
		return ""
	}
	for _, c := range candidates {
		if c == only || editDistance(want, foldName(c), limit) > limit {
			continue
		}
		if only != "" {
			return ""
		}
		only = c
	}
	if only == "" {
		return completePrefix(want, candidates)
	}
	return only
}

// completePrefix returns the one candidate that begins with the name, or "".
func completePrefix(name string, candidates []string) (found string) {
	for _, c := range candidates {
		if len(name) > 2 && strings.HasPrefix(foldName(c), name) {
			if found != "" {
				return ""
			}
			found = c
		}
	}
	return found
}

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

// editDistance returns how many insertions, deletions, replacements and swaps of neighbours turn a
// into b, or more than limit.
func editDistance(a, b string, limit int) int {
	if abs(len(a)-len(b)) > limit {
		return limit + 1
	}
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}

func abs(n int) int { return max(n, -n) }

// Suggest returns the help for an unknown name: the nearest candidate, or all of them.
func Suggest(name string, candidates []string) string {
	if near := Nearest(name, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return Allowed(candidates)
}

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
