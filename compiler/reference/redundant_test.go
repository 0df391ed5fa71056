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
		if one(t, "crowded", []bool{false, true}) {
			crowd(t, d)
		}
		rest, n := d.apply(redundancies(t, d))
		gone.Add(int64(n))
		if diff := cmp.Diff(d.everyDay(), rest.everyDay()); diff != "" {
			t.Fatalf("(-before +after):\n%s\n%s\n%s", diff, compact(d), compact(rest))
		}
		if diff := cmp.Diff(ruled(d), ruled(rest)); diff != "" {
			t.Fatalf("rules can tell (-before +after):\n%s\n%s\n%s", diff, compact(d), compact(rest))
		}
		if found := newlyFound(d, rest); len(found) > 0 {
			t.Fatalf("without it there is\n%s\n%s\n%s", strings.Join(found, "\n"), compact(d), compact(rest))
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

// ruled lists what the declared rules find.
func ruled(d *Declaration) []string { return slices.Compact(lines(Findings(d, today))) }

// newlyFound lists what the built-in rules find only once something is taken out. Some only say what to take out next:
// a group whose entries are over may have lost its last member. An entry that starts later and gives nothing then hides
// that a user has no access. And a grant that was redundant beside what is gone may expire soon: of an entry, only the
// first finding is reported.
func newlyFound(d, rest *Declaration) []string {
	next := []string{"user-without-access", "empty-group", "unused-group", "expires-soon"}
	before := lines(Lint(d, today))
	return slices.DeleteFunc(slices.Compact(lines(Lint(rest, today))), func(f string) bool {
		return slices.Contains(before, f) || slices.ContainsFunc(next, func(rule string) bool {
			return strings.Contains(f, "Rule:"+rule+" ")
		})
	})
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
	return slices.ContainsFunc(Lint(d, today), func(f Judged) bool { return strings.HasPrefix(f.Rule, "duplicate-") }) ||
		slices.ContainsFunc(sorted(d.Groups), d.repeatsIn)
}

// repeatsIn reports whether a group has an assignment twice: there is no finding if its members never count.
func (d *Declaration) repeatsIn(group string) bool {
	list := (project{Declaration: d, asOf: today}).entriesOf(group, d.Groups[group].Home, d.Groups[group].Roles, nil)
	for i, e := range list {
		if slices.ContainsFunc(list[:i], func(o entry) bool { return sameEntry(o, e) }) {
			return true
		}
	}
	return false
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

// days are days on which something that is drawn starts or ends, and some around them.
var days = []string{"2026-01-01", "2026-06-01", "2026-06-14", "2026-06-15", "2026-06-16", "2026-06-20", "2026-06-21",
	"2027-01-31", "2027-02-01"}

// everyDay is what everybody has on every day on which something may change.
func (d *Declaration) everyDay() map[string][]string {
	all := map[string][]string{}
	for _, day := range days {
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
	limits := func(h *Holders) bool { return h.Min != nil && *h.Min > 0 || h.Max != nil }
	for _, rule := range pr.rules() {
		if h := rule.Holders; h != nil && h.Role == role && h.Level == level && limits(h) {
			return true
		}
		if u := rule.PerUser; u != nil && (u.Level == "" || u.Level == level) && limits(u) {
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
