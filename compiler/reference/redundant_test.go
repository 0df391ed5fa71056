package reference_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/lint/redundant"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// without is a project without some of its statements.
type without struct {
	entries []redundant.Entry
	groups  []string
	members []redundant.Membership
	policy  *policy.Policy
}

// Everything that is redundant can go at once: nobody's access changes on any day, nor its end, nor the roles that
// somebody holds, nor membership of a group that a rule names. And what is left is needed.
func TestRedundant(t *testing.T) {
	var gone, kept atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		if one(t, "plain", []bool{false, true}) {
			plain(d)
		}
		rest, n := d.apply(redundancies(t, d))
		gone.Add(int64(n))
		if diff := cmp.Diff(d.everyDay(), rest.everyDay()); diff != "" {
			t.Fatalf("(-before +after):\n%s\n%s\n%s", diff, compact(d), compact(rest))
		}
		if d.repeats() || d.owningGroups() > rest.owningGroups() {
			return // what repeats another statement has a finding of its own, and what owned is needed no more
		}
		again, _ := rest.apply(redundancies(t, rest))
		if diff := cmp.Diff(compact(rest), compact(again)); diff != "" {
			t.Fatalf("more is redundant the second time:\n%s\n%s\n%s", diff, compact(d), compact(rest))
		}
		if rest.isPlain() {
			kept.Add(int64(rest.allNeeded(t)))
		}
	})
	t.Logf("%d redundant, %d needed", gone.Load(), kept.Load())
	if gone.Load() == 0 || kept.Load() == 0 {
		t.Error("nothing was redundant, or nothing needed")
	}
}

// redundancies asks the compiler.
func redundancies(t *rapid.T, d *Declaration) without {
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "project.json"), []byte(compact(d)), 0o666); err != nil {
		t.Fatal(err)
	}
	day, _ := policy.ParseDate(today)
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatalf("%v %v\n%s", err, p.Stopped, compact(d))
	}
	found := redundant.Find(p.Policy)
	w := without{entries: found.Entries, members: found.Memberships, policy: p.Policy}
	for _, g := range found.Groups {
		w.groups = append(w.groups, g.ID)
	}
	return w
}

// repeats reports whether something is said twice.
func (d *Declaration) repeats() bool {
	return slices.ContainsFunc(Lint(d, today), func(f Judged) bool { return strings.HasPrefix(f.Rule, "duplicate-") })
}

// owningGroups counts the owners of groups that are groups.
func (d *Declaration) owningGroups() (n int) {
	for _, g := range d.Groups {
		for _, o := range g.Owners {
			if strings.HasPrefix(o, "group:") {
				n++
			}
		}
	}
	return n
}

// clone copies a declaration.
func (d *Declaration) clone() *Declaration {
	var c Declaration
	if err := json.Unmarshal([]byte(compact(d)), &c); err != nil {
		panic(err)
	}
	return &c
}

// apply takes statements out, and counts them.
func (d *Declaration) apply(w without) (*Declaration, int) {
	c := d.clone()
	roles := map[*[]Assignment][]int{}
	for _, e := range w.entries {
		list := &[]Assignment{}
		switch {
		case e.Group != nil:
			list = &c.Groups[e.Group.ID].Roles
		case c.Users[e.User.ID] != nil:
			list = &c.Users[e.User.ID].Roles
		default:
			list = &c.Invitations[e.User.ID].Roles
		}
		roles[list] = append(roles[list], e.Index)
	}
	for list, at := range roles {
		*list = drop(*list, at)
	}
	c.dropMembers(w)
	for _, id := range w.groups {
		c.dropGroup(id)
	}
	return c, len(w.entries) + len(w.members) + len(w.groups)
}

func drop[E any](list []E, at []int) (left []E) {
	for i, e := range list {
		if !slices.Contains(at, i) {
			left = append(left, e)
		}
	}
	return left
}

func (d *Declaration) dropMembers(w without) {
	members, joins := map[string][]int{}, map[string][]int{}
	for _, m := range w.members {
		at := slices.IndexFunc(m.Group.Members, func(x policy.DeclaredMember) bool { return x.Pos == m.Pos })
		if at >= 0 {
			members[m.Group.ID] = append(members[m.Group.ID], at)
			continue
		}
		n := 0
		for i, j := range d.user(m.User.ID).Groups {
			if j.Group != m.Group.ID {
				continue
			}
			if m.Group.JoinsOf(m.User)[n].Pos == m.Pos {
				joins[m.User.ID] = append(joins[m.User.ID], i)
			}
			n++
		}
	}
	for id, at := range members {
		d.Groups[id].Members = drop(d.Groups[id].Members, at)
	}
	for id, at := range joins {
		d.user(id).Groups = drop(d.user(id).Groups, at)
	}
}

func (d *Declaration) user(id string) *User {
	if u := d.Users[id]; u != nil {
		return u
	}
	return d.Invitations[id]
}

// dropGroup takes a group out, and all that names it.
func (d *Declaration) dropGroup(id string) {
	delete(d.Groups, id)
	for _, g := range d.Groups {
		g.Members = slices.DeleteFunc(g.Members, func(m Member) bool { return m.Group == "group:"+id })
	}
	for _, users := range []map[string]*User{d.Users, d.Invitations} {
		for _, u := range users {
			u.Groups = slices.DeleteFunc(u.Groups, func(j Join) bool { return j.Group == id })
		}
	}
}

// everyDay is what everybody has on every day on which something may change.
func (d *Declaration) everyDay() map[string][]string {
	all := map[string][]string{}
	for _, day := range []string{"2026-01-01", "2026-06-01", "2026-06-14", "2026-06-15", "2026-06-16", "2026-06-20",
		"2026-06-21", "2027-01-31", "2027-02-01"} {
		all[day] = d.onDay(day)
	}
	return all
}

func (d *Declaration) onDay(day string) (all []string) {
	for _, r := range Table(d, day) {
		all = append(all, fmt.Sprint(r.User, r.Status, r.Affiliation, r.Scope, r.Permission, r.Actions, r.Withheld,
			r.Access, r.Expires, r.Confidence))
	}
	pr := remembering(d, day)
	for _, p := range pr.people() {
		ends, sure := map[string]string{}, map[string]int{}
		note := func(at string, h held) {
			if e, ok := ends[at]; ok {
				ends[at], sure[at] = later(e, h.expires), min(sure[at], h.sure)
				return
			}
			ends[at], sure[at] = h.expires, h.sure
		}
		for _, h := range pr.holds(p) {
			at := fmt.Sprint(p.id, " ", h.role, " on ", h.scope)
			note(at, h)
			if h.group == "" && pr.asksDirect() {
				note(at+" directly", h)
			}
		}
		for _, h := range pr.assigned(p) {
			if pr.countsAssigned(h.role, pr.place(h.scope).level) {
				note(fmt.Sprint(p.id, " ", h.role, " on ", h.scope, " assigned"), h)
			}
		}
		for _, at := range sorted(ends) {
			all = append(all, fmt.Sprint(at, ends[at], sure[at]))
		}
		for _, g := range sorted(pr.Groups) {
			if pr.isNamed(g) && pr.isMember(p.id, g) {
				all = append(all, p.id+" in "+g)
			}
		}
	}
	return all
}

// asksDirect reports whether a rule asks whether something is held directly.
func (pr project) asksDirect() bool { return strings.Contains(compact(pr.Declaration), `"through"`) }

// countsAssigned reports whether a rule counts a role where it is assigned: "Only direct, group and default ones count
// for per-user and holders."
func (pr project) countsAssigned(role, level string) bool {
	for _, rule := range pr.rules() {
		if h := rule.Holders; h != nil && h.Role == role && h.Level == level {
			return true
		}
		if u := rule.PerUser; u != nil && (u.Level == "" || u.Level == level) {
			return true
		}
	}
	return false
}

// plain takes out of a catalog what the rules about redundancy do not look into.
func plain(d *Declaration) {
	for _, p := range d.Catalog.Permissions {
		p.Implies, p.When, p.Inferred, p.SharedWith = nil, nil, "", ""
		if p.Deprecated == "" {
			p.Grantable = &Grantable{Anybody: true} // so that it can be held
		}
	}
	for _, r := range d.Catalog.Roles {
		r.Inheritance = ""
		for _, cells := range r.Permissions {
			for i := range cells {
				cells[i].Inferred, cells[i].Derived, cells[i].When = "", "", nil
			}
		}
		for id, i := range r.Includes {
			i.Inferred = ""
			r.Includes[id] = i
		}
	}
	if d.Catalog.Default != nil {
		d.Catalog.Default.Unassigned = false
	}
}

func (d *Declaration) isPlain() bool {
	text := compact(d)
	for _, word := range []string{`"implies"`, `"when"`, `"inferred"`, `"derived"`, `"sharedWith"`, `"inheritance"`,
		`"unassigned"`} {
		if strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// allNeeded tries every assignment and membership that is left, and counts them.
func (d *Declaration) allNeeded(t *rapid.T) (n int) {
	before := d.everyDay()
	try := func(what string, edit func(c *Declaration)) {
		c := d.clone()
		edit(c)
		n++
		if cmp.Equal(before, c.everyDay()) {
			t.Fatalf("nobody needs %s in\n%s", what, compact(d))
		}
	}
	pr := project{Declaration: d, asOf: today}
	for _, p := range pr.people() {
		entries := pr.entriesOf("", p.Home, p.Roles, nil)
		if p.status == "invited" {
			continue // an invitation names a role
		}
		for i, e := range entries {
			if pr.fault(e, pr.admits(p, e)) == "" && !pr.isOver(e) &&
				!slices.ContainsFunc(entries[:i], func(o entry) bool { return sameEntry(o, e) }) &&
				!slices.ContainsFunc(entries[i+1:], func(o entry) bool { return sameEntry(o, e) }) {
				try(fmt.Sprint("role ", i, " of ", p.id), func(c *Declaration) {
					c.user(p.id).Roles = drop(c.user(p.id).Roles, []int{i})
				})
			}
		}
	}
	for _, id := range sorted(d.Groups) {
		d.groupNeeded(id, try)
	}
	return n
}

func (d *Declaration) groupNeeded(id string, try func(string, func(*Declaration))) {
	pr := project{Declaration: d, asOf: today}
	for i, m := range d.Groups[id].Members {
		over := m.Expires != "" && (m.Expires < today || m.Starts > m.Expires)
		same := func(o Member) bool { return d.Catalog.sameUser(o.Name(), m.Name()) }
		if m.Group != "" || over || pr.isNamed(id) || d.owns(id) || pr.rejectsIn(id, m.User) || pr.isIdle(id) ||
			slices.ContainsFunc(drop(d.Groups[id].Members, []int{i}), same) ||
			slices.ContainsFunc(pr.people(), func(p person) bool {
				return d.Catalog.sameUser(p.id, m.User) && slices.ContainsFunc(p.Groups,
					func(j Join) bool { return j.Group == id })
			}) {
			continue
		}
		try(fmt.Sprint("member ", i, " of ", id), func(c *Declaration) {
			c.Groups[id].Members = drop(c.Groups[id].Members, []int{i})
		})
	}
}

// owns reports whether a group owns one, or itself: whoever leaves it owns that no longer.
func (d *Declaration) owns(id string) bool {
	return slices.ContainsFunc(sorted(d.Groups), func(g string) bool {
		return slices.Contains(d.Groups[g].Owners, "group:"+id)
	})
}

// isIdle: neither a group nor one around it gives anything.
func (pr project) isIdle(id string) bool {
	return !slices.ContainsFunc(sorted(pr.Groups), func(o string) bool {
		return (o == id || pr.isWithin(id, o)) && len(pr.Groups[o].Roles)+len(pr.Groups[o].Grants) > 0
	})
}

// rejectsIn reports whether a member is refused what a group, or one around it, gives.
func (pr project) rejectsIn(id, user string) bool {
	return slices.ContainsFunc(pr.people(), func(p person) bool {
		return pr.Catalog.sameUser(p.id, user) && slices.ContainsFunc(sorted(pr.Groups), func(o string) bool {
			return (o == id || pr.isWithin(id, o)) && slices.ContainsFunc(
				pr.entriesOf(o, pr.Groups[o].Home, pr.Groups[o].Roles, pr.Groups[o].Grants),
				func(e entry) bool { return pr.fault(e, pr.admits(p, e)) != "" })
		})
	})
}
