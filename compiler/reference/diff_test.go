package reference_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// A table compared with itself has no changes, whatever the files are called
// and in which order things stand; and the changes of today, from one table to
// another, make the other of the one.
func TestDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "base")
		base := loaded(t, "base.json", d)
		if same := compared(t, base, loaded(t, "renamed.json", shuffled(t, d)),
			diff.Gates{MaxLost: -1}); len(same.People) > 0 {
			t.Fatalf("a project differs from itself: %v\n%s", said(same.People), listing(inOneFile(d)))
		}
		h := changed(t, d)
		head := loaded(t, "head.json", h)
		people := compared(t, base, head, diff.Gates{MaxLost: -1}).People
		got, want := table(t, base), table(t, head)
		for i := range people {
			for j := range people[i].Changes {
				c := &people[i].Changes[j]
				checkKind(t, c)
				if key := rowKey(c.Row()); c.From != 0 || c.Before != nil && c.After != nil &&
					got[key] != rowText(c.Before) && got[key] != rowText(c.After) {
					continue
				} else if c.After == nil {
					delete(got, key)
				} else {
					got[key] = rowText(c.After)
				}
			}
		}
		maps.DeleteFunc(got, func(key, _ string) bool { return changesLater(people, key) })
		maps.DeleteFunc(want, func(key, _ string) bool { return changesLater(people, key) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("changes of the base do not make the head (-head +made):\n%s\n%s%s", diff, listing(inOneFile(d)),
				listing(inOneFile(h)))
		}
	})
}

// changesLater reports whether a row has a change that begins later: its end today
// may be another one.
func changesLater(people []diff.Person, key string) bool {
	return slices.ContainsFunc(people, func(p diff.Person) bool {
		return slices.ContainsFunc(p.Changes, func(c diff.Change) bool { return c.From != 0 && rowKey(c.Row()) == key })
	})
}

// checkKind checks a kind by what the rows say, and that somebody is named as
// the cause.
func checkKind(t *rapid.T, c *diff.Change) {
	held := func(r *policy.Row) bool { return r != nil && r.Held() }
	ok := map[diff.Kind]bool{
		diff.Gained: !held(c.Before) && held(c.After), diff.Lost: held(c.Before) && !held(c.After),
		diff.Widened: held(c.Before) && held(c.After), diff.Narrowed: held(c.Before) && held(c.After),
		diff.ReasonChanged: held(c.Before) == held(c.After),
	}[c.Kind]
	if !ok || len(c.Causes) == 0 {
		t.Fatalf("%s", said([]diff.Person{{Changes: []diff.Change{*c}}}))
	}
}

func loaded(t *rapid.T, name string, d *Declaration) *compiler.Project {
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(compact(d)), 0o666); err != nil {
		t.Fatal(err)
	}
	day, _ := policy.ParseDate(today)
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil {
		t.Fatal(err)
	}
	if p.Policy == nil {
		t.Skip("it cannot be evaluated")
	}
	return p
}

func compared(t *rapid.T, base, head *compiler.Project, gates diff.Gates) *diff.Comparison {
	c, err := diff.Compare(context.Background(), base, head, &gates, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.People {
		c.People[i].Changes = kept(c.Changes(&c.People[i]))
	}
	return c
}

// kept copies changes with their rows.
func kept(changes []diff.Change) []diff.Change {
	changes = slices.Clone(changes)
	for i := range changes {
		changes[i].Before, changes[i].After = changes[i].Before.Clone(), changes[i].After.Clone()
		changes[i].Causes, changes[i].Roles = slices.Clone(changes[i].Causes), slices.Clone(changes[i].Roles)
	}
	return changes
}

// table is all rows as text, without places.
func table(t *rapid.T, p *compiler.Project) map[string]string {
	rows := map[string]string{}
	lists, _, _, err := diff.Pairs(context.Background(), nil, p,
		func(list [][2]string, _, a *policy.Access) [][2]string {
			for i := range a.Rows {
				list = append(list, [2]string{rowKey(&a.Rows[i]), rowText(&a.Rows[i])})
			}
			return list
		})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range lists {
		rows[r[0]] = r[1]
	}
	return rows
}

func rowKey(r *policy.Row) string {
	return r.User.ID + " " + r.Scope.Path + " " + r.Permission.ID
}

// rowText is all that a row says, each source once.
func rowText(r *policy.Row) string {
	var via []string
	for _, v := range r.Via {
		s := fmt.Sprint(v.Kind, " ", v.Scope.Path, v.Records, v.Ends, r.Permission.Names(v.Actions))
		if v.Role != nil {
			s += " role " + v.Role.ID
		}
		if v.From != nil {
			s += " from " + v.From.ID
		}
		if v.Group != nil {
			s += " group " + v.Group.ID
		}
		if v.Implier != nil {
			s += " implied by " + v.Implier.ID
		}
		via = append(via, s)
	}
	slices.Sort(via)
	text := fmt.Sprint(r.User.Status(), r.User.Affiliation, r.Permission.Names(r.Actions), r.Records, r.Ends,
		r.Permission.ConditionIDs, slices.Compact(via))
	for _, w := range r.Withheld {
		text += fmt.Sprint(" without ", w.Action, " by ", w.Rule.ID)
	}
	return text
}

func said(people []diff.Person) (s string) {
	text := func(r *policy.Row) string {
		if r == nil {
			return "nothing"
		}
		return rowText(r)
	}
	for _, p := range people {
		for i := range p.Changes {
			c := &p.Changes[i]
			s += fmt.Sprintf("%s: %s %v from %s until %s: %s -> %s, because of %v\n", rowKey(c.Row()), c.Kind,
				c.Actions, c.From, c.Until, text(c.Before), text(c.After), c.Causes)
		}
		for _, c := range p.Roles {
			s += fmt.Sprintf("role %s on %s: %s from %s until %s, because of %v\n", c.Role.ID, c.Scope.Path, c.Kind,
				c.From, c.Until, c.Causes)
		}
		for _, f := range p.Facts {
			s += fmt.Sprintf("%+v\n", f)
		}
	}
	return s
}

// shuffled is a declaration with its lists in another order.
func shuffled(t *rapid.T, d *Declaration) *Declaration {
	d = clone(d)
	for _, list := range assignmentLists(d) {
		*list = rapid.Permutation(*list).Draw(t, "order")
	}
	return d
}

// changed is another declaration, or the same with some things gone or come.
func changed(t *rapid.T, d *Declaration) *Declaration {
	if rapid.IntRange(0, 3).Draw(t, "other") == 0 {
		return declarations().Draw(t, "head")
	}
	d = clone(d)
	g := &gen{T: t, Declaration: d, roles: sorted(d.Catalog.Roles)}
	for range rapid.IntRange(1, 4).Draw(t, "changes") {
		lists := assignmentLists(d)
		switch change := rapid.IntRange(0, 4).Draw(t, "change"); {
		case len(lists) == 0:
			return d
		case change == 0:
			delete(d.Users, one(t, "user", append(sorted(d.Users), "")))
		case change == 1:
			list := one(t, "list", lists)
			*list = append(*list, g.assignment())
		case change == 2:
			if list := one(t, "list", lists); len(*list) > 0 {
				*list = slices.Delete(*list, 0, 1)
			}
		case change == 3:
			clear(d.Rules)
		case change == 4:
			if id := one(t, "group", append(sorted(d.Groups), "")); id != "" {
				d.Groups[id].Members = nil
			}
		}
	}
	return d
}
