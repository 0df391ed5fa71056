package fix

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// try makes edits and says what harm they do. It returns the proposals that
// edits were made of.
func (r *runner) try(list []*proposal) (next *state, done []*proposal, found []harm, err error) {
	edits, done, why := plan(r.now, list)
	for p, err := range why {
		r.leave(p, err.Error())
	}
	if len(done) == 0 {
		return r.now, nil, nil, nil
	}
	if next, err = r.with(r.now, edits, done); err != nil {
		return nil, done, []harm{{why: err.Error()}}, r.ctx.Err()
	}
	if done[0].right != "" {
		next, found, err = r.tryNames(next, done)
	} else {
		found, err = r.harm(r.now, next, done)
	}
	return next, done, found, err
}

// blame finds, of the proposals, the last one of each whose harm it is.
func (r *runner) blame(list []*proposal, found []harm) map[*proposal]string {
	blamed := map[*proposal]string{}
	for _, h := range found {
		if h.whose == "" {
			continue
		}
		for _, p := range slices.Backward(list) {
			if r.isOf(p, h.whose) {
				if blamed[p] == "" {
					blamed[p] = h.why
				}
				break
			}
		}
	}
	return blamed
}

// isOf reports whether a proposal is about somebody, also through a group.
func (r *runner) isOf(p *proposal, whose string) bool {
	if p.right != "" {
		return p.wrong == whose
	}
	u := user(r.now.project.Policy, whose)
	return slices.ContainsFunc(p.findings, func(d diag.Diagnostic) bool {
		return holder(&d) == whose || d.User == "" && u != nil && slices.ContainsFunc(u.Memberships, func(m policy.Membership) bool { return m.Group.ID == d.Group })
	})
}
