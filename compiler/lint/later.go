package lint

import (
	"cmp"
	"maps"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// LooksAhead returns the last day on which declared rules are checked, or zero if today is the only
// one.
func (l *Linter) LooksAhead() policy.Date {
	if !slices.ContainsFunc(l.forms, func(d declared) bool {
		return d.User != nil && !isOff(l.policy, d.rule.ID, d.severity)
	}) {
		return 0
	}
	return l.policy.Until()
}

// Concern returns what declared rules look at; nil is everything.
func (w *Worker) Concern() *policy.Concern { return w.linter.concern }

// Calendar returns the days on which an entry begins or has ended that declared rules look at.
func (w *Worker) Calendar() *policy.Calendar { return w.linter.calendar() }

// Quiet reports whether declared rules find nothing about the user on a later day unless an entry
// begins: they found nothing on the day checked last, and no rule reports missing access.
func (w *Worker) Quiet() bool { return w.quiet && !w.linter.ends }

// endsMatter reports whether losing access can cause a finding: something is required, losing a role or permission
// gives other access, or what is left is written where it may not be.
func endsMatter(p *policy.Policy) bool {
	return slices.ContainsFunc(p.Rules, func(r *policy.Rule) bool {
		return r.Require != nil || r.PerUser != nil && r.PerUser.Min > 0 ||
			r.Forbid != nil && (r.Forbid.Unless != nil || r.Forbid.Written != nil)
	}) ||
		slices.ContainsFunc(p.Denies, func(r *policy.Rule) bool {
			return len(r.Deny.Roles)+len(r.Deny.GroupNames) > 0 || r.Deny.Unless.Excludes()
		}) ||
		hasExcluding(p.Catalog)
}

// hasExcluding reports whether lacking something meets a condition of the catalog.
func hasExcluding(c *policy.Catalog) (found bool) {
	c.Conditions(func(r *policy.Requirement) { found = found || r.Excludes() })
	return found
}

// Later checks the user of the last call of User on a later day, and returns what declared rules find
// from that day on. Days must come in order.
func (w *Worker) Later(a *policy.Access) []diag.Finding {
	if !w.ahead {
		w.ahead = true
		for i := range w.pass.found {
			w.note(w.pass.found[i].Identity())
		}
		w.noteBefore()
		w.again = nil
	}
	count, before := w.pass.Count, w.pass.Count.last
	w.pass.look(a)
	w.pass.found, w.pass.Count = nil, &w.aside
	w.declared()
	now := w.pass.Count.last
	w.quiet = len(w.pass.found) == 0 && len(now) == 0
	w.pass.Count = count
	count.moved(a, before, now)
	count.last, w.aside.last = now, before[:0]
	clear(w.aside.holders)
	again := w.comesBack(a.On)
	return append(w.fresh(a.On), again...)
}

// moved records on which scopes a user is counted from a day on, and on which no longer.
func (c *Counts) moved(a *policy.Access, before, now []holderKey) {
	one := holder(a.User)
	for _, k := range now {
		if !slices.Contains(before, k) {
			c.from(a.On, k, one)
		}
	}
	for _, k := range before {
		if !slices.Contains(now, k) {
			c.from(a.On, k, Holders{}.plus(one, -1))
		}
	}
}

// note records a finding, and reports whether no finding that goes as far was recorded before.
func (w *Worker) note(id diag.Identity) (fresh bool) {
	if slices.ContainsFunc(w.seen[id.Key], func(known diag.Identity) bool { return known.Covers(&id) }) {
		return false
	}
	if w.seen == nil {
		w.seen = map[diag.Key][]diag.Identity{}
	}
	w.seen[id.Key] = append(w.seen[id.Key], id)
	return true
}

// fresh returns the findings that no earlier day has to the same extent, with their day.
func (w *Worker) fresh(day policy.Date) (list []diag.Finding) {
	for _, d := range w.pass.found {
		if w.note(d.Identity()) {
			list = append(list, StartFrom(d, day))
		}
	}
	return list
}

// StartFrom sets the day on which a finding begins.
func StartFrom(d diag.Finding, day policy.Date) diag.Finding {
	d.From = day
	d.Message = "from " + day.String() + ": " + d.Message
	return d
}

// countLater checks the counts on each later day on which they change.
func (w *Worker) countLater() {
	found := w.pass.found
	w.seen = map[diag.Key][]diag.Identity{}
	for i := range found {
		w.note(found[i].Identity())
	}
	for _, day := range slices.Sorted(maps.Keys(w.pass.Count.later)) {
		changes := w.pass.Count.later[day]
		w.pass.Count.apply(changes)
		w.pass.found = nil
		for i := range w.linter.forms {
			d := &w.linter.forms[i]
			if d.Scope == nil {
				continue
			}
			for _, s := range changedScopes(changes, d.rule) {
				w.scope(d, s)
			}
		}
		found = append(found, w.fresh(day)...)
	}
	w.pass.found = found
}

// OnScopes returns what declared rules find on scopes, with the users counted so far, on a day. Days
// must come in order; afterwards the worker counts for that day.
func (w *Worker) OnScopes(day policy.Date) []diag.Finding {
	for _, from := range slices.Sorted(maps.Keys(w.pass.Count.later)) {
		if from > day {
			break
		}
		w.pass.Count.apply(w.pass.Count.later[from])
		delete(w.pass.Count.later, from)
	}
	w.pass.found = nil
	for i := range w.linter.forms {
		d := &w.linter.forms[i]
		if d.Scope == nil || isOff(w.linter.policy, d.rule.ID, d.severity) {
			continue
		}
		for _, s := range w.linter.policy.Scopes {
			w.scope(d, s)
		}
	}
	return w.pass.found
}

// AppendTurns appends the later days on which the counts change.
func (w *Worker) AppendTurns(days []policy.Date) []policy.Date {
	return slices.AppendSeq(days, maps.Keys(w.pass.Count.later))
}

// changedScopes returns the scopes on which the count of a rule changes, in order.
func changedScopes(changes map[holderKey]Holders, r *policy.Rule) (list []*policy.Scope) {
	for k, n := range changes {
		if k.rule == r && n != (Holders{}) {
			list = append(list, k.scope)
		}
	}
	slices.SortFunc(list, func(a, b *policy.Scope) int { return cmp.Compare(a.Index, b.Index) })
	return list
}

// scope checks what was counted on one scope.
func (w *Worker) scope(d *declared, s *policy.Scope) {
	w.pass.rule, w.pass.severity = d.rule.ID, d.severity
	d.Scope(&w.pass, d.rule, s)
}
