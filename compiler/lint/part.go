package lint

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint/redundant"
	"permc.dev/permc/compiler/policy"
)

// Part is what some of the users add to the checks that need all of them. It names things by their indexes in the
// policy, so that another process can add it up.
type Part struct {
	Tallies []Tally
	Caught  []Caught
}

// Tally is how many users a rule counts on a scope.
type Tally struct {
	Rule, Scope int
	From        policy.Date // so many more from this day on; 0: today
	Holders
}

// Caught is for how many members an entry of a group has a finding.
type Caught struct{ Group, Entry, Members int }

// Unless is a finding about an entry of a group that counts unless as many members as given have one of their own.
type Unless struct {
	Caught
	Finding diag.Finding
}

// Part returns the counts of workers.
func (l *Linter) Part(workers []*Worker) (p Part) {
	sum := l.addUp(workers).pass.Count
	rules := map[*policy.Rule]int{}
	for i, r := range l.policy.Rules {
		rules[r] = i
	}
	add := func(day policy.Date, counts map[holderKey]Holders) {
		for k, n := range counts {
			if n != (Holders{}) {
				p.Tallies = append(p.Tallies, Tally{rules[k.rule], k.scope.Index, day, n})
			}
		}
	}
	add(0, sum.holders)
	for day, counts := range sum.later {
		add(day, counts)
	}
	slices.SortFunc(p.Tallies, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Scope, b.Scope))
	})
	if len(sum.members) > 0 {
		p.Caught = l.listCaught(sum)
	}
	return p
}

// listCaught returns the entries of groups about which members have findings, in order.
func (l *Linter) listCaught(c *Counts) (list []Caught) {
	for i, g := range l.policy.Groups {
		for j := range g.Entries {
			if n := c.members[&g.Entries[j]]; n > 0 {
				list = append(list, Caught{i, j, n})
			}
		}
	}
	return list
}

// FinishWhole returns the findings about the policy as a whole that do not depend on counts, and those that do not
// count if every member of a group has one.
func (l *Linter) FinishWhole() (found []diag.Finding, unless []Unless) {
	w := l.Worker()
	for i, g := range l.policy.Groups {
		for j := range g.Entries {
			before := len(w.pass.found)
			if w.groupEntry(g, j) && len(g.Users) > 0 {
				unless = append(unless, Unless{Caught{i, j, len(g.Users)}, w.pass.found[before]})
				w.pass.found = w.pass.found[:before]
			}
		}
		w.members(g)
	}
	w.whole()
	return w.pass.found, unless
}

// Alone runs a rule about what the policy can do without on some of the users, one after the other, if the policy has
// no groups.
func (w *Worker) Alone(r *Rule, users []*policy.User) []diag.Finding {
	a := active{r, diag.SeverityOf(w.linter.policy, r.ID, r.Severity)}
	if isOff(w.linter.policy, r.ID, a.severity) {
		return nil
	}
	if w.pass.alone == nil {
		w.pass.alone = redundant.NewAlone(w.linter.policy)
	}
	var found redundant.Found
	for _, u := range users {
		found.Entries = w.pass.alone.Entries(found.Entries, u)
	}
	w.pass.redundant, w.pass.found = &found, nil
	r.Policy(w.as(&a))
	w.pass.redundant = nil
	return w.pass.found
}

// FinishParts returns the findings about how many people hold something, and those of FinishWhole that count, given the
// parts of all users.
func (l *Linter) FinishParts(parts []Part, unless []Unless) []diag.Finding {
	scopes := map[int]*policy.Scope{}
	for _, s := range l.policy.Scopes {
		scopes[s.Index] = s
	}
	sum := l.Worker()
	caught := map[Caught]int{} // by entry
	for _, p := range parts {
		for _, t := range p.Tallies {
			if k := (holderKey{l.policy.Rules[t.Rule], scopes[t.Scope]}); t.From == 0 {
				sum.pass.Count.count(k, t.Holders)
			} else {
				sum.pass.Count.from(t.From, k, t.Holders)
			}
		}
		for _, c := range p.Caught {
			caught[Caught{c.Group, c.Entry, 0}] += c.Members
		}
	}
	var found []diag.Finding
	for _, u := range unless {
		if caught[Caught{u.Group, u.Entry, 0}] < u.Members {
			found = append(found, u.Finding)
		}
	}
	return l.FinishCounts([]*Worker{sum}, found)
}
