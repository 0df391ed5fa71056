package resolve

import "permc.dev/permc/compiler/policy"

// span is a part of the users. The zero span is all of them.
type span struct{ from, to int }

// lacks reports whether the i-th user is not in a span.
func (s span) lacks(i int) bool { return s != span{} && (i < s.from || i >= s.to) }

// spare is memory for the entries of users who are another process's work.
type spare struct {
	entries []policy.Entry
	details []policy.Detail
	named   []policy.NamedAction
}

// mayPass reports whether entries of users elsewhere are needed no longer once they are bound. Default roles depend on
// them, and in the first share the checks of the policy as a whole, if there are groups or reviews are due.
func (b *policyBinder) mayPass() bool {
	whole := b.opts.Whole && (len(b.groups) > 0 || b.declared.ReviewEvery.Limited)
	return b.opts.Own != nil && !b.catalog.DefaultForAll && !whole
}

// passingUser binds a user like user does, for the faults, and keeps no entries. If look is not nil, it sees them
// before they go.
func (b *policyBinder) passingUser(d *policy.DeclaredUser, u *policy.User, look func(*policy.User)) {
	if b.spare.entries == nil {
		b.spare = spare{make([]policy.Entry, several), make([]policy.Detail, several),
			make([]policy.NamedAction, several)}
	}
	own, roomy := spare{b.room, b.details, b.actionRoom}, b.roomy
	b.room, b.details, b.actionRoom, b.roomy = b.spare.entries, b.spare.details, b.spare.named, 0
	b.user(d, u)
	if look != nil {
		look(u)
	}
	u.Entries = nil
	clear(b.spare.details[:min(len(d.Entries), several)])
	b.room, b.details, b.actionRoom, b.roomy = own.entries, own.details, own.named, roomy
}
