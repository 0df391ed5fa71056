package explain

import (
	"context"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
)

// Ask answers a question about one user. It compiles and checks each possible change before it proposes it.
func Ask(ctx context.Context, p *compiler.Project, q Question) (*Answer, error) {
	t := &trial{
		ctx:      ctx,
		project:  p,
		user:     q.User,
		flatten:  flatten.New(p.Policy),
		calendar: policy.NewCalendar(p.Policy),
	}
	t.linter = compiler.NewLinter(p.Policy, rules.All)
	t.before, t.found = t.lookAt(q.User)
	t.now = t.linter.Settle(slices.Clone(t.found))
	a := Why(p.Policy, q, t.tryChanges)
	if t.err == nil && q.Permission == nil {
		a.Findings, t.err = t.findings(a.Findings, &q)
	}
	if t.err == nil {
		t.err = ctx.Err()
	}
	return a, t.err
}

// findings returns the findings about the user, as a check of the whole project has them: whether a waiver is unused,
// or a role has enough holders, depends on everybody. Of a group, it returns what a member alone would have.
func (t *trial) findings(alone []diag.Finding, q *Question) (list []diag.Finding, err error) {
	if q.Group == nil {
		if alone, err = t.project.Findings(t.ctx); err != nil {
			return nil, err
		}
	}
	for i := range alone {
		d := &alone[i]
		if d.UserKey(d.User) == d.UserKey(q.User.ID) || q.Group != nil && d.Group == q.Group.ID {
			list = append(list, *d)
		}
	}
	return list, nil
}

// trial compiles the project as if one user had something else.
type trial struct {
	ctx      context.Context
	err      error
	project  *compiler.Project
	user     *policy.User
	linter   *compiler.Linter
	flatten  *flatten.Flattener
	calendar *policy.Calendar
	before   *lint.Worker // has counted the user as now
	found    []diag.Finding
	now      []diag.Finding
	others   *lint.Worker   // has counted everybody else, if needed
	all      []diag.Finding // now, about the user and about what several users hold together
}

// lookAt checks a user on all days with a new worker.
func (t *trial) lookAt(u *policy.User) (*lint.Worker, []diag.Finding) {
	l := &compiler.Looker{
		Flatten:  t.flatten,
		Lint:     t.linter.Worker(),
		Calendar: t.calendar,
		Last:     t.linter.LooksAhead(),
	}
	found := l.User(u)
	return l.Lint, found
}

// tryChanges returns the outcome of some changes. It counts everybody else, once, if the changes touch what several
// users hold together.
func (t *trial) tryChanges(changes []Change) Outcome {
	if len(changes) == 0 {
		access := t.flatten.User(t.user)
		return Outcome{Access: access, Found: t.now}
	}
	v := Changed(t.project.Policy.Catalog.Home, t.user, changes)
	joined := newGroups(t.user, v)
	after, found := t.lookAt(v)
	access := t.flatten.User(v) // last: looking at later days uses its memory again
	if len(joined) == 0 && after.SameHolders(t.before) {
		found = t.linter.Settle(found)
		return Outcome{Access: access, Found: found, New: newErrors(t.now, found)}
	}
	t.countOthers()
	defer t.admit(v, joined)()
	all := t.linter.Finish([]*lint.Worker{t.others, after}, found)
	return Outcome{Access: access, Found: found, New: newErrors(t.all, all)}
}

// newGroups returns the groups that the user joins.
func newGroups(before, after *policy.User) (list []*policy.Group) {
	for _, m := range after.Memberships {
		if !slices.ContainsFunc(before.Memberships, func(x policy.Membership) bool {
			return x.Group == m.Group && x.Periods.Equal(m.Periods)
		}) {
			list = append(list, m.Group)
		}
	}
	return list
}

// countOthers counts everybody else, on every core, and keeps today's findings.
func (t *trial) countOthers() {
	if t.others != nil {
		return
	}
	t.others = t.linter.Worker()
	_, workers, err := t.project.Count(t.ctx, t.linter)
	if err != nil {
		t.err = err
		return
	}
	for _, w := range workers {
		t.others.Add(w)
	}
	t.others.Forget(t.before)
	t.all = t.linter.Finish([]*lint.Worker{t.others, t.before}, slices.Clone(t.found))
}

// admit makes a user a member of groups in the policy, because rules look at members. The function it returns undoes
// this.
func (t *trial) admit(u *policy.User, groups []*policy.Group) (back func()) {
	type members struct {
		users  []*policy.User
		waived [][]*policy.User
	}
	waivers := t.project.Policy.Waivers
	old := make([]members, len(groups))
	for i, g := range groups {
		old[i].users = g.Users
		at, known := slices.BinarySearchFunc(g.Users, u.ID, func(x *policy.User, id string) int {
			return strings.Compare(x.ID, id)
		})
		if g.Users = slices.Clone(g.Users); known {
			g.Users[at] = u
		} else {
			g.Users = slices.Insert(g.Users, at, u)
		}
		for _, w := range waivers {
			old[i].waived = append(old[i].waived, w.Beneficiaries)
			if w.Group.Name == g.ID {
				w.Beneficiaries = append(slices.Clip(w.Beneficiaries), u)
			}
		}
	}
	return func() {
		for i, g := range slices.Backward(groups) {
			g.Users = old[i].users
			for j, w := range waivers {
				w.Beneficiaries = old[i].waived[j]
			}
		}
	}
}

// newErrors returns open errors in after that before lacks, or that go further than there.
func newErrors(before, after []diag.Finding) (list []diag.Finding) {
	_, known := openErrors(before)
	open, now := openErrors(after)
	for i, by := range diag.Match(known, now) {
		if by < 0 {
			list = append(list, open[i])
		}
	}
	return list
}

func openErrors(all []diag.Finding) (list []diag.Finding, ids []diag.Identity) {
	for i := range all {
		if all[i].Severity == diag.Error && !all[i].Silenced() {
			list, ids = append(list, all[i]), append(ids, all[i].Identity())
		}
	}
	return list, ids
}
