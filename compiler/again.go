package compiler

import (
	"cmp"
	"context"
	"runtime"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// EachAgain works like Each for a caller who has the findings already: it flattens every user and lints nobody.
func EachAgain[T any](ctx context.Context, p *Project, newWorker func() func([]T, *policy.Access) []T,
	write func([]T) error) error {
	users := p.Share.of(p.Policy)
	p.Files.Index()
	p.progress.Start("flattening users", users.Len())
	size := chunkSize(p.Policy)
	n := (users.Len() + size - 1) / size
	newWork := func() func([]T, int) []T {
		flat, work, read := flatten.New(p.Policy), newWorker(), users.Reader()
		var access policy.Access
		return func(list []T, i int) []T {
			if list == nil && n > runtime.GOMAXPROCS(0) {
				list = hugepage.Buffer[T](2 * text)
			}
			from, to := i*size, min((i+1)*size, users.Len())
			if ctx.Err() == nil {
				for _, u := range read(from, to) {
					access = flat.User(u)
					list = work(list, &access)
				}
			}
			p.progress.Add(to - from)
			return list
		}
	}
	err := parallel.InOrder(n, newWork, func(list []T) error {
		if err := cmp.Or(ctx.Err(), p.unchanged(users)); len(list) == 0 || err != nil {
			return err
		}
		return write(list)
	})
	if err = cmp.Or(err, ctx.Err()); err == nil && p.loaded != nil {
		err = p.loaded.Unchanged()
	}
	return err
}
