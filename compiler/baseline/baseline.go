// Package baseline keeps the findings that a project had when it took permc
// up, so that only new ones count. A finding is known by what it is about,
// never by its line.
package baseline

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Baseline is a list of findings that are known, in order.
type Baseline struct{ Entries []Entry }

// Entry is one finding, or several that are about the same.
type Entry struct {
	diag.Key // as written
	Count    int
}

// folded is the key by which entries compare.
func (e *Entry) folded() diag.Key {
	k := e.Key
	k.User = policy.Fold(k.User)
	return k
}

// Of is the baseline of findings: those that are not silenced, of rules that are
// not lasting.
func Of(found []diag.Diagnostic, lasting func(rule string) bool) *Baseline {
	b := &Baseline{}
	at := map[diag.Key]int{}
	for i := range found {
		d := &found[i]
		if !fit(d, lasting) {
			continue
		}
		k := d.Key()
		n, seen := at[k]
		if !seen {
			n = len(b.Entries)
			at[k] = n
			b.Entries = append(b.Entries, Entry{Key: diag.Key{Rule: d.Rule, User: d.User, Group: d.Group, Role: d.Role,
				Permission: d.Permission, Action: d.Action, Scope: d.Scope}})
		}
		b.Entries[n].Count++
	}
	b.sort()
	return b
}

// fit reports whether a finding may stand in a baseline.
func fit(d *diag.Diagnostic, lasting func(string) bool) bool {
	return !d.Silenced() && !d.Stops && !lasting(d.Rule)
}

// Mark marks the findings that are known, of several about the same the first
// ones, and returns the entries, or what is left of them, that were not found.
func (b *Baseline) Mark(found []diag.Diagnostic) (fixed []Entry) {
	left := map[diag.Key]int{}
	for i := range b.Entries {
		left[b.Entries[i].folded()] = b.Entries[i].Count
	}
	for i := range found {
		d := &found[i]
		if d.Silenced() || d.Stops {
			continue
		}
		if k := d.Key(); left[k] > 0 {
			left[k]--
			d.Baseline = true
		}
	}
	for _, e := range b.Entries {
		if e.Count = left[e.folded()]; e.Count > 0 {
			fixed = append(fixed, e)
		}
	}
	return fixed
}

// Without is the baseline less what is fixed.
func (b *Baseline) Without(fixed []Entry) *Baseline {
	gone := map[diag.Key]int{}
	for _, e := range fixed {
		gone[e.folded()] = e.Count
	}
	out := &Baseline{}
	for _, e := range b.Entries {
		if e.Count -= gone[e.folded()]; e.Count > 0 {
			out.Entries = append(out.Entries, e)
		}
	}
	return out
}

// Total is how many findings the baseline has.
func (b *Baseline) Total() (n int) {
	for _, e := range b.Entries {
		n += e.Count
	}
	return n
}

func (b *Baseline) sort() {
	slices.SortFunc(b.Entries, func(x, y Entry) int {
		p, q := x.folded(), y.folded()
		return cmp.Or(strings.Compare(p.Rule, q.Rule), strings.Compare(p.User, q.User), strings.Compare(p.Group, q.Group),
			strings.Compare(p.Role, q.Role), strings.Compare(p.Permission, q.Permission), strings.Compare(p.Action, q.Action),
			strings.Compare(p.Scope, q.Scope))
	})
}
