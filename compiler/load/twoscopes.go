package load

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
)

// findTwoScopes reports what names its scope twice, outside of assignments and grants: they are read with the users.
func findTwoScopes(t tree.Tree) (faults []diag.Finding) {
	check := func(v tree.Tree) {
		if path := v.Get("path"); path != nil && v.Get("scope") != nil {
			faults = append(faults, diag.Stopf("schema", path.Pos(), "scope and path both say where").
				WithHelp("keep one of them"))
		}
	}
	for _, name := range [...]string{"waivers", "reviews", "expect"} {
		elemsOf(t.Get(name), check)
	}
	elemsOf(t.Get("owners"), func(v tree.Tree) { check(v.Get("match")) })
	for _, name := range [...]string{"gates", "review"} {
		elemsOf(t.Get(name).Get("forbid"), check)
		elemsOf(t.Get(name).Get("forbidPath"), check)
	}
	for _, rules := range [...]tree.Tree{t.Get("rules"), t.Get("catalog").Get("rules")} {
		fieldsOf(rules, func(_ *tree.Node, v tree.Tree) {
			check(v.Get("deny"))
			check(v.Get("forbid"))
		})
	}
	return faults
}
