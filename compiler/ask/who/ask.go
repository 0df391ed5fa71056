package who

import (
	"context"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// Ask answers a question, and returns all findings of the project as well.
func Ask(ctx context.Context, p *compiler.Project, q Question) (*Who, []diag.Finding, error) {
	s := NewSearch(q)
	found, err := p.Visit(ctx, s.Worker)
	if err != nil {
		return nil, nil, err
	}
	return s.Answer(), found, nil
}

// Compare returns what one user has beyond another.
func Compare(p *compiler.Project, left, right *policy.User, within *policy.Scope) *Users {
	a, b := flatten.New(p.Policy).User(left), flatten.New(p.Policy).User(right)
	return CompareUsers(&a, &b, within)
}

// CompareRolesOn returns what one role gives beyond another within a scope, to a user with nothing else. It also
// returns the scopes where each is assigned, none if that is impossible.
func CompareRolesOn(p *compiler.Project, left, right *policy.Role, within *policy.Scope) (*Users, [2][]*policy.Scope) {
	at := [2][]*policy.Scope{Assignable(left, within), Assignable(right, within)}
	return Compare(p, Holder(left, at[0]), Holder(right, at[1]), within), at
}
