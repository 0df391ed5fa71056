package drift

import (
	"context"
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
)

// scale finds what extra entries give, by compiling each user with them.
type scale struct {
	ctx     context.Context
	project *compiler.Project
	linter  *compiler.Linter
	flatten *flatten.Flattener
	dates   *policy.Calendar
	others  *lint.Worker
	missing map[*policy.User]map[key]bool // declared, and not there
	known   plain                         // of the last user of the declaration
}

// plain keeps the result of checking a user without any extra entry: the extra entries of one user are checked one
// after the other.
type plain struct {
	user   *policy.User
	access *policy.Access
	there  *policy.User
	worker *lint.Worker
	found  []diag.Finding
}

// weigh says what each extra entry is worth.
func weigh(ctx context.Context, p *compiler.Project, c *comparison) error {
	if c.out.Count(Extra) == 0 {
		return nil
	}
	w := &scale{
		ctx: ctx, project: p, linter: compiler.NewLinter(p.Policy, rules.All), flatten: flatten.New(p.Policy),
		dates: policy.NewCalendar(p.Policy), missing: map[*policy.User]map[key]bool{},
	}
	for i := range c.out.Items {
		if x := &c.out.Items[i]; x.Class == Missing && x.key.user != nil {
			if w.missing[x.key.user] == nil {
				w.missing[x.key.user] = map[key]bool{}
			}
			w.missing[x.key.user][x.key] = true
		}
	}
	for i := range c.out.Items {
		x := &c.out.Items[i]
		if x.Class != Extra || x.unweighed {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		x.Worth = w.worth(x.key, x.Actions)
	}
	return nil
}

// worth compiles a user with and without an entry. For a group, that is somebody who has nothing else.
func (w *scale) worth(k key, actions []string) *Worth {
	u := k.user
	out := &Worth{}
	if u == nil {
		u = &policy.User{ID: "group:" + k.group.ID}
		if k.role != nil && k.role.Limited && len(k.role.Affiliations) > 0 {
			u.Affiliation = k.role.Affiliations[0]
		}
		out.Members = len(k.group.Users)
	}
	v := w.with(u, k, actions)
	if w.known.user != u {
		before := w.flatten.User(u)
		old := before.Clone()
		w.known = plain{user: u, access: &old}
	}
	after := w.flatten.User(v)
	for i := range after.Rows {
		r := &after.Rows[i]
		if !r.Held() || hasRow(w.known.access, r) {
			continue
		}
		out.Permissions++
		if r.Sensitivity() == "critical" {
			out.Critical = append(out.Critical, r.Permission.ID+" on "+r.Scope.Path)
		}
	}
	if k.user != nil {
		out.Breaks = w.breaks(u, w.with(w.lookAtKnown(), k, actions))
	}
	return out
}

// with returns a user with an entry or a membership more.
func (w *scale) with(u *policy.User, k key, actions []string) *policy.User {
	change := explain.Change{Role: k.role, Permission: k.permission, Scope: k.scope, Group: k.in}
	v := explain.Changed(w.project.Policy.Catalog.Home, u, []explain.Change{change})
	if k.permission != nil && len(actions) > 0 {
		v.Entries[len(v.Entries)-1].Actions = actionsNamed(k.permission, actions)
	}
	return v
}

// asThere returns a user without what is not there, so that an entry is not blamed for what it takes the place of.
func (w *scale) asThere(u *policy.User) *policy.User {
	gone := w.missing[u]
	if gone == nil {
		return u
	}
	v := *u
	v.Entries = slices.DeleteFunc(slices.Clone(u.Entries), func(e policy.Entry) bool {
		return gone[entryKey(u, nil, &e)]
	})
	return &v
}

// lookAtKnown returns the last user without the entries that the product lacks, whom it checks once.
func (w *scale) lookAtKnown() *policy.User {
	if x := &w.known; x.there == nil {
		x.there = w.asThere(x.user)
		x.worker, x.found = w.lookAt(x.there)
	}
	return w.known.there
}

// hasRow reports whether somebody has as much of a permission already.
func hasRow(a *policy.Access, r *policy.Row) bool {
	x := policy.FindRow(a.Rows, r.Scope, r.Permission)
	return x != nil && x.Actions&r.Actions == r.Actions && x.Records <= r.Records
}

// breaks returns the findings that the last user has only with an entry: v has it, declared is as the project says.
func (w *scale) breaks(declared, v *policy.User) (list []diag.Finding) {
	before, old := w.known.worker, w.known.found
	after, now := w.lookAt(v)
	was := w.linter.Settle(slices.Clone(old))
	is := w.linter.Settle(slices.Clone(now))
	if !after.SameHolders(before) {
		if w.others == nil {
			w.countAll()
		}
		if w.others != nil {
			rest := w.linter.Worker()
			rest.Add(w.others)
			if at, ok := w.project.Policy.FindUser(declared.ID); ok && w.project.Policy.Users[at] == declared {
				counted, _ := w.lookAt(declared)
				rest.Forget(counted)
			}
			was = w.linter.FinishCounts([]*lint.Worker{rest, before}, slices.Clone(old))
			is = w.linter.FinishCounts([]*lint.Worker{rest, after}, slices.Clone(now))
		}
	}
	var had, has []diag.Identity
	var open []diag.Finding
	for i := range was {
		if !was[i].Silenced() {
			had = append(had, was[i].Identity())
		}
	}
	for i := range is {
		if !is[i].Silenced() {
			has, open = append(has, is[i].Identity()), append(open, is[i])
		}
	}
	for i, by := range diag.Match(had, has) {
		if by < 0 {
			list = append(list, open[i])
		}
	}
	return list
}

func (w *scale) lookAt(u *policy.User) (*lint.Worker, []diag.Finding) {
	l := &compiler.Looker{Flatten: w.flatten, Lint: w.linter.Worker(), Calendar: w.dates, Last: w.linter.LooksAhead()}
	found := l.User(u)
	return l.Lint, found
}

// countAll counts what everybody holds.
func (w *scale) countAll() {
	_, workers, err := w.project.Count(w.ctx, w.linter)
	if err != nil {
		return
	}
	w.others = w.linter.Worker()
	for _, x := range workers {
		w.others.Add(x)
	}
}
