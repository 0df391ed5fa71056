package review

import (
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Finish adds up what the workers found, and returns the items that the sheet is about. It notes the findings that
// are about an item.
func (s *Survey) Finish(found []diag.Finding) []*Item {
	all := map[*Item]*given{}
	var others []*members
	for _, w := range s.workers {
		for x, g := range w.given {
			if first := all[x]; first == nil {
				all[x] = g
			} else if m, o := first.group, g.group; m != nil && (m.rows != nil || o.rows != nil || m.has != o.has) {
				others = append(others, m, o)
			}
		}
	}
	(&surveyor{leading: leading{Survey: s}}).openAll(others)
	for _, w := range s.workers {
		for x, g := range w.given {
			if all[x] != g {
				all[x].join(g)
			}
		}
	}
	for _, x := range s.Items {
		x.fill(all[x])
	}
	s.noteFindings(found)
	return slices.DeleteFunc(slices.Clone(s.Items), func(x *Item) bool { return !s.selects(x) })
}

func (x *Item) fill(g *given) {
	if g == nil {
		return
	}
	all := g.all()
	x.Rows, x.People, x.Critical, x.Sensitivity = all.count, g.people, slices.Sorted(maps.Keys(g.critical)), g.most
	x.print, x.in = uint32(all.sum^all.sum>>32), g.in
}

// selects reports whether a sheet is about an item: whatever gives nothing is on the sheet of the whole table alone.
func (s *Survey) selects(x *Item) bool {
	if m := s.made; m != nil {
		switch {
		case m.Reviewer == Unassigned && len(x.By) > 0,
			m.Reviewer != "" && m.Reviewer != Unassigned && !slices.Contains(x.By, m.Reviewer):
			return false
		case m.choosesRows():
			return x.in
		}
	}
	return true
}

// Unassigned selects the items for which nobody is named to decide.
const Unassigned = "nobody"

// notesOf are the rules whose findings suggest a decision; those that are true suggest to remove the entry.
var notesOf = map[string]bool{"redundant-assignment": true, "redundant-grant": true, "redundant-membership": true,
	"duplicate-assignment": true, "duplicate-grant": true, "duplicate-membership": true, "expired": true,
	"deprecated-permission": true, "not-grantable": true, "wrong-level": true, "wrong-affiliation": true,
	"invalid-period": true, "expires-soon": false, "denied-action": false, reviewDue: false}

// reviewDue is the rule about what nobody has confirmed for too long.
const reviewDue = "review-due"

// noteFindings notes the open findings about items, and groups that give nothing.
func (s *Survey) noteFindings(found []diag.Finding) {
	at := map[policy.Pos][]*Item{}
	for _, x := range s.Items {
		for _, p := range x.Spots {
			at[p] = append(at[p], x)
		}
		if x.Entry != nil {
			at[x.Entry.StartsAt()] = append(at[x.Entry.StartsAt()], x)
			at[x.Entry.EndsAt()] = append(at[x.Entry.EndsAt()], x)
		}
		if x.Terms != nil {
			at[x.Terms.EndsAt] = append(at[x.Terms.EndsAt], x)
		}
	}
	delete(at, policy.Pos{})
	for i := range found {
		d := &found[i]
		drop, about := notesOf[d.Rule]
		if !about || d.Silenced() {
			continue
		}
		for _, x := range at[d.Pos] {
			if d.User == "" || x.User == nil || s.userKey(d.User) == s.userKey(x.User.ID) {
				x.note(drop, x.describeNote(d.Rule))
			}
		}
	}
	for _, x := range s.Items {
		if x.Kind == MemberItem && x.Rows == 0 && !givesAny(x.Into) {
			x.note(false, "unused group")
		}
	}
}

// describeNote returns the words for a finding.
func (x *Item) describeNote(rule string) string {
	switch {
	case rule != reviewDue:
		return strings.ReplaceAll(rule, "-", " ")
	case x.Last == nil:
		return "never confirmed"
	}
	return "confirmation overdue"
}

// givesAny reports whether a group, or one that it is in, has an entry.
func givesAny(g *policy.Group) bool {
	return len(g.Entries) > 0 || slices.ContainsFunc(g.Outer(), func(m policy.Membership) bool {
		return len(m.Group.Entries) > 0
	})
}

func (x *Item) note(drop bool, text string) {
	x.Drop = x.Drop || drop
	if !slices.Contains(x.Notes, text) {
		x.Notes = append(x.Notes, text)
	}
}

// Suggested says what to look at, or "".
func (x *Item) Suggested() string {
	text := strings.Join(x.Notes, ", ")
	if x.Drop {
		return "remove: " + text
	}
	return text
}

// reviewersOf returns who should decide about an item: the owners of the group or else those of the nearest scope
// that names any, without people who have the item themselves.
func (s *Survey) reviewersOf(x *Item) []string {
	group, scope := x.Into, x.Scope
	if group == nil && x.User == nil {
		group = x.Group
	}
	if group != nil {
		if list := s.others(x, s.ownersOf(group)); len(list) > 0 {
			return list
		}
		if scope == nil {
			scope = group.Home
		}
	}
	for ; scope != nil; scope = scope.Parent {
		var list []string
		for _, name := range [...]string{"owner", "owners"} {
			list = append(list, scope.Attributes[name]...)
		}
		if list = s.others(x, s.usersNamed(list)); len(list) > 0 {
			return list
		}
	}
	return nil
}

// others returns the ids of users who do not have the item.
func (s *Survey) others(x *Item, list []*policy.User) (ids []string) {
	for _, u := range list {
		if !x.benefits(func(v *policy.User) bool { return v == u }) && !u.Waits() {
			ids = append(ids, u.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ownersOf returns the users who own a group: those of a group that owns it are all of its members.
func (s *Survey) ownersOf(g *policy.Group) (list []*policy.User) {
	for _, o := range g.Owners {
		name := o.User
		if o.Group != "" {
			name = "group:" + o.Group
		}
		list = append(list, s.usersNamed([]string{name})...)
	}
	return list
}

// usersNamed returns the users with some ids, and those in groups written as group:ID.
func (s *Survey) usersNamed(names []string) (list []*policy.User) {
	for _, name := range names {
		if id, ok := strings.CutPrefix(name, "group:"); ok {
			if g := s.groups[id]; g != nil {
				list = append(list, g.Users...)
			}
		} else if u := s.users[s.userKey(name)]; u != nil {
			list = append(list, u)
		}
	}
	return list
}
