package fix

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// attempt makes the edits of a list that do no harm. It drops proposals that are
// to blame for harm; if that is not clear, it tries each half.
func (r *runner) attempt(list []*proposal) error {
	for len(list) > 0 {
		next, done, found, err := r.try(list)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			r.now = next
			return nil
		}
		blamed := r.blame(done, found)
		switch {
		case len(blamed) == 0 && len(done) > 1:
			return r.halves(done)
		case len(blamed) == 0:
			blamed[done[0]] = found[0].why
		}
		count, groups := countRivals(done)
		list = slices.DeleteFunc(done, func(p *proposal) bool {
			return r.dismiss(p, blamed[p], count[holderOf(&p.findings[0])] > 1 || groups && len(count) > 1)
		})
	}
	return nil
}

// countRivals counts removals by holder, and reports whether some are of groups,
// which may affect any of the others.
func countRivals(list []*proposal) (count map[string]int, groups bool) {
	count = map[string]int{}
	for _, p := range list {
		count[holderOf(&p.findings[0])]++
		groups = groups || p.findings[0].User == ""
	}
	return count, groups
}

// dismiss drops a proposal that is to blame, if there is no other way. A removal
// that is blamed among others will be tried alone.
func (r *runner) dismiss(p *proposal, why string, among bool) bool {
	switch {
	case why == "":
		return false
	case p.elsewhere: // this line has more about the user than the other file
		p.elsewhere = false
		return false
	case among && !p.early:
		for _, at := range p.spots {
			r.doubted[at] = why
		}
		return true
	}
	r.leave(p, why)
	return true
}

func (r *runner) halves(list []*proposal) error {
	before := r.now
	if err := r.attempt(list[:len(list)/2]); err != nil {
		return err
	}
	rest := list[len(list)/2:]
	for _, p := range rest {
		p.moved(before, r.now)
	}
	return r.attempt(rest)
}

// try makes edits and returns their harm. done are the proposals that it could
// make edits of.
func (r *runner) try(list []*proposal) (next *state, done []*proposal, found []harm, err error) {
	edits, done, why := planEdits(r.now, list)
	for p, err := range why {
		r.leave(p, err.Error())
	}
	if len(done) == 0 {
		return r.now, nil, nil, nil
	}
	if r.tries++; r.opts.MostTries > 0 && r.tries > r.opts.MostTries {
		return nil, done, nil, ErrTooLong
	}
	if next, err = r.with(r.now, edits, done); err != nil {
		return nil, done, []harm{{why: err.Error()}}, r.ctx.Err()
	}
	if done[0].early {
		next, found, err = r.tryNames(next, done)
	} else {
		found, err = r.harm(r.now, next, done)
	}
	return next, done, found, err
}

// blame finds the last proposal that may have caused each harm.
func (r *runner) blame(list []*proposal, found []harm) map[*proposal]string {
	blamed, names := map[*proposal]string{}, map[policy.Pos]*proposal{}
	for _, p := range list {
		if p.early {
			names[p.place] = p
		}
	}
	for _, h := range found {
		p := names[h.at]
		if p == nil {
			p = r.removalOf(list, &h)
		}
		if p != nil && blamed[p] == "" {
			blamed[p] = h.why
		}
	}
	return blamed
}

// removalOf finds the last removal that may have caused a harm, or nil.
func (r *runner) removalOf(list []*proposal, h *harm) *proposal {
	for _, p := range slices.Backward(list) {
		if !p.early && r.isOf(p, h) {
			return p
		}
	}
	return nil
}

// isOf reports whether a harm affects the holder of a removal, also through a
// group.
func (r *runner) isOf(p *proposal, h *harm) bool {
	u := findUser(r.now.project.Policy, h.whose)
	return h.whose != "" && slices.ContainsFunc(p.findings, func(d diag.Finding) bool {
		return holderOf(&d) == h.whose || "group:"+d.Group == h.whose ||
			d.User == "" && u != nil && slices.ContainsFunc(u.Memberships, func(m policy.Membership) bool {
				return m.Group.ID == d.Group
			})
	})
}
