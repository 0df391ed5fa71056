package drift

import (
	"fmt"

	"permc.dev/permc/compiler/policy"
)

// Written is an entry or a membership in force, where it is written.
type Written struct {
	Pos   policy.Pos
	Entry *policy.Entry // nil: a membership
}

// Declares returns the entries or memberships in force that an item is about. It returns none of those that nobody has
// written: the catalog's default role, and what comes through a group.
func (d *Drift) Declares(x *Item) (list []Written) {
	k := x.key
	switch {
	case k.in != nil:
		for _, pos := range d.joins(k) {
			list = append(list, Written{Pos: pos})
		}
		return list
	case k.user != nil:
		return d.entries(k, k.user.Entries)
	case k.group != nil:
		return d.entries(k, k.group.Entries)
	}
	return nil
}

func (d *Drift) entries(k key, all []policy.Entry) (list []Written) {
	for i := range all {
		e := &all[i]
		in := policy.Period{Starts: e.Starts, Ends: e.Ends}
		if e.Role == k.role && e.Permission == k.permission && e.Scope == k.scope && !e.ByDefault && in.Covers(d.AsOf) {
			list = append(list, Written{e.Pos, e})
		}
	}
	return list
}

// joins returns where a membership in force is named: at the group, or at the user.
func (d *Drift) joins(k key) (list []policy.Pos) {
	for _, i := range d.members.Of(d.Policy.Catalog, k.in).Named[d.memberKey(k)] {
		m := &k.in.Members[i]
		if in, ok := m.Terms.Period(); ok && in.Covers(d.AsOf) {
			list = append(list, m.Pos)
		}
	}
	if k.user == nil {
		return list
	}
	for _, j := range k.in.JoinsOf(k.user) {
		if in, ok := j.Terms.Period(); ok && in.Covers(d.AsOf) {
			list = append(list, j.Pos)
		}
	}
	return list
}

// memberKey returns what a list of members has for the holder of a key.
func (d *Drift) memberKey(k key) string {
	switch {
	case k.user != nil:
		return d.Policy.Catalog.MemberKey(k.user.ID)
	case k.group != nil:
		return "group:" + k.group.ID
	}
	return ""
}

// Subject returns the declared user or group that an item is about, if it is about an entry or a membership.
func (x *Item) Subject() (*policy.User, *policy.Group) { return x.key.user, x.key.group }

// Given returns the permission of a grant, or nil.
func (x *Item) Given() *policy.Permission { return x.key.permission }

// doubt marks what somebody misses who has no account in the files, while nobody declares an account with a similar
// name: it may be the same person under another name.
func (c *comparison) doubt() {
	if c.brief || c.out.Strangers == 0 || c.out.Count(Missing) == 0 {
		return
	}
	here := map[*policy.User]bool{}
	alike, called := map[string]string{}, map[string]string{} // by the id, and the name, of who may be meant
	for i := range c.match.People {
		f, p := &c.match.People[i], &c.o.People[i]
		if f.Of != nil {
			here[f.Of] = true
		} else if f.Ignored == nil {
			alike[c.near[int32(i)]] = p.Title()
			called[policy.Fold(p.Name)] = p.Title()
		}
	}
	for i := range c.out.Items {
		x := &c.out.Items[i]
		if u := x.key.user; x.Class == Missing && u != nil && !here[u] && x.Doubt == "" {
			x.Doubt = alike[u.ID]
			if u.Name != "" && x.Doubt == "" {
				x.Doubt = called[policy.Fold(u.Name)]
			}
			if x.Doubt != "" {
				x.Help += fmt.Sprintf("; the files have %q: if it is the same, map it under users", x.Doubt)
			}
		}
	}
}

// Narrower reports whether all that an item has there is also given by what is declared, because it is on scopes within
// the declared one.
func (x *Item) Narrower() bool {
	for _, s := range x.There {
		if !reaches(x.key.scope, s) {
			return false
		}
	}
	return len(x.There) > 0
}
