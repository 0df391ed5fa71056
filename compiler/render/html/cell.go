package html

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mark is the text of a matrix cell with its meaning. The letters say the same as the patterns in the style, so
// nobody needs colours or patterns.
type mark struct{ Class, Mark, Means string }

var legend = []mark{
	{"x", "X", "held through a role"},
	{"g", "G", "granted individually, to the person or a group, not through a role"},
	{"d", "D", "derived from other permissions"},
	{"none", "–", "nothing left: deny rules take every action"},
	{"w", "Xw", "some actions are withheld"},
	{"c", "Xc", "needs a condition that permc cannot check"},
	{"o", "Xo", "own records only"},
	{"t", "Xt", "records of the group only, not one's own"},
	{"e", "Xe", "expires soon"},
	{"v", "X~", "derived from what the catalog's sources state"},
	{"u", "X*", "inferred: no source of the catalog states it"},
	{"p", "X:r", "some actions only, by their first letters: r is read, r+w read and write"},
	{"i", "(X)", "not held now: invited, or disabled"},
}

// cellMark returns the mark of a row and its CSS classes.
func cellMark(p *policy.Policy, r *policy.Row) (class, text string) {
	classes, letters := appendMark(nil, nil, p, r)
	return string(classes), string(letters)
}

// appendMark appends the CSS classes of a row, and its mark.
func appendMark(classes, letters []byte, p *policy.Policy, r *policy.Row) (class, text []byte) {
	base, first := baseMark(r)
	waits := r.User.Waits()
	if class, text = append(classes, base...), letters; waits {
		text = append(text, '(')
	}
	text = append(text, first...)
	add := func(when bool, letter byte) {
		if when {
			class, text = append(class, ' ', letter), append(text, letter)
		}
	}
	add(len(r.Withheld) > 0 && r.Held(), 'w')
	add(len(r.Permission.Conditions) > 0, 'c')
	add(r.Records == policy.OwnRecords, 'o')
	add(r.Records == policy.GroupRecords, 't')
	add(report.EndsSoon(p, r), 'e')
	switch sure := r.Confidence(); {
	case sure == policy.Inferred:
		class, text = append(class, " u"...), append(text, '*')
	case sure == policy.Derived && base != "d":
		class, text = append(class, " v"...), append(text, '~')
	}
	if some := r.Permission.Shorten(r.Actions); some != "" {
		class, text = append(class, " p"...), append(append(text, ':'), some...)
	}
	if waits {
		class, text = append(class, " i"...), append(text, ')')
	}
	return class, text
}

// baseMark says how the row is held at all.
func baseMark(r *policy.Row) (class, text string) {
	if !r.Held() {
		return "none", "–"
	}
	derived := true
	for i := range r.Via {
		derived = derived && r.Via[i].Kind == policy.FromDerived
	}
	switch {
	case derived:
		return "d", "D"
	case report.Individual(r):
		return "g", "G"
	}
	return "x", "X"
}

// inWords describes a row for screen readers, with its sources.
func (v *view) inWords(r *policy.Row) string {
	parts := []string{actionsText(r)}
	for _, w := range r.Withheld {
		parts = append(parts, w.Action+" withheld by "+w.Rule.ID)
	}
	parts = append(parts, terms(r)...)
	return strings.Join(parts, "; ") + "; " + strings.Join(v.sourceTexts(r, sameText), " + ")
}

// terms lists what a row is limited by, and how sure it is where no source states it.
func terms(r *policy.Row) []string {
	list := render.DescribeTerms(r)
	if words := sureness[r.Confidence()]; words != "" {
		list = append(list, words)
	}
	return list
}

// limits lists what a row is limited by, except for its expiry.
func limits(r *policy.Row) []string {
	list := render.DescribeTerms(r)
	if r.Mixed() || r.Ends == 0 {
		return list
	}
	until := "until " + r.Ends.String()
	return slices.DeleteFunc(list, func(s string) bool { return s == until })
}

// sureness says how sure a row is, in the words of the legend.
var sureness = [...]string{policy.Stated: "", policy.Derived: "derived from what sources state",
	policy.Inferred: "inferred, no source states it"}

func actionsText(r *policy.Row) string {
	if !r.Held() {
		return "nothing left"
	}
	return policy.JoinNames(r.Permission.Names(r.Actions), ", ")
}

// sourceTexts describes the sources of a row, each once, and counts further ones.
func (v *view) sourceTexts(r *policy.Row, in func(string) string) (list []string) {
	via, more := r.Leading()
	for i := range via {
		list = append(list, in(v.describeSource(r, &via[i])))
	}
	list = dropRepeats(list)
	if more > 0 {
		list = append(list, in(moreSources(more)))
	}
	return list
}

func sameText(s string) string { return s }

func moreSources(n int) string { return render.Plural(n, "more source") }

// dropRepeats drops repeated texts.
func dropRepeats(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
