package compiler

import (
	"context"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// EachAgain works like Each where the findings are known already: it flattens every user and lints nobody.
func EachAgain[T any](ctx context.Context, p *Project, newWorker func() func([]T, *policy.Access) []T,
	write func([]T) error) error {
	users := p.Share.of(p.Policy)
	err := eachPart(ctx, p, users, chunkSize(p.Policy), func() func([]T, int, []*policy.User) []T {
		flat, work := flatten.New(p.Policy), newWorker()
		var access policy.Access
		return func(list []T, _ int, some []*policy.User) []T {
			for _, u := range some {
				access = flat.User(u)
				list = work(list, &access)
			}
			return list
		}
	}, write)
	if err == nil && p.loaded != nil {
		err = p.loaded.Unchanged()
	}
	return err
}
