package diff

import (
	"context"
	"time"

	"permc.dev/permc/compiler/ask/diff/revision"
)

// findBase finds the revisions to compare.
func (c *comparison) findBase(ctx context.Context) error {
	against := c.Against
	switch {
	case c.Since > 0:
		return c.findState(ctx)
	case against == "":
		base := c.repo.Default(ctx, c.OnServer)
		if base.Ref == "" {
			return noBase(c.OnServer)
		}
		against, c.BaseName = base.Ref, base.Name()
		c.notef("compared with %s, %s", c.BaseName, base.What)
	}
	return c.resolve(ctx, against)
}

// findState finds the commit that HEAD was at when a day began.
func (c *comparison) findState(ctx context.Context) error {
	s, err := c.repo.StateBefore(ctx, c.Since.Start())
	if err != nil {
		return err
	}
	c.left, c.right = s.Commit[:12], "HEAD"
	c.BaseName = c.left
	c.rev = revision.CommitOf(c.left, s.Commit)
	c.from = c.rev
	c.notef("compared with %s of %s, the last commit of HEAD before %s began in UTC", c.left,
		s.Dated.Format(time.DateOnly), c.Since)
	if s.Mixed {
		c.notef("later commits are dated before %s, too, but come after %.12s, which is not: all of them count as "+
			"changes since then", c.Since, s.After)
	}
	return nil
}
