package resolve

import "permc.dev/permc/compiler/policy"

// mayStream reports whether a policy may be without its users, and has so many that this is worth to bind them twice.
func (b *policyBinder) mayStream(n int) bool {
	return b.opts.MostKept > 0 && n > b.opts.MostKept && !b.opts.Asked && !b.namesUsers()
}

// stream binds all users, and keeps none: they are bound again when they are visited. It returns false if bindApart
// does.
func (b *policyBinder) stream(n int) bool {
	if b.opts.Passing != nil {
		b.opts.Passing(n)
	}
	from, to := 0, n
	if b.opts.Own != nil {
		from, to = b.opts.Own(n)
	}
	ok := b.bindApart(n, func(w *policyBinder, i int, d *policy.DeclaredUser, passing *policy.User) *policy.User {
		w.passingUser(d, passing, func(u *policy.User) {
			if w.defaultFor(u); i >= from && i < to {
				w.list(u)
			}
		})
		return passing
	})
	if ok {
		b.policy.Stream = userStream{b}
	}
	return ok
}

// list keeps the entries of a user that begin later or give nothing, if there are any.
func (b *policyBinder) list(u *policy.User) {
	var some []policy.Entry
	for i := range u.Entries {
		if e := &u.Entries[i]; e.Starts > b.opts.AsOf || e.FaultFor(u) != 0 {
			some = append(some, *e)
			some[len(some)-1].Detail = nil // in memory that is used again
		}
	}
	if len(some) > 0 {
		b.listed = append(b.listed, &policy.User{ID: u.ID, Affiliation: u.Affiliation, Entries: some})
	}
}

// userStream is the policy.Stream of a binder.
type userStream struct{ *policyBinder }

func (s userStream) Len() int { return s.declared.Users.Len() }

func (s userStream) Reader() func(from, to int) ([]*policy.User, bool) {
	w, r := s.worker(), s.declared.Users.Reader()
	w.roomy = 4 * chunk
	var d policy.DeclaredUser
	return func(from, to int) ([]*policy.User, bool) {
		w.joins, w.dangling, w.identified = nil, nil, nil
		users, list := make([]policy.User, to-from), make([]*policy.User, to-from)
		for i := range users {
			u := &users[i]
			if !r.Read(from+i, &d) {
				return nil, false
			}
			w.user(&d, u)
			w.defaultFor(u)
			if list[i] = u; len(w.faults) > 0 || len(w.unlistedOf) > 0 {
				return nil, false
			}
		}
		return list, true
	}
}
