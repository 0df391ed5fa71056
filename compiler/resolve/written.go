package resolve

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// written binds the files in which an entry or a membership counts for a rule, or returns nil if that is anywhere.
func (n *nameBinder) written(d *policy.DeclaredRule, shipped bool) *policy.Written {
	if !d.AsksWhere() {
		return nil
	}
	in, except := n.globs(d, d.Forbid.Files, shipped), n.globs(d, d.Forbid.ExceptFiles, shipped)
	inside, outside := policy.NewGlobs(in), policy.NewGlobs(except)
	w := policy.NewWritten(n.policy.Files, func(path string) bool {
		if _, ok := inside.Match(path); !ok && len(in) > 0 {
			return false
		}
		_, ok := outside.Match(path)
		return !ok
	})
	w.Except = except
	return w
}

// ownPaths returns the paths of the project's own files.
func (n *nameBinder) ownPaths() *policy.Paths {
	if n.own == nil {
		var paths []string
		for _, f := range n.policy.Files.Own() {
			if f.Rel != "" {
				paths = append(paths, f.Path())
			}
		}
		n.own = policy.NewPaths(paths)
	}
	return n.own
}

// globs returns the patterns of a list, and notes those that match no file of the project.
func (n *nameBinder) globs(d *policy.DeclaredRule, list []policy.Ref, shipped bool) (globs []string) {
	for _, r := range list {
		globs = append(globs, r.Name)
		if err := policy.CheckGlob(r.Name); err != nil {
			n.fail(diag.Stopf("schema", r.Pos, "%s is not a valid pattern: %v", diag.Quote(r.Name), err))
			continue
		}
		if !shipped && !n.ownPaths().Has(r.Name) {
			n.policy.IdleGlobs = append(n.policy.IdleGlobs, policy.IdleGlob{Ref: r, Rule: d.ID.Name})
		}
	}
	return globs
}

// ways lists all memberships by who is in the group.
func (b *policyBinder) ways(nest map[*policy.Group]*nesting) *policy.Ways {
	w := &policy.Ways{Users: map[string][]policy.Step{}, Groups: map[*policy.Group][]policy.Step{}}
	elsewhere := b.declared.Elsewhere
	for _, g := range b.policy.Groups {
		for _, m := range nest[g].members {
			step := policy.Step{Group: g, Pos: m.pos, Terms: m.terms}
			step.Also = slices.Concat(elsewhere.Of(m.user, nil, m.pos)[1:], elsewhere.Of(nil, g, m.pos)[1:])
			w.Users[m.user.ID] = append(w.Users[m.user.ID], step)
		}
		for _, in := range nest[g].inner {
			step := policy.Step{Group: g, Pos: in.pos, Terms: in.terms, Also: elsewhere.Of(nil, g, in.pos)[1:]}
			w.Groups[in.group] = append(w.Groups[in.group], step)
		}
	}
	return w
}
