package load

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// madeByPermc reports a file that permc itself wrote into the project.
func madeByPermc(pos policy.Pos, what string) diag.Finding {
	return diag.Stopf("schema", pos, "this is %s made by permc, not a declaration", what).
		WithHelp("move it out of the project, or list it under ignore")
}

// isMade reports whether a document is an answer of permc: each says which version of its format it has, and of which
// day it is. The exceptions compare two sides, or list rules.
func isMade(t tree.Tree) bool {
	rules := t.Get("rules")
	return t.Get("version").Text() == "1" &&
		(len(t.Get("asOf")) > 0 || len(rules) > 0 && rules[0].Kind == tree.List)
}

// madeLines reports JSON lines that are rows of a table, or findings.
func (l *loader) madeLines(s *source) *diag.Finding {
	if s.ext != ".jsonl" {
		return nil
	}
	text := l.files.File(s.num).Data
	names := map[string]bool{}
	line := text[:min(lineEnd(text), 64<<10)]
	_, ok := searchJSON([]byte(line), func(f topField) bool {
		names[f.name] = true
		return false
	})
	row := names["permission"] && names["scope"] && names["level"]
	if !ok || !row && !(names["rule"] && names["severity"] && names["message"]) {
		return nil
	}
	what := "a finding"
	if row {
		what = "a table"
	}
	d := madeByPermc(policy.Pos{File: s.num, End: uint32(len(line))}, what)
	return &d
}
