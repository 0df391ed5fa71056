package compiler

import (
	"errors"
	"sync/atomic"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// crowd is some users of a policy, who follow each other. Those that the policy does not keep are read when they are
// visited.
type crowd struct {
	users    []*policy.User
	stream   policy.Stream // or nil: they are users
	from, to int           // in the stream
	alone    bool          // the rule of that name runs when they are visited, as nothing looks at all users

	changed atomic.Bool // somebody in the stream is another one than when first read
}

// everyone returns all users of a policy.
func everyone(p *policy.Policy) *crowd {
	if p.Stream != nil {
		return &crowd{stream: p.Stream, to: p.Stream.Len(), alone: true}
	}
	return &crowd{users: p.Users}
}

// of returns the users of a share, or all users.
func (s *Share) of(p *policy.Policy) *crowd {
	all := everyone(p)
	if s == nil {
		return all
	}
	all.alone = len(p.Groups) == 0
	switch from, to := s.bounds(all.len()); {
	case p.Stream != nil:
		all.from, all.to = from, to
	case p.Others == nil:
		all.users = p.Users[from:to]
	}
	return all
}

func (c *crowd) len() int {
	if c.stream == nil {
		return len(c.users)
	}
	return c.to - c.from
}

// reader returns a function for some of the users, and whether they are still those that were first read. Each
// goroutine needs its own.
func (c *crowd) reader() func(from, to int) ([]*policy.User, bool) {
	if c.stream == nil {
		return func(from, to int) ([]*policy.User, bool) { return c.users[from:to], true }
	}
	read := c.stream.Reader()
	return func(from, to int) ([]*policy.User, bool) { return read(c.from+from, c.from+to) }
}

// checkAlone returns the findings about some users of a rule that otherwise looks at the users that the policy keeps.
func (c *crowd) checkAlone(w *lint.Worker, some []*policy.User) []diag.Finding {
	if !c.alone {
		return nil
	}
	return w.Alone(alone, some)
}

// unchanged returns an error if users that were read when they were visited may not be those that were first read.
func (p *Project) unchanged(c *crowd) error {
	if c.stream == nil {
		return nil
	}
	if p.loaded != nil {
		if err := p.loaded.Unchanged(); err != nil {
			return err
		}
	}
	if c.changed.Load() {
		return errors.New("the files of the users changed while permc read them; run permc again")
	}
	return nil
}
