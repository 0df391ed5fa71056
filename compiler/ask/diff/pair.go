package diff

import "permc.dev/permc/compiler/policy"

// Pair is one user on both sides.
type Pair struct {
	Base, Head *policy.Access // on the day of the comparison; nil where there is no such user
	Later      []policy.Date  // the later days on which an entry of either side begins or has ended, in order

	// On flattens both sides on a later day. It overwrites the access that was
	// returned before, Base and Head too.
	On func(day policy.Date) (base, head *policy.Access)

	Memory *Memory // to use again, or nil

	workers [2]*sideWorker // that On asks, of the base and the head, or nil
}

// memory returns the memory of the pair, and makes one if there is none.
func (p *Pair) memory() *Memory {
	if p.Memory == nil {
		p.Memory = &Memory{}
	}
	return p.Memory
}

// User returns the user of the head, or of the base if only there.
func (p *Pair) User() *policy.User {
	if p.Head != nil {
		return p.Head.User
	}
	return p.Base.User
}
