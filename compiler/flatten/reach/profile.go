package reach

import (
	"crypto/sha256"
	"slices"

	"permc.dev/permc/compiler/internal/keys"
	"permc.dev/permc/compiler/policy"
)

// Profile is the same for two users if they have the same paths, on scopes that correspond to each other.
type Profile [sha256.Size]byte

// Profiler makes profiles. It reuses its memory, so each goroutine needs its own.
type Profiler struct {
	*World
	keys.Text
	seeds []*policy.Scope // on which somebody can give something
	under []*Place
}

// Of returns the profile of a user, and the places on which their paths are. Without places, the paths of users with
// that profile are on the same scopes.
func (x *Profiler) Of(a *policy.Access) (Profile, []*Place) {
	x.Text = x.Text[:0]
	if x.moves(a.User) && x.ground(a) {
		x.held(a)
		if len(x.under) == 1 {
			return sha256.Sum256(x.Text), x.under[0].alone
		}
		return sha256.Sum256(x.Text), slices.Clone(x.under)
	}
	return x.Same(a.User), nil
}

// Same returns a profile that two users share if they have the same paths on the same scopes.
func (x *Profiler) Same(u *policy.User) Profile {
	x.Text = x.Text[:0]
	x.declared(u)
	return sha256.Sum256(x.Text)
}

// moves reports whether the paths of a user depend on nothing but what they hold where they can give something.
func (x *Profiler) moves(u *policy.User) bool {
	return x.apart && !x.mayCombine && u.Home == nil && !(x.bounds && u.Default != nil) &&
		len(x.common) == 0 && len(x.World.attributes(u)) == 0 && len(x.around(u, x.policy.AsOf)) == 0
}

// ground adds the shape of the places where somebody can give something. It reports whether they are apart from each
// other in the order of scopes, which is that of paths.
func (x *Profiler) ground(a *policy.Access) bool {
	x.Word("relative")
	x.seeds = x.seeds[:0]
	for i := range a.Roles {
		if h := &a.Roles[i]; len(h.Role.Delegates) > 0 {
			x.addSeed(h.Scope)
		}
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; len(r.Permission.Delegates) > 0 && r.Held() {
			x.addSeed(r.Scope)
		}
	}
	slices.SortFunc(x.seeds, func(a, b *policy.Scope) int { return a.Index - b.Index })
	x.seeds = slices.Compact(x.seeds)
	x.under = x.under[:0]
	for _, s := range x.seeds {
		if x.givable.extent == alone || !x.isUnder(s.Parent) {
			x.under = append(x.under, x.places.at(x.World, s))
		}
	}
	x.Number(len(x.under))
	end := -1
	for _, p := range x.under {
		if p.scopes[0].Index <= end {
			return false
		}
		end = p.scopes[len(p.scopes)-1].Index
		x.Text = append(x.Text, p.shape[:]...)
	}
	return true
}

// addSeed adds a scope on which somebody can give something.
func (x *Profiler) addSeed(s *policy.Scope) {
	if x.givable.extent == wide {
		s = s.Root()
	}
	if n := len(x.seeds); n == 0 || x.seeds[n-1] != s {
		x.seeds = append(x.seeds, s)
	}
}

// isUnder reports whether a scope is within one on which somebody can give something.
func (x *Profiler) isUnder(s *policy.Scope) bool {
	for ; s != nil; s = s.Parent {
		if _, ok := slices.BinarySearchFunc(x.seeds, s.Index, func(a *policy.Scope, index int) int {
			return a.Index - index
		}); ok {
			return true
		}
	}
	return false
}

// held adds what they are, and what makes a difference among that which they hold on the places, in order.
func (x *Profiler) held(a *policy.Access) {
	x.Word(a.User.Affiliation)
	x.values(a.User)
	x.Number(-1)
	for i := range a.User.Memberships {
		if m := &a.User.Memberships[i]; m.In(x.policy.AsOf) {
			x.Number(m.Group.Index)
		}
	}
	x.Number(-1)
	for i := range a.Roles {
		h := &a.Roles[i]
		if !x.givable.hasRole(h.Role) {
			continue
		}
		if n, at := find(x.under, h.Scope); n >= 0 {
			x.Number(h.Role.Index)
			x.Number(n)
			x.Number(at)
		}
	}
	x.Number(-1)
	for i := range a.Rows {
		r := &a.Rows[i]
		if !x.givable.hasPermission(r.Permission) || !r.Held() {
			continue
		}
		if n, at := find(x.under, r.Scope); n >= 0 {
			x.Number(n)
			x.Number(at)
			addRow(&x.Text, r)
		}
	}
}

// addRow adds a permission with what it lets somebody do.
func addRow(t *keys.Text, r *policy.Row) {
	t.Number(r.Permission.Index)
	t.Bits(uint64(r.Actions))
	for action := range r.Permission.Actions {
		if bit := policy.Actions(1) << action; r.Actions&bit != 0 {
			t.Number(int(r.RecordsOf(bit)))
		}
	}
}

// declared adds all that the access of a user depends on.
func (x *Profiler) declared(u *policy.User) {
	x.Word("absolute")
	x.Word(u.Affiliation)
	x.Number(indexOf(u.Home))
	x.entries(u.Entries)
	x.Number(-1)
	if u.Default != nil {
		x.entries([]policy.Entry{*u.Default})
	}
	x.Number(-1)
	for i := range u.Memberships {
		if m := &u.Memberships[i]; m.In(x.policy.AsOf) {
			x.Number(m.Group.Index)
		}
	}
	x.Number(-1)
	for _, g := range x.of(u, x.policy.AsOf) {
		x.Number(g.Index)
	}
	x.Number(-1)
	x.values(u)
}

func indexOf(s *policy.Scope) int {
	if s == nil {
		return -1
	}
	return s.Index
}

// entries adds entries. Where they are written matters to deny rules alone.
func (x *Profiler) entries(list []policy.Entry) {
	for i := range list {
		e := &list[i]
		if e.Role != nil {
			x.Number(2 * e.Role.Index)
		} else {
			x.Number(2*e.Permission.Index + 1)
		}
		x.Number(e.Scope.Index)
		x.Bits(uint64(e.Actions))
		for _, n := range [...]int{int(e.Fault), int(e.Starts), int(e.Ends)} {
			x.Number(n)
		}
		if len(x.policy.Denies) > 0 {
			x.Number(int(e.Pos.File))
		}
	}
}

// values adds the attributes of a user, in order of their names.
func (x *Profiler) values(u *policy.User) {
	if len(u.Attributes) == 0 {
		return
	}
	names := make([]string, 0, len(u.Attributes))
	for name := range u.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		x.Word(name)
		x.Words(u.Attributes[name])
	}
}
