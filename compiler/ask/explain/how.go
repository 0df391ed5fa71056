package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Proposal is a set of changes that give the permission, or would if a rule did not forbid it.
type Proposal struct {
	Changes     []Change
	Scope       *policy.Scope // on which they give the permission
	Rows        int           // additional rows
	Critical    int           // additional rows of critical actions
	Actions     int           // additional actions in all rows
	ForbiddenBy string        // the rule's id
	Reason      string        // the rule's message

	or [][]string // by change: other values of the attribute that work
}

// Limits of the search: sets of changes compiled, their size, and the number of proposals.
const (
	mostTries     = 1000
	mostChanges   = 8
	mostProposals = 12
)

// Excess reports whether a proposal gives far more than was asked for.
func (p *Proposal) Excess() bool { return p.Rows >= 20 || p.Critical >= 5 }

// search looks for sets of changes, small ones first.
type search struct {
	*Answer
	try    Try
	target *policy.Scope
	before map[rowKey]policy.Actions
	givers map[giverKey][]Change
	order  []*policy.Scope // all, nearest to what the user has first
	seen   map[string]bool
	tries  int
	legal  []Proposal
	barred []Proposal // forbidden by a rule
	stuck  []Block    // obstacles for part of a set

	most     int  // other scopes to examine for one prerequisite
	narrowed bool // there were more such scopes
	anything bool // also try entries that only make permc examine a derived permission
	cut      bool // there were more sets of changes than the limit
}

type rowKey struct {
	scope      *policy.Scope
	permission *policy.Permission
}

type giverKey struct {
	rowKey
	direct bool
}

// state is a set of changes to try.
type state struct {
	changes []Change
	gives   bool // one of them gives the permission itself
}

// propose proposes changes that give the permission, on the first scopes or, if rules forbid that, on others.
func (a *Answer) propose(all []*policy.Scope, first int, try Try) {
	s := &search{Answer: a, try: try, before: map[rowKey]policy.Actions{}}
	for i := range a.Access.Rows {
		if r := &a.Access.Rows[i]; !a.User.Waits() {
			s.before[rowKey{r.Scope, r.Permission}] = r.Actions
		}
	}
	near := a.near()
	s.order = slices.SortedStableFunc(slices.Values(a.Policy.Scopes), func(x, y *policy.Scope) int {
		return cmp.Compare(near(x), near(y))
	})
	s.widen(all, first)
	legal := rankProposals(s.legal, a.At)
	a.How = append(legal, slices.DeleteFunc(rankProposals(s.barred, a.At), func(p Proposal) bool {
		return slices.ContainsFunc(legal, func(l Proposal) bool { return isSubset(l.Changes, p.Changes) })
	})...)
	for i := range a.How {
		a.How[i].addOthers()
	}
	if len(s.legal) == 0 {
		a.blocks(s)
	}
}

// widen looks close by first, then on more scopes for each prerequisite, and last at any entry that might help.
func (s *search) widen(all []*policy.Scope, first int) {
	s.most = 1
	s.on(all, first, mostTries)
	if s.narrowed {
		s.most = mostTargets
		s.on(all, first, 2*mostTries)
	}
	if len(s.legal) == 0 && (s.Permission.When != nil || s.narrowed) {
		s.most, s.anything = mostTargets, true
		s.on(all, first, 3*mostTries)
	}
}

// on examines the first scopes, and then the rest until it finds something.
func (s *search) on(all []*policy.Scope, first, until int) {
	s.givers, s.cut, s.Elsewhere = map[giverKey][]Change{}, false, false
	for i, t := range all {
		left := until - s.tries
		if i >= first && len(s.legal) > 0 || left <= 0 {
			s.Elsewhere = left <= 0 || !s.onScope()
			return
		}
		s.target, s.seen = t, map[string]bool{}
		s.run(max(left/max(first-i, 4), 1))
	}
}

// run tries sets of changes in order of size. It extends a set that does not give the permission yet by each change
// that is a step towards it.
func (s *search) run(most int) {
	first := state{}
	if s.User.Waits() {
		first.changes = []Change{{Enable: s.User.Disabled}}
	}
	queue := []state{first}
	for ; len(queue) > 0 && most > 0; most-- {
		x := queue[0]
		queue = queue[1:]
		s.tries++
		out := s.try(x.changes)
		for _, c := range s.next(x, &out) {
			y := state{changes: append(slices.Clip(x.changes), c.Change), gives: x.gives || c.gives}
			if k := changesKey(y.changes); len(y.changes) <= mostChanges && !s.seen[k] && !s.contains(y.changes) {
				s.seen[k] = true
				queue = append(queue, y)
			}
		}
	}
	s.cut = s.cut || len(queue) > 0
}

// step is a change, and whether it is meant to give the permission itself.
type step struct {
	Change
	gives bool
}

// next judges the outcome of a set of changes, and returns the steps that extend it.
func (s *search) next(x state, out *Outcome) []step {
	row := findRow(out.Access.Rows, s.target, s.Permission)
	held := row != nil && s.Holds(row) && !out.Access.User.Waits()
	forbidding := out.New
	var more []step
	if held {
		more, forbidding = s.prerequisites(out)
	}
	switch {
	case held && len(out.New) == 0:
		p := s.proposal(x, out)
		if !s.shrink(x) {
			s.legal = append(s.legal, p)
		}
		return nil
	case held && len(forbidding) == 0:
		return more
	case held:
		s.bar(x, out, forbidding[0].Rule, forbidding[0].Message, true)
		return nil
	case row != nil && s.firstWithheld(row) != nil:
		w := s.firstWithheld(row)
		reason := policy.JoinNames(s.Permission.Names(s.Wanted()), ", ") + " is denied on " + diag.Quote(s.target.Path)
		s.bar(x, out, w.ID, reason+withColon(w.Message), len(x.changes) > 0 && (x.gives || s.rowAt(s.target) == nil))
	case findRejected(out.New) != nil:
		d := findRejected(out.New)
		s.bar(x, out, d.Rule, d.Message, x.gives)
		return nil
	}
	if x.gives {
		return s.stepsToCondition(&out.Access)
	}
	return s.stepsTowards(&out.Access, row != nil)
}

// firstWithheld returns the first rule that takes an action in question, or nil.
func (s *search) firstWithheld(r *policy.Row) *policy.Rule {
	for _, w := range r.Withheld {
		if s.Wanted()&r.Permission.Set(w.Action) != 0 {
			return w.Rule
		}
	}
	return nil
}

// shrink proposes a set without a change that is not needed, if there is one.
func (s *search) shrink(x state) (shrunk bool) {
	for i := range x.changes {
		less := slices.Delete(slices.Clone(x.changes), i, i+1)
		if len(less) == 0 {
			return false
		}
		out := s.try(less)
		row := findRow(out.Access.Rows, s.target, s.Permission)
		if row == nil || !s.Holds(row) || out.Access.User.Waits() || len(out.New) > 0 {
			continue
		}
		y := state{changes: less}
		if p := s.proposal(y, &out); !s.contains(less) && !s.shrink(y) {
			s.legal = append(s.legal, p)
		}
		return true
	}
	return false
}

// findRejected returns the finding about a change whose entry gives nothing.
func findRejected(found []diag.Finding) *diag.Finding {
	for i, d := range found {
		switch d.Rule {
		case policy.WrongAffiliation.String(), policy.NotGrantable.String(), policy.DeprecatedPermission.String(),
			policy.WrongHome.String(), policy.WrongGroupKind.String():
			return &found[i]
		}
	}
	return nil
}

// stepsTowards returns the changes that are each a step towards the permission.
func (s *search) stepsTowards(a *policy.Access, given bool) (list []step) {
	for _, c := range s.waysToGive(s.Permission, s.target, false) {
		list = append(list, step{c, true})
	}
	list = append(list, s.stepsToCondition(a)...)
	if s.Permission.When == nil {
		return list
	}
	if s.Permission.When.Met(a, s.target).OK {
		if given {
			return list // it is there, but withheld
		}
		// A derived permission is examined only where the user holds something.
		for _, c := range slices.Concat(s.namedHere(s.Permission.When), s.anyHolding()) {
			list = append(list, step{c, false})
		}
		return list
	}
	for _, c := range s.waysToMeet(s.Permission.When, s.target, a, 0) {
		list = append(list, step{c, false})
	}
	return list
}

// prerequisites returns the changes that fix new findings, and the findings that no change fixes.
func (s *search) prerequisites(out *Outcome) (list []step, rest []diag.Finding) {
	for _, d := range out.New {
		steps := s.fixingSteps(&d, &out.Access)
		if len(steps) == 0 {
			rest = append(rest, d)
		} else if len(list) == 0 {
			list = steps
		}
	}
	return list, rest
}

func (s *search) fixingSteps(d *diag.Finding, a *policy.Access) (list []step) {
	i := slices.IndexFunc(s.Policy.Rules, func(r *policy.Rule) bool { return r.ID == d.Rule })
	if i < 0 || d.User != s.User.ID {
		return nil
	}
	r, at := s.Policy.Rules[i], s.Policy.ScopeByPath[d.Scope]
	var changes []Change
	switch {
	case r.Require != nil:
		changes = s.waysToMeet(r.Require.Needs, at, a, 0)
	case r.PerUser != nil && d.TooFew && at != nil:
		for _, role := range s.Policy.Catalog.Roles {
			if role.Levels.Has(at.Level) && role.Admits(s.User.Affiliation) {
				changes = append(changes, Change{Role: role, Scope: at})
			}
		}
	}
	for _, c := range changes {
		list = append(list, step{c, false})
	}
	return list
}

// proposal measures what a set of changes gives in addition to the permission.
func (s *search) proposal(x state, out *Outcome) Proposal {
	p := Proposal{Changes: x.changes, Scope: s.target}
	for i := range out.Access.Rows {
		r := &out.Access.Rows[i]
		had := s.before[rowKey{r.Scope, r.Permission}]
		if r.Held() && had == 0 {
			p.Rows++
		}
		if more := r.Actions &^ had; more != 0 && r.Permission.SensitivityOf(more) == "critical" {
			p.Critical++
		}
		for more := r.Actions &^ had; more != 0; more &= more - 1 {
			p.Actions++
		}
	}
	return p
}

// bar notes that a rule forbids a whole set of changes, or part of one.
func (s *search) bar(x state, out *Outcome, rule, reason string, whole bool) {
	if b := (Block{rule, reason}); !slices.Contains(s.stuck, b) {
		s.stuck = append(s.stuck, b)
	}
	if whole {
		p := s.proposal(x, out)
		p.ForbiddenBy, p.Reason = rule, reason
		s.barred = append(s.barred, p)
	}
}

// contains reports whether a smaller set is enough.
func (s *search) contains(changes []Change) bool {
	return slices.ContainsFunc(s.legal, func(p Proposal) bool {
		return p.Scope == s.target && isSubset(p.Changes, changes)
	})
}

func isSubset(small, large []Change) bool {
	return !slices.ContainsFunc(small, func(c Change) bool { return !slices.Contains(large, c) })
}

func changesKey(list []Change) string {
	var parts []string
	for _, c := range list {
		parts = append(parts, c.String())
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}

// blocks says why there is no legal proposal: each rule once, those of the product and the project before those for
// any entry.
func (a *Answer) blocks(s *search) {
	list := s.stuck
	if len(s.barred) > 0 {
		list = nil
		for _, p := range a.How {
			list = append(list, Block{p.ForbiddenBy, p.Reason})
		}
	}
	order := func(b Block) int {
		return slices.Index([]string{policy.DeprecatedPermission.String(), policy.WrongAffiliation.String(),
			policy.NotGrantable.String(), policy.WrongHome.String(),
			policy.WrongGroupKind.String()}, b.Rule)
	}
	slices.SortStableFunc(list, func(x, y Block) int { return cmp.Compare(order(x), order(y)) })
	for _, b := range list {
		grant := b.Rule == policy.NotGrantable.String() && len(a.Blocks) > 0 // another way is barred already
		if !grant && !slices.ContainsFunc(a.Blocks, func(x Block) bool { return x.Rule == b.Rule }) {
			a.Blocks = append(a.Blocks, b)
		}
	}
	switch {
	case s.cut || s.tries >= mostTries && a.Elsewhere:
		a.Blocks = append(a.Blocks,
			Block{Reason: fmt.Sprintf("permc tried %d sets of changes and none gives it; there are more", s.tries)})
	case len(a.Blocks) == 0:
		a.Blocks = []Block{{Reason: a.whyNothing()}}
	}
}

// whyNothing says why there is no proposal although no rule forbids one.
func (a *Answer) whyNothing() string {
	switch {
	case len(a.targets()) == 0:
		return "the permission does not apply there"
	case a.Permission.When != nil:
		return "no change to the user meets the requirements above"
	}
	return "no role or group gives it, and it cannot be granted"
}

// findRow returns the row of a permission on a scope, or nil.
func findRow(rows []policy.Row, s *policy.Scope, p *policy.Permission) *policy.Row {
	for i := range rows {
		if rows[i].Scope == s && rows[i].Permission == p {
			return &rows[i]
		}
	}
	return nil
}
