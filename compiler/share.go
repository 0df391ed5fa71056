package compiler

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
)

// Share is one of several parts of the users of a project, of about the same size. Its users follow each other in the
// table, so the tables of all shares, one after the other, are the table.
type Share struct {
	Index, Of int // Index counts from one

	lint.Part // after Each
}

// String returns the share as the command line has it, or "".
func (s *Share) String() string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// bounds returns where the users of a share begin and end among n users.
func (s *Share) bounds(n int) (from, to int) {
	return int(int64(n) * int64(s.Index-1) / int64(s.Of)), int(int64(n) * int64(s.Index) / int64(s.Of))
}

// of returns the users of a share, or all users.
func (s *Share) of(users []*policy.User) []*policy.User {
	if s == nil {
		return users
	}
	from, to := s.bounds(len(users))
	return users[from:to]
}

// elsewhere returns a function that reports whether the i-th of n users is in another share, or nil.
func (s *Share) elsewhere() func(i, n int) bool {
	if s == nil {
		return nil
	}
	return func(i, n int) bool {
		from, to := s.bounds(n)
		return i < from || i >= to
	}
}

// isFirst reports whether the share is the one with the checks of the policy as a whole.
func (s *Share) isFirst() bool { return s != nil && s.Index == 1 }

// alone is the rule that looks at all users, although it needs only one at a time if there are no groups.
var alone = rules.RedundantAssignment

// Whole returns the findings about the policy of a share as a whole, and those that do not count if every member of a
// group has one. Like those of Each, they are not settled.
func (p *Project) Whole() (found []diag.Finding, unless []lint.Unless) {
	list := rules.All
	if len(p.Policy.Groups) == 0 {
		list = slices.DeleteFunc(slices.Clone(list), func(r *lint.Rule) bool { return r == alone })
	}
	return NewLinter(p.Policy, list).FinishWhole()
}

// checkAlone returns the findings about the users of a share of rules that are otherwise about the whole policy.
func (p *Project) checkAlone() []diag.Finding {
	if len(p.Policy.Groups) > 0 {
		return nil
	}
	own := *p.Policy
	own.Users, own.Rules = p.Share.of(own.Users), nil
	found, _ := NewLinter(&own, []*lint.Rule{alone}).FinishWhole()
	return found
}
