// Package baseline stores the findings that a project had when it adopted permc, so that only new ones count. A
// finding is identified by its subject, never by its line.
package baseline

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Baseline is a sorted list of known findings.
type Baseline struct{ Entries []Entry }

// Entry is one finding, or several with the same subject.
type Entry struct {
	diag.Key // as written
	Extent   []string
	Over     int
	Count    int
}

// Others returns the other subjects of the finding.
func (e *Entry) Others() (list []string) {
	for item := range policy.SplitNames(e.With, ",") {
		list = append(list, item.Name)
	}
	return list
}

// folded returns the key for comparing entries.
func (e *Entry) folded() diag.Key {
	k := e.Key
	k.User = policy.Fold(k.User)
	return k
}

// Name returns the whole identity of an entry as text. Unless user ids are exact, all spellings of an id have one.
func (e *Entry) Name(exact bool) string {
	counted := *e
	if counted.Count = 1; !exact {
		counted.User = policy.Fold(e.User)
	}
	return string(counted.appendJSON(nil))
}

// plain reports whether an entry says no more than older baselines did: then it matches as they did, whatever else
// the finding is about.
func (e *Entry) plain() bool { return e.With == "" && e.Extent == nil && e.Over == 0 }

// entryOf returns the entry of one finding.
func entryOf(d *diag.Finding) Entry {
	e := Entry{Key: d.Key(), Extent: d.Extent, Over: d.Over, Count: 1}
	e.User = d.User
	return e
}

// Of returns a baseline of the findings that are not silenced, except those of lasting rules.
func Of(found []diag.Finding, lasting func(rule string) bool) *Baseline {
	b := &Baseline{}
	at := map[string]int{}
	for i := range found {
		if !canKeep(&found[i], lasting) {
			continue
		}
		e := entryOf(&found[i])
		name := e.Name(found[i].ExactUser)
		if n, seen := at[name]; seen {
			b.Entries[n].Count++
			continue
		}
		at[name] = len(b.Entries)
		b.Entries = append(b.Entries, e)
	}
	b.sort()
	return b
}

// canKeep reports whether a finding may be in a baseline.
func canKeep(d *diag.Finding, lasting func(string) bool) bool {
	return !d.Silenced() && !d.Stops && !lasting(d.Rule)
}

// Mark marks the known findings, the first ones if several have the same subject. It returns the entries, or their
// remaining counts, that were not found. A finding that goes further than the known one is not marked.
func (b *Baseline) Mark(found []diag.Finding) (fixed []Entry) {
	byKey := map[diag.Key][]int{} // indexes of entries, by the key of older baselines
	left := make([]int, len(b.Entries))
	for i := range b.Entries {
		e := &b.Entries[i]
		left[i] = e.Count
		k := e.folded()
		k.With = ""
		byKey[k] = append(byKey[k], i)
	}
	for _, fits := range []func(e *Entry, id *diag.Identity) bool{matchExactly, matchFarther, matchPlain} {
		for i := range found {
			d := &found[i]
			if d.Silenced() || d.Stops || d.Baseline {
				continue
			}
			id := d.Identity()
			k := id.Key
			k.With, k.User = "", policy.Fold(k.User)
			list := byKey[k]
			if at := slices.IndexFunc(list, func(n int) bool {
				e := &b.Entries[n]
				return left[n] > 0 && (!d.ExactUser || e.User == d.User) && fits(e, &id)
			}); at >= 0 {
				left[list[at]]--
				d.Baseline = true
			}
		}
	}
	for i, e := range b.Entries {
		if e.Count = left[i]; e.Count > 0 {
			fixed = append(fixed, e)
		}
	}
	return fixed
}

func matchExactly(e *Entry, id *diag.Identity) bool {
	return e.With == id.With && e.Over == id.Over && slices.Equal(e.Extent, id.Extent)
}

func matchFarther(e *Entry, id *diag.Identity) bool {
	known := diag.Identity{Key: id.Key, Extent: e.Extent, Over: e.Over}
	return e.With == id.With && known.Covers(id)
}

func matchPlain(e *Entry, _ *diag.Identity) bool { return e.plain() }

// Without returns the baseline without fixed findings.
func (b *Baseline) Without(fixed []Entry) *Baseline {
	gone := map[string]int{}
	for _, e := range fixed {
		gone[e.Name(true)] = e.Count
	}
	out := &Baseline{}
	for _, e := range b.Entries {
		if e.Count -= gone[e.Name(true)]; e.Count > 0 {
			out.Entries = append(out.Entries, e)
		}
	}
	return out
}

// Total counts the findings in the baseline.
func (b *Baseline) Total() (n int) {
	for _, e := range b.Entries {
		n += e.Count
	}
	return n
}

func (b *Baseline) sort() {
	slices.SortFunc(b.Entries, func(x, y Entry) int {
		p, q := x.folded(), y.folded()
		return cmp.Or(strings.Compare(p.Rule, q.Rule), strings.Compare(p.User, q.User),
			strings.Compare(p.Group, q.Group),
			strings.Compare(p.Role, q.Role), strings.Compare(p.Permission, q.Permission),
			strings.Compare(p.Action, q.Action),
			strings.Compare(p.Scope, q.Scope), strings.Compare(p.With, q.With), slices.Compare(x.Extent, y.Extent),
			cmp.Compare(x.Over, y.Over), strings.Compare(x.User, y.User))
	})
}
