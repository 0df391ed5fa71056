package compiler

import (
	"context"

	"permc.dev/permc/compiler/answer"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// Who answers who holds something, and returns all findings of the project as
// well.
func (p *Project) Who(ctx context.Context, q answer.Question) (*answer.Who, []diag.Diagnostic, error) {
	s := answer.NewSearch(q)
	found, err := p.Table(ctx, func() func([]byte, *policy.Access) []byte {
		look := s.Worker()
		return func(b []byte, a *policy.Access) []byte {
			look(a)
			return b
		}
	}, nil)
	if err != nil {
		return nil, nil, err
	}
	return s.Answer(), found, nil
}

// CompareUsers answers what one user has beyond another.
func (p *Project) CompareUsers(left, right *policy.User, within *policy.Scope) *answer.Users {
	a, b := flatten.New(p.Policy).User(left), flatten.New(p.Policy).User(right)
	return answer.CompareUsers(&a, &b, within)
}

// CompareRolesOn answers what one role gives beyond another within a scope, to
// somebody who has nothing else. It returns where they are assigned as well;
// none is where a role cannot be.
func (p *Project) CompareRolesOn(left, right *policy.Role, within *policy.Scope) (*answer.Users, [2][]*policy.Scope) {
	at := [2][]*policy.Scope{answer.Assignable(left, within), answer.Assignable(right, within)}
	return p.CompareUsers(answer.Holder(left, at[0]), answer.Holder(right, at[1]), within), at
}
