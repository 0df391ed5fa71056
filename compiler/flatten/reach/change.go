package reach

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// after returns a person after some acts.
func (s *Finder) after(who int, acts []int) *policy.User {
	u := s.people[who]
	if len(acts) == 0 {
		return u
	}
	v := *u
	v.Entries, v.Memberships = slices.Clip(u.Entries), slices.Clone(u.Memberships)
	var given map[int][]policy.Entry // by group
	changed := false
	for _, i := range acts {
		a := &s.acts[i]
		switch {
		case a.to == toGroup:
			if given == nil {
				given = map[int][]policy.Entry{}
			}
			e := entryOf(a.Act)
			s.judgeGroup(&e, a.Group)
			given[a.Group.Index] = append(given[a.Group.Index], e)
		case a.to != who:
		case a.Join:
			v.Join(a.Group)
			changed = true
		default:
			changed = true
			e := entryOf(a.Act)
			s.policy.Catalog.Home.Judge(&e, u.Home, false)
			v.Entries = append(v.Entries, e)
		}
	}
	if giveGroups(&v, given) || changed && v.HasRole() {
		v.Default = nil // who has a role gets no default role
	}
	return &v
}

// giveGroups adds entries to groups as one user sees them, and reports whether that gives the user a role.
func giveGroups(u *policy.User, given map[int][]policy.Entry) (role bool) {
	if len(given) == 0 {
		return false
	}
	for i := range u.Memberships {
		m := &u.Memberships[i]
		more := given[m.Group.Index]
		if len(more) == 0 {
			continue
		}
		g := *m.Group
		g.Entries = append(slices.Clip(g.Entries), more...)
		m.Group = &g
		role = role || slices.ContainsFunc(more, func(e policy.Entry) bool { return e.Role != nil })
	}
	return role
}

// changedBy returns a person after some acts: without what is known already, if the last act alone gives what is new,
// or nil if it gives nothing.
func (s *Finder) changedBy(who int, acts []int) *policy.User {
	if len(acts) == 0 {
		return s.after(who, acts)
	}
	last := &s.acts[acts[len(acts)-1]]
	u := &s.bare[who]
	if last.Join {
		if s.grouped {
			return s.after(who, acts)
		}
		return joined(u, last.Group)
	}
	if slices.ContainsFunc(acts, func(i int) bool { return s.acts[i].Join && s.acts[i].to == who }) {
		u = s.joinedBefore(who, acts)
	}
	s.entry[0] = entryOf(last.Act)
	if last.to == toGroup {
		return s.withGroup(u, last.Group)
	}
	s.policy.Catalog.Home.Judge(&s.entry[0], u.Home, false)
	u.Entries = s.entry
	return u
}

// joinedBefore returns a person without anything but in the groups that some acts added them to.
func (s *Finder) joinedBefore(who int, acts []int) *policy.User {
	v := *s.people[who]
	v.Memberships = slices.Clone(v.Memberships)
	for _, i := range acts {
		if a := &s.acts[i]; a.Join && a.to == who {
			v.Join(a.Group)
		}
	}
	return withoutAccess(&v)
}

// withGroup returns somebody as if a group had been given the entry at hand, or nil if they are not in it. Their other
// groups are left out, unless these matter.
func (s *Finder) withGroup(u *policy.User, g *policy.Group) *policy.User {
	at, ok := u.FindMembership(g)
	if !ok {
		return nil
	}
	s.judgeGroup(&s.entry[0], g)
	v, in := *u, *u.Memberships[at].Group
	in.Entries = s.entry
	v.Entries, v.Memberships = nil, u.Memberships[at:at+1]
	if s.grouped {
		v.Memberships = u.Memberships
	} else {
		at = 0
	}
	v.Memberships = slices.Clone(v.Memberships)
	v.Memberships[at].Group = &in
	return &v
}

// joined returns somebody who has nothing but what a group and those around it give.
func joined(u *policy.User, g *policy.Group) *policy.User {
	v := *u
	v.ID, v.Entries, v.Memberships = "", nil, nil
	v.Join(g)
	return &v
}

// withoutAccess returns a user who is in the same groups, but to whom nothing is given.
func withoutAccess(u *policy.User) *policy.User {
	v := *u
	v.ID = "" // owns no group
	v.Entries, v.Default, v.Memberships = nil, nil, slices.Clone(u.Memberships)
	for i := range v.Memberships {
		g := *v.Memberships[i].Group
		g.Entries, v.Memberships[i].Group = nil, &g
	}
	return &v
}
