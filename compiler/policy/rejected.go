package policy

// Rejected is an entry that gives nothing because of a fault. User is nil for a group's entry that
// gives nothing to anybody; Group is nil for a user's own entry.
type Rejected struct {
	*Entry
	Fault Fault
	User  *User
	Group *Group
}

// wrongForAll reports whether each member has a fault that comes before the entry's own.
func (e *Entry) wrongForAll(g *Group) bool {
	for _, u := range g.Users {
		if e.FaultFor(u) != WrongAffiliation {
			return false
		}
	}
	return len(g.Users) > 0
}

// Rejections returns the entries that give nothing: first those of users, in order, then those of
// groups.
func (p *Policy) Rejections() (list []Rejected) {
	for _, u := range p.WithListed() {
		for i := range u.Entries {
			if f := u.Entries[i].FaultFor(u); f != 0 {
				list = append(list, Rejected{&u.Entries[i], f, u, nil})
			}
		}
		for _, m := range u.Memberships {
			if m.Periods.Over(p.AsOf) {
				continue
			}
			for i := range m.Group.Entries {
				if e := &m.Group.Entries[i]; e.FaultFor(u) == WrongAffiliation {
					list = append(list, Rejected{e, WrongAffiliation, u, m.Group})
				}
			}
		}
	}
	for _, g := range p.Groups {
		for i := range g.Entries {
			if e := &g.Entries[i]; e.Fault != 0 && !e.wrongForAll(g) {
				list = append(list, Rejected{e, e.Fault, nil, g})
			}
		}
	}
	return list
}
