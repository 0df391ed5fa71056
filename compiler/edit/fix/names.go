package fix

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
)

// tryNames checks renames. A project that still cannot be evaluated must have
// fewer faults. A rename may uncover another misspelt name, so that is fixed too.
func (r *runner) tryNames(next *state, done []*proposal) (*state, []harm, error) {
	for range 4 {
		if found := checkRenames(r.now, next, done); len(found) > 0 {
			return nil, found, nil
		}
		if isBetter(r.now, next) || checkRemedies(r.now, next, done) {
			return next, nil, r.check(next)
		}
		edits, more, _ := planEdits(next, r.fresh(next))
		if len(more) == 0 {
			break
		}
		further, err := r.with(next, edits, more)
		if err != nil {
			return nil, []harm{{why: err.Error()}}, r.ctx.Err()
		}
		next, done = further, append(done, more...)
	}
	return nil, []harm{next.broken("another error would remain: ")}, nil
}

// fresh returns renames for names that the last edits uncovered.
func (r *runner) fresh(s *state) []*proposal {
	known := countFindings(r.now.findings)
	return slices.DeleteFunc(r.misspelt(s), func(p *proposal) bool { return known[keyOf(&p.findings[0])] > 0 })
}

// isBetter reports whether the second state has fewer faults, or none of the
// first one's.
func isBetter(a, b *state) bool {
	if b.project.Policy != nil || len(b.findings) < len(a.findings) || isFurther(a, b) {
		return true
	}
	had := countFindings(a.findings)
	return !slices.ContainsFunc(b.findings, func(d diag.Finding) bool { return had[keyOf(&d)] > 0 })
}

// isFurther reports whether two states have as many faults as are read at once, and the second has fewer where the
// first was read.
func isFurther(a, b *state) bool {
	if len(a.findings) < diag.Most || len(b.findings) < diag.Most {
		return false
	}
	read, last := map[string]int{}, int32(0) // up to where, by file, and the last file
	for i := range a.findings {
		d := &a.findings[i]
		at := a.spot(d)
		read[at.file], last = max(read[at.file], at.off), max(last, d.Pos.File)
	}
	left := 0
	for i := range b.findings {
		d := &b.findings[i]
		at := b.spot(d)
		if end, ok := read[at.file]; ok && at.off <= end || !ok && d.Pos.File < last {
			left++
		}
	}
	return left < len(a.findings)
}

// key identifies a finding, with its severity.
type key struct {
	diag.Key
	severity diag.Severity
	silenced bool
	message  string // if the finding stops the table
}

func keyOf(d *diag.Finding) key {
	k := key{d.Key(), d.Severity, d.Silenced(), ""}
	if d.Stops {
		k.message = d.Message
	}
	return k
}

func countFindings(list []diag.Finding) map[key]int {
	n := map[key]int{}
	for i := range list {
		n[keyOf(&list[i])]++
	}
	return n
}

// checkRenames finds differences between two declarations other than the names of
// the proposals.
func checkRenames(a, b *state, done []*proposal) (found []harm) {
	names := map[[2]string]bool{}
	for _, p := range done {
		names[[2]string{p.wrong, p.right}] = true
		names[[2]string{"group:" + p.wrong, "group:" + p.right}] = true
	}
	for _, d := range compareDeclared(a.project.Declared(), b.project.Declared(), nil, targetsOf(done)) {
		switch {
		case done[0].remedy != nil && d.old == "":
			found = append(found, harm{why: "the edit would change more than this", at: d.at})
		case d.old == "" || !names[[2]string{d.old, d.new}]:
			found = append(found, harm{why: "renaming it would change more than this name", at: d.at})
		case !renamable[d.section]:
			found = append(found, harm{why: "a name in " + strings.ToLower(d.section) + " is yours to decide",
				at: d.at})
		}
	}
	return found
}

// renamable lists the sections of a declaration where a name only says who has
// access, or what is expected.
var renamable = map[string]bool{"Product": true, "Scopes": true, "Users": true, "Groups": true, "Expects": true}
