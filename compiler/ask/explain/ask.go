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

// Ask answers a question about one person. Changes that would help are
// compiled and checked, one by one, before they are proposed.
func Ask(ctx context.Context, p *compiler.Project, q Question) (*Answer, error) {
	t := &trial{ctx: ctx, project: p, user: q.User, flatten: flatten.New(p.Policy), calendar: policy.NewCalendar(p.Policy)}
	t.linter = compiler.NewLinter(p.Policy, rules.All)
	t.before, t.found = t.look(q.User)
	t.now = t.linter.Settle(slices.Clone(t.found))
	a := Why(p.Policy, q, t.try)
	if t.err == nil {
		t.err = ctx.Err()
	}
	return a, t.err
}

// trial compiles what would be if one person had something else.
type trial struct {
	ctx      context.Context
	err      error
	project  *compiler.Project
	user     *policy.User
	linter   *compiler.Linter
	flatten  *flatten.Flattener
	calendar *policy.Calendar
	before   *lint.Worker // has counted the person as now
	found    []diag.Finding
	now      []diag.Finding
	others   *lint.Worker   // has counted everybody else, once somebody asks
	all      []diag.Finding // now, of the person and of what several have together
}

// look looks at somebody on all days, with a worker of its own.
func (t *trial) look(u *policy.User) (*lint.Worker, []diag.Finding) {
	l := &compiler.Looker{Flatten: t.flatten, Lint: t.linter.Worker(), Calendar: t.calendar, Last: t.linter.LooksAhead()}
	found := l.User(u)
	return l.Lint, found
}

// try is what would be after some changes. Everybody else is looked at only if
// the changes touch what several people have together, and then once.
func (t *trial) try(changes []Change) Outcome {
	if len(changes) == 0 {
		access := t.flatten.User(t.user)
		return Outcome{Access: access, Found: t.now}
	}
	v := Changed(t.project.Policy.Catalog.Home, t.user, changes)
	joined := joined(t.user, v)
	after, found := t.look(v)
	access := t.flatten.User(v) // last: looking at later days uses its memory again
	if len(joined) == 0 && after.SameHolders(t.before) {
		found = t.linter.Settle(found)
		return Outcome{Access: access, Found: found, New: fresh(t.now, found)}
	}
	t.count()
	defer t.admit(v, joined)()
	all := t.linter.Finish([]*lint.Worker{t.others, after}, found)
	return Outcome{Access: access, Found: found, New: fresh(t.all, all)}
}

// joined are the groups that somebody is in now and was not before, or at other times.
func joined(before, after *policy.User) (list []*policy.Group) {
	for _, m := range after.Memberships {
		if !slices.ContainsFunc(before.Memberships, func(x policy.Membership) bool { return x.Group == m.Group && x.Periods.Equal(m.Periods) }) {
			list = append(list, m.Group)
		}
	}
	return list
}

// count counts everybody else, on every core, and keeps what is found now.
func (t *trial) count() {
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

// admit makes somebody a member of groups, in the policy, until the function
// that it returns is called: rules look at who is in a group.
func (t *trial) admit(u *policy.User, groups []*policy.Group) (back func()) {
	type members struct {
		users  []*policy.User
		waived [][]*policy.User
	}
	waivers := t.project.Policy.Waivers
	old := make([]members, len(groups))
	for i, g := range groups {
		old[i].users = g.Users
		at, known := slices.BinarySearchFunc(g.Users, u.ID, func(x *policy.User, id string) int { return strings.Compare(x.ID, id) })
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

// fresh returns the open errors that were not there before, or that go further
// than the one that was.
func fresh(before, after []diag.Finding) (list []diag.Finding) {
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
