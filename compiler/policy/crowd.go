package policy

import "sync/atomic"

// Crowd is some users of a policy, who follow each other. Those that the policy does not keep are read when they are
// visited.
type Crowd struct {
	users    []*User
	stream   Stream // or nil: they are users
	from, to int    // in the stream

	changed atomic.Bool // somebody in the stream is another one than when first read
}

// Everyone returns all users of the policy.
func (p *Policy) Everyone() *Crowd {
	if p.Stream != nil {
		return &Crowd{stream: p.Stream, to: p.Stream.Len()}
	}
	return &Crowd{users: p.Users}
}

// Between returns the users from one index to before another.
func (c *Crowd) Between(from, to int) *Crowd {
	if c.stream != nil {
		return &Crowd{stream: c.stream, from: c.from + from, to: c.from + to}
	}
	return &Crowd{users: c.users[from:to]}
}

// Len counts the users.
func (c *Crowd) Len() int {
	if c.stream == nil {
		return len(c.users)
	}
	return c.to - c.from
}

// Streamed reports whether users are read when they are visited.
func (c *Crowd) Streamed() bool { return c.stream != nil }

// Changed reports whether somebody in the stream was another one than when first read.
func (c *Crowd) Changed() bool { return c.changed.Load() }

// Reader returns a function for some of the users. It notes if they are no longer those that were first read. Each
// goroutine needs its own.
func (c *Crowd) Reader() func(from, to int) []*User {
	if c.stream == nil {
		return func(from, to int) []*User { return c.users[from:to] }
	}
	read := c.stream.Reader()
	return func(from, to int) []*User {
		some, same := read(c.from+from, c.from+to)
		if !same {
			c.changed.Store(true)
		}
		return some
	}
}
