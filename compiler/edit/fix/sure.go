package fix

import (
	"slices"
	"strings"
	"unicode"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// sure says why the one name that is near cannot be taken for the one that is
// meant, or "". What the project itself declares may be missing there, so that
// a near name is another thing; a person most of all.
func (r *runner) sure(d *diag.Diagnostic) (why string) {
	wrong, right := policy.Fold(d.Wrong), policy.Fold(d.Right)
	switch {
	case digits(wrong) != digits(right):
		return "the number differs, so it may be another one"
	case 2*len(wrong) < len(right):
		return "too little of the name is there to be sure"
	}
	switch d.Rule {
	case "unknown-scope", "unknown-group":
		if !alike(wrong, right) {
			return "it may be one that is not declared yet"
		}
	case "unknown-user":
		local, domain, _ := strings.Cut(wrong, "@")
		otherLocal, otherDomain, _ := strings.Cut(right, "@")
		asked := slices.Contains(r.opts.Rules, d.Rule)
		if local != otherLocal && !asked || !alike(domain, otherDomain) {
			return "it may be another person: see for yourself, and then permc fix --rule unknown-user"
		}
	}
	return ""
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// alike reports whether two names are the same but for slips within their
// parts.
func alike(a, b string) bool {
	x, y := parts(a), parts(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !slip(x[i], y[i]) {
			return false
		}
	}
	return true
}

func parts(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/:.-_@ ", r) })
}

// slip reports whether a word can be another one misspelt: a letter too many,
// too few, or two that changed places; in longer words, what Nearest allows.
func slip(a, b string) bool {
	if a == b {
		return true
	}
	n := max(len(a), len(b))
	if n < 4 || diag.Nearest(a, []string{b}) == "" || strings.HasPrefix(b, a) && len(b) > len(a)+1 {
		return false
	}
	return len(a) != len(b) || n >= 5 || slices.Equal(letters(a), letters(b))
}

func letters(s string) []rune { return slices.Sorted(slices.Values([]rune(s))) }
