package fix

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
)

// tryNames judges renames. A project that still cannot be evaluated must have
// fewer faults; what comes to light behind a name may be misspelt, too.
func (r *runner) tryNames(next *state, done []*proposal) (*state, []harm, error) {
	for range 4 {
		if found := renames(r.now, next, done); len(found) > 0 {
			return nil, found, nil
		}
		if better(r.now, next) {
			return next, nil, r.check(next)
		}
		edits, more, _ := plan(next, r.fresh(next))
		if len(more) == 0 {
			break
		}
		further, err := r.with(next, edits, more)
		if err != nil {
			return nil, []harm{{why: err.Error()}}, r.ctx.Err()
		}
		next, done = further, append(done, more...)
	}
	return nil, []harm{next.broken("what it hides cannot be mended: ")}, nil
}

// fresh are renames of what has come to light since now.
func (r *runner) fresh(s *state) []*proposal {
	known := count(r.now.findings)
	return slices.DeleteFunc(r.misspelt(s), func(p *proposal) bool { return known[keyOf(&p.findings[0])] > 0 })
}

// better reports whether the second state has fewer faults, or none of those
// of the first.
func better(a, b *state) bool {
	if b.project.Policy != nil || len(b.findings) < len(a.findings) {
		return true
	}
	had := count(a.findings)
	return !slices.ContainsFunc(b.findings, func(d diag.Diagnostic) bool { return had[keyOf(&d)] > 0 })
}

// key is what a finding is about, and how it counts.
type key struct {
	diag.Key
	severity diag.Severity
	silenced bool
	message  string // where there is no table
}

func keyOf(d *diag.Diagnostic) key {
	k := key{d.Key(), d.Severity, d.Silenced(), ""}
	if d.Stops {
		k.message = d.Message
	}
	return k
}

func count(list []diag.Diagnostic) map[key]int {
	n := map[key]int{}
	for i := range list {
		n[keyOf(&list[i])]++
	}
	return n
}

// renames looks for differences between the declarations of two states beside
// the names of proposals.
func renames(a, b *state, done []*proposal) (found []harm) {
	names := map[[2]string]bool{}
	for _, p := range done {
		names[[2]string{p.wrong, p.right}] = true
		names[[2]string{"group:" + p.wrong, "group:" + p.right}] = true
	}
	for _, d := range differences(a.project.Declared(), b.project.Declared(), nil) {
		switch {
		case d.old == "" || !names[[2]string{d.old, d.new}]:
			found = append(found, harm{why: "more would change than this name", at: d.at})
		case !renamable[d.section] && !(d.section == "Gates" && d.new == "gates"):
			found = append(found, harm{why: "in " + strings.ToLower(d.section) + ", what is meant is for a person to say", at: d.at})
		}
	}
	return found
}

// renamable are the parts of a declaration in which a name only says who has
// what, or what is expected.
var renamable = map[string]bool{"Product": true, "Scopes": true, "Users": true, "Groups": true, "Expects": true}
