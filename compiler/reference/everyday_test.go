package reference_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// Whatever a change makes of anybody on any day is listed, with its days; what is
// listed happens; nothing is listed where nothing changes; and a gate that
// names what somebody comes to hold on any day is hit.
func TestDiffEveryDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "base")
		h := edited(t, d)
		base, gates, m := gated(t, d, h)
		found := compared(t, base, loaded(t, "head.json", h), gates)
		show := func() string {
			return fmt.Sprintf("forbid %s\n%s\n%s%s", m, said(found.People), listing(inOneFile(d)),
				listing(inOneFile(h)))
		}
		want, days := oracle(d, h)
		got := told(found.People, days, keyOn(d, h))
		for w := range want {
			if !got[w] {
				t.Fatalf("not listed: %+v\n%s", w, show())
			}
		}
		for g := range got {
			if !want[g] {
				t.Fatalf("listed, and not so: %+v\n%s", g, show())
			}
		}
		gain, forbidden := false, false
		for w := range want {
			gain = gain || w.more
			forbidden = forbidden || w.more && forbids(m, w, d, h)
		}
		hits := map[string]bool{}
		for _, x := range found.Hits {
			hits[strings.Fields(x.Gate)[0]] = true
		}
		if hits["fail-on-gain"] != gain || forbidden && !hits["forbid"] {
			t.Fatalf("gain %v, forbidden %v, and hit are %v\n%s", gain, forbidden, found.Hits, show())
		}
		if verdict := diff.Verdict(found.People); (verdict == "equal") != (len(want) == 0) {
			t.Fatalf("the verdict is %s\n%s", verdict, show())
		}
	})
}

// event is that somebody has more, or less, on a day than the other side gives:
// of an action of a permission, or a role.
type event struct {
	more                                  bool
	day                                   string
	user, scope, permission, action, role string
}

// oracle compares the two tables, and who holds which roles, day by day.
func oracle(d, h *Declaration) (map[event]bool, []string) {
	days := []string{today}
	for _, day := range slices.Sorted(slices.Values(append(turns(d), turns(h)...))) {
		if day > days[len(days)-1] {
			days = append(days, day)
		}
	}
	events := map[event]bool{}
	for _, day := range days {
		base, head := having(d, day, keyOn(d, h)), having(h, day, keyOn(d, h))
		for k, now := range head {
			if before, ok := base[k]; !ok || now.beyond(before) {
				events[k.on(true, day)] = true
			}
		}
		for k, before := range base {
			if now, ok := head[k]; !ok || before.beyond(now) {
				events[k.on(false, day)] = true
			}
		}
	}
	return events, days
}

func (e event) on(more bool, day string) event {
	e.more, e.day = more, day
	return e
}

// terms are how somebody has something: on which records ("" of a role), and
// whether only once an invitation is accepted or the user is enabled.
type terms struct {
	records    string
	waits      bool
	conditions []string
}

// beyond reports whether one can do more on these terms than on others.
func (t terms) beyond(o terms) bool {
	return width(t.records) < width(o.records) || o.waits && !t.waits || !containsAll(t.conditions, o.conditions)
}

// having is what everybody has on a day.
func having(d *Declaration, day string, key func(string) string) map[event]terms {
	pr := project{Declaration: d, asOf: day}
	all := map[event]terms{}
	for _, r := range Flatten(d, day) {
		for _, action := range r.Actions {
			records, _ := r.ofAction(action)
			all[event{user: key(r.User), scope: r.Scope, permission: r.Permission, action: action}] = terms{records,
				r.Status != "active", r.Conditions}
		}
	}
	for _, p := range pr.people() {
		for _, x := range pr.holds(p) {
			all[event{user: key(p.id), scope: x.scope, role: x.role}] = terms{waits: p.status != "active"}
		}
	}
	return all
}

// keyOn returns an id as it compares with others: exactly, if that is so on either side.
func keyOn(d, h *Declaration) func(string) string {
	if d.Catalog.UserIDs == "exact" || h.Catalog.UserIDs == "exact" {
		return func(id string) string { return id }
	}
	return strings.ToLower
}

// told is what a comparison lists, as events of the days that matter.
func told(people []diff.Person, days []string, key func(string) string) map[event]bool {
	events := map[event]bool{}
	add := func(e event, k diff.Kind, from, until policy.Date) {
		for _, day := range days {
			if k != diff.ReasonChanged && (from == 0 || day >= from.String()) && (until == 0 || day <= until.String()) {
				events[e.on(k.More(), day)] = true
			}
		}
	}
	for i := range people {
		for _, c := range people[i].Changes {
			for _, action := range c.Actions {
				add(event{user: key(c.User.ID), scope: c.Row().Scope.Path, permission: c.Row().Permission.ID,
					action: action}, c.Kind, c.From, c.Until)
			}
		}
		for _, c := range people[i].Roles {
			add(event{user: key(c.User.ID), scope: c.Scope.Path, role: c.Role.ID}, c.Kind, c.From, c.Until)
		}
	}
	return events
}

// edited is a declaration after a change of any kind: of dates, of facts about
// people, of groups, roles, scopes or rules.
func edited(t *rapid.T, d *Declaration) *Declaration {
	if rapid.IntRange(0, 2).Draw(t, "any") == 0 {
		return changed(t, d)
	}
	h := clone(d)
	for range rapid.IntRange(1, 3).Draw(t, "edits") {
		editOne(t, h)
	}
	return h
}

var someDays = []string{"", "2026-06-14", "2026-06-15", "2026-06-16", "2026-06-30", "2026-07-01", "2027-01-01",
	"2027-01-31"}

func editOne(t *rapid.T, h *Declaration) {
	users := slices.Concat(sorted(h.Users), sorted(h.Invitations))
	if len(users) == 0 {
		return
	}
	id := one(t, "whom", users)
	u, invited := h.Users[id], false
	if u == nil {
		u, invited = h.Invitations[id], true
	}
	switch kind := rapid.IntRange(0, 12).Draw(t, "edit"); kind {
	case 0, 1: // a date of an entry
		for i := range u.Roles {
			if rapid.Bool().Draw(t, "this") {
				reDate(t, &u.Roles[i].Starts, &u.Roles[i].Expires)
			}
		}
		for i := range u.Grants {
			if rapid.Bool().Draw(t, "this") {
				reDate(t, &u.Grants[i].Starts, &u.Grants[i].Expires)
			}
		}
	case 2: // a date of a group's entry
		for _, g := range h.Groups {
			for i := range g.Roles {
				reDate(t, &g.Roles[i].Starts, &g.Roles[i].Expires)
			}
		}
	case 3: // the same entry once more, on other days
		if len(u.Roles) > 0 {
			again := one(t, "again", u.Roles)
			reDate(t, &again.Starts, &again.Expires)
			u.Roles = append(u.Roles, again)
		}
	case 4:
		if len(h.Catalog.Affiliations) > 0 && len(h.Domains) == 0 {
			u.Affiliation = one(t, "affiliation", sorted(h.Catalog.Affiliations))
		}
	case 5:
		if !invited {
			u.Attributes = nil
		}
	case 6:
		for _, g := range h.Groups {
			if len(g.Members) > 0 && rapid.Bool().Draw(t, "leaves") {
				g.Members = g.Members[1:]
			}
		}
	case 8, 9: // a date of a membership
		for _, g := range h.Groups {
			for i := range g.Members {
				reDate(t, &g.Members[i].Starts, &g.Members[i].Expires)
			}
		}
		for i := range u.Groups {
			reDate(t, &u.Groups[i].Starts, &u.Groups[i].Expires)
		}
	case 12:
		if !invited {
			u.Status = one(t, "status", []string{"", "active", "disabled"})
		}
	case 10:
		for _, p := range (project{Declaration: h, asOf: today}).places() {
			if no := false; rapid.Bool().Draw(t, "inherits") {
				p.Inherits = &no
			} else if rapid.Bool().Draw(t, "inherits again") {
				p.Inherits = nil
			}
		}
	case 11:
		otherLevel(t, h)
	case 7:
		for _, r := range h.Catalog.Roles {
			for _, cells := range r.Permissions {
				if len(cells) == 1 && rapid.IntRange(0, 3).Draw(t, "cell") == 0 {
					cells[0].Access = one(t, "access", []string{"", "own"})
				}
			}
		}
	}
}

// otherLevel gives scopes that say their level another one, if nothing is inside.
func otherLevel(t *rapid.T, h *Declaration) {
	var walk func(above string, scopes map[string]*Scope)
	walk = func(above string, scopes map[string]*Scope) {
		for _, id := range sorted(scopes) {
			s := scopes[id]
			if s.Level != "" && len(s.Scopes) == 0 && rapid.Bool().Draw(t, "other level") {
				s.Level = one(t, "level", h.Catalog.levelsIn(above))
			}
			walk(h.Catalog.levelOf(id, s, above), s.Scopes)
		}
	}
	walk("", h.Scopes)
}

func reDate(t *rapid.T, starts, expires *string) {
	if rapid.Bool().Draw(t, "starts") {
		*starts = one(t, "from", someDays)
	}
	if rapid.Bool().Draw(t, "expires") {
		*expires = one(t, "until", someDays)
	}
}

// forbids reports whether a matcher names what somebody comes to hold: by the
// role that they come to hold, or that the row on that day comes through.
func forbids(m diff.Matcher, e event, d, h *Declaration) bool {
	if m.Affiliation != "" && !slices.Contains(affiliations(e.user, d, h), m.Affiliation) {
		return false
	}
	if m.Level != "" && !hasLevel(m.Level, e.scope, d, h) || m.Scope != "" && !within(e.scope, m.Scope) ||
		m.User != "" && keyOn(d, h)(m.User) != e.user {
		return false
	}
	if e.role != "" {
		return m.Permission == "" && m.Action == "" && m.Sensitivity == "" && (m.Role == "" || m.Role == e.role) &&
			(m.Group == "" || holdsThrough(h, e, m.Group, keyOn(d, h)))
	}
	return (m.Permission == "" || m.Permission == e.permission) && (m.Action == "" || m.Action == e.action) &&
		(m.Sensitivity == "" || isRated(m.Sensitivity, e, d, h)) &&
		(m.Role+m.Group == "" || slices.ContainsFunc(Flatten(h, e.day), func(r Row) bool {
			return keyOn(d, h)(r.User) == e.user && r.Scope == e.scope && r.Permission == e.permission &&
				slices.ContainsFunc(r.Via, func(s Source) bool {
					return (m.Role == "" || s.Role == m.Role) && (m.Group == "" || s.Group == m.Group) &&
						slices.Contains(s.Actions, e.action)
				})
		}))
}

// holdsThrough reports whether somebody holds a role through a group on the day of an event.
func holdsThrough(h *Declaration, e event, group string, key func(string) string) bool {
	pr := remembering(h, e.day)
	return slices.ContainsFunc(pr.people(), func(p person) bool {
		return key(p.id) == e.user && slices.ContainsFunc(pr.holds(p), func(x held) bool {
			return x.role == e.role && x.scope == e.scope && x.group == group
		})
	})
}

// isRated reports whether an action is as sensitive on one of the sides.
func isRated(as string, e event, sides ...*Declaration) bool {
	return slices.ContainsFunc(sides, func(d *Declaration) bool {
		return project{Declaration: d}.sensitivity(e.permission, e.action) == as
	})
}

// hasLevel reports whether a scope is of a level on one of the sides.
func hasLevel(level, scope string, sides ...*Declaration) bool {
	for _, d := range sides {
		for _, p := range (project{Declaration: d, asOf: today}).places() {
			if p.path == scope && p.level == level {
				return true
			}
		}
	}
	return false
}

func affiliations(user string, d, h *Declaration) (list []string) {
	key := keyOn(d, h)
	for _, d := range []*Declaration{d, h} {
		for _, p := range (project{Declaration: d, asOf: today}).people() {
			if key(p.id) == user {
				list = append(list, p.affiliation)
			}
		}
	}
	return list
}
