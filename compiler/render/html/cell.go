package html

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mark is what a cell of the matrix shows, and what that means. The letters say
// the same as the patterns of the style, so that neither colour nor a pattern
// is needed.
type mark struct{ Class, Mark, Means string }

var legend = []mark{
	{"x", "X", "held through a role"},
	{"g", "G", "granted individually, to the person or a group, not through a role"},
	{"d", "D", "derived from other permissions"},
	{"none", "–", "nothing left: deny rules take every action"},
	{"w", "Xw", "some actions are withheld"},
	{"c", "Xc", "needs a condition that permc cannot check"},
	{"o", "Xo", "own records only"},
	{"e", "Xe", "expires soon"},
	{"i", "(X)", "invited: held once the invitation is accepted"},
}

// cellMark is the mark of a row, with the classes of all that it says.
func cellMark(p *policy.Policy, r *policy.Row) (class, text string) {
	class, text = base(r)
	add := func(when bool, letter string) {
		if when {
			class += " " + letter
			text += letter
		}
	}
	add(len(r.Withheld) > 0 && r.Held(), "w")
	add(len(r.Permission.Conditions) > 0, "c")
	add(r.Own, "o")
	add(report.EndsSoon(p, r), "e")
	if r.User.Invited {
		class += " i"
		text = "(" + text + ")"
	}
	return class, text
}

// base is how the row is held at all.
func base(r *policy.Row) (class, text string) {
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

// inWords says of a row what its mark says, and through what it comes.
func inWords(p *policy.Policy, r *policy.Row) string {
	parts := []string{actions(r)}
	for _, w := range r.Withheld {
		parts = append(parts, w.Action+" withheld by "+w.Rule.ID)
	}
	parts = append(parts, terms(p, r)...)
	return strings.Join(parts, "; ") + "; through " + strings.Join(reasons(r, sameText), " and ")
}

func actions(r *policy.Row) string {
	if !r.Held() {
		return "nothing left"
	}
	return strings.Join(r.Permission.Names(r.Actions), ", ")
}

// terms are what a row is bound to.
func terms(p *policy.Policy, r *policy.Row) (list []string) {
	for _, c := range r.Permission.ConditionIDs {
		list = append(list, "if "+c)
	}
	if r.Mixed() {
		list = append(list, render.PartTerms(r)...)
	} else {
		if r.Own {
			list = append(list, "own records only")
		}
		if r.Ends != 0 {
			list = append(list, "until "+r.Ends.String())
		}
	}
	if r.User.Invited {
		list = append(list, "once the invitation is accepted")
	}
	return list
}

// reasons are the sources of a row in words, each said once, and how many more
// there are.
func reasons(r *policy.Row, in func(string) string) (list []string) {
	via, more := r.Leading()
	for i := range via {
		list = append(list, in(source(r, &via[i])))
	}
	list = unique(list)
	if more > 0 {
		list = append(list, in(moreSources(more)))
	}
	return list
}

func sameText(s string) string { return s }

func moreSources(n int) string { return plural(n, "more source") }

// source says a source of a row in words.
func source(r *policy.Row, v *policy.Via) string {
	on := ""
	if v.Scope != r.Scope {
		on = " on " + v.Scope.Path
	}
	s := ""
	switch v.Kind {
	case policy.FromDerived:
		return "what else is held"
	case policy.FromGrant, policy.FromGroupGrant:
		s = "a grant" + on
	case policy.FromDefaultRole:
		s = "the default role " + v.Role.ID + on
	case policy.FromImplied:
		s = v.Implier.ID + ", which implies it" + on
		if v.Role != nil {
			s = fmt.Sprintf("%s of role %s, which implies it%s", v.Implier.ID, v.Role.ID, on)
		}
	case policy.FromIncludedRole:
		s = fmt.Sprintf("role %s, included in %s%s", v.Role.ID, v.From.ID, on)
	default:
		s = "role " + v.Role.ID
		if v.From != nil {
			s += ", included in " + v.From.ID
		}
		s += on
	}
	if v.Group != nil {
		s += ", as a member of group " + v.Group.ID
	}
	return s
}

// unique drops repetitions.
func unique(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
