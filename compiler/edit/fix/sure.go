package fix

import (
	"slices"
	"strings"
	"unicode"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// sure says why the only similar name may not be the right one, or "". The project
// may not declare the right one yet; above all, it may be another person.
func (r *runner) sure(d *diag.Finding) (why string) {
	wrong, right := policy.Fold(d.Wrong), policy.Fold(d.Right)
	switch {
	case d.Same || d.Right == "group:"+d.Wrong:
		return ""
	case keepDigits(wrong) != keepDigits(right):
		return "the only similar name has another number"
	case 2*len(wrong) < len(right):
		return "the name is too short to be sure"
	}
	switch d.Rule {
	case "unknown-scope", "unknown-group":
		if !areAlike(wrong, right) {
			return "it may not be declared yet"
		}
	case "unknown-user":
		local, domain, _ := strings.Cut(wrong, "@")
		otherLocal, otherDomain, _ := strings.Cut(right, "@")
		asked := slices.Contains(r.opts.Rules, d.Rule)
		if r.exactUsers() { // another case is another user
			local, otherLocal = d.Wrong, d.Right
		}
		if local != otherLocal && !asked || !areAlike(domain, otherDomain) {
			return "it may be another person; if not: permc fix --rule unknown-user"
		}
	}
	return ""
}

// exactUsers reports whether users are different whose ids differ in case.
func (r *runner) exactUsers() bool {
	d := r.now.project.Declared()
	return d != nil && d.Catalog != nil && d.Catalog.ExactUsers
}

func keepDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// areAlike reports whether two names differ only by slips within their parts.
func areAlike(a, b string) bool {
	x, y := splitParts(a), splitParts(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !isSlip(x[i], y[i]) {
			return false
		}
	}
	return true
}

func splitParts(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/:.-_@ ", r) })
}

// isSlip reports whether a word may be another one misspelt: one letter added,
// missing, or two swapped; in longer words, what Nearest allows.
func isSlip(a, b string) bool {
	if a == b {
		return true
	}
	n := max(len(a), len(b))
	if n < 4 || diag.Nearest(a, []string{b}) == "" || strings.HasPrefix(b, a) && len(b) > len(a)+1 {
		return false
	}
	return len(a) != len(b) || n >= 5 || slices.Equal(sortLetters(a), sortLetters(b))
}

func sortLetters(s string) []rune { return slices.Sorted(slices.Values([]rune(s))) }
