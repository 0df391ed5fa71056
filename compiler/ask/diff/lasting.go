package diff

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// daily lints users against the declared rules on single days.
type daily struct {
	*compiler.Looker
	linter *compiler.Linter
	policy *policy.Policy
}

func newDaily(p *compiler.Project) *daily {
	linter := compiler.NewLinter(p.Policy, nil)
	return &daily{compiler.NewLooker(p.Policy, linter, policy.NewCalendar(p.Policy)), linter, p.Policy}
}

// user returns a user by id, or nil.
func (l *daily) user(id string) *policy.User {
	i, ok := l.policy.FindUser(id)
	if !ok {
		return nil
	}
	return l.policy.Users[i]
}

// on returns the findings about a user on a day.
func (l *daily) on(u *policy.User, day policy.Date) []diag.Finding {
	if u == nil {
		return nil
	}
	access := l.Flatten.UserOn(u, day)
	return slices.Clone(l.Lint.User(&access))
}

// findOutlasting returns findings of declared rules that are open in the head on a later day, but not in the base: an
// entry that lasts longer is open once its waiver ends, though both sides are equal today.
func findOutlasting(base, by *compiler.Project, people []Person, baseFound,
	headFound []diag.Finding) (list []diag.Finding) {
	found := peopleWithFindings(people, headFound)
	counts := len(people) > 0 && silencesCounts(by.Policy, headFound)
	if len(found) == 0 && !counts {
		return nil
	}
	head := newDaily(by)
	if head.Last == 0 {
		return nil
	}
	before := newDaily(base)
	if counts {
		list = head.outlastingCounts(before)
	}
	for _, x := range found {
		was, is := before.user(x.User().ID), head.user(x.Head.ID)
		if x.Base != nil {
			was = before.user(x.Base.ID)
		}
		if is != nil {
			list = append(list, head.outlasting(before, was, is)...)
		}
	}
	list = slices.DeleteFunc(head.linter.Settle(list), func(d diag.Finding) bool {
		return aboutSilence(d) || d.Waiver != nil || d.Comment != nil && commentedBefore(baseFound, &d)
	})
	for i := range list {
		list[i].Comment = nil
	}
	return list
}

// peopleWithFindings returns the people of the head that some findings are about.
func peopleWithFindings(people []Person, found []diag.Finding) (list []*Person) {
	about := map[string]bool{}
	for i := range found {
		about[found[i].User] = true
	}
	for i := range people {
		if x := &people[i]; x.Head != nil && about[x.Head.ID] {
			list = append(list, x)
		}
	}
	return list
}

// outlasting lints one user on every day on which an entry of theirs begins or has ended on either side, or a waiver
// or a comment has ended.
func (l *daily) outlasting(before *daily, was, is *policy.User) []diag.Finding {
	days := l.linter.Silencer.AppendEnds(l.Calendar.Turns(nil, is))
	if was != nil {
		days = before.Calendar.Turns(days, was)
	}
	return l.coming(days, func(day policy.Date) (base, head []diag.Finding) {
		return before.on(was, day), l.on(is, day)
	})
}

// coming returns findings of the head that the base lacks, on the given days that the linter covers.
func (l *daily) coming(days []policy.Date,
	find func(day policy.Date) (base, head []diag.Finding)) (list []diag.Finding) {
	for _, day := range policy.SortDays(days) {
		if day > l.Last {
			break
		}
		come, _, _ := Findings(find(day))
		for _, d := range come {
			list = append(list, lint.StartFrom(d, day))
		}
	}
	return list
}

// silencesCounts reports whether a finding about the number of holders is silenced.
func silencesCounts(p *policy.Policy, found []diag.Finding) bool {
	return slices.ContainsFunc(found, func(d diag.Finding) bool {
		return d.Silenced() && slices.ContainsFunc(p.Rules, func(r *policy.Rule) bool {
			return r.ID == d.Rule && r.Holders != nil
		})
	})
}

// outlastingCounts counts holders on every day on which the count changes on either side, or a waiver or a comment
// has ended.
func (l *daily) outlastingCounts(before *daily) []diag.Finding {
	was, is := before.countAll(), l.countAll()
	days := is.AppendTurns(was.AppendTurns(l.linter.Silencer.AppendEnds(nil)))
	return l.coming(days, func(day policy.Date) (base, head []diag.Finding) {
		return was.OnScopes(day), is.OnScopes(day)
	})
}

// countAll returns a worker that has counted all users on all days.
func (l *daily) countAll() *lint.Worker {
	looker := compiler.NewLooker(l.policy, l.linter, l.Calendar)
	for _, u := range l.policy.Users {
		looker.User(u)
	}
	return looker.Lint
}

// commentedBefore reports whether a comment of the base silenced the finding for as long: a comment with a later end
// silences no more.
func commentedBefore(base []diag.Finding, d *diag.Finding) bool {
	return slices.ContainsFunc(base, func(b diag.Finding) bool {
		return b.Key() == d.Key() && b.Comment != nil && (b.Comment.Until == 0 || b.Comment.Until >= d.From)
	})
}

// addUncovered adds findings of later days that go further than the listed ones, the earliest first. A new and
// silenced finding lists its own end.
func addUncovered(list, later []diag.Finding) []diag.Finding {
	slices.SortStableFunc(later, func(a, b diag.Finding) int { return cmp.Compare(a.From, b.From) })
	for _, d := range later {
		id := d.Identity()
		if !slices.ContainsFunc(list, func(o diag.Finding) bool {
			known := o.Identity()
			return known.Key == id.Key && known.Covers(&id)
		}) {
			list = append(list, d)
		}
	}
	return list
}
