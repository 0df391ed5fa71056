package report

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/policy"
)

// Observed is what exports of the system say about what is declared.
type Observed struct {
	Exports []*drift.Drift
	Of      map[*policy.User][]*drift.Line
	OfGroup map[*policy.Group][]*drift.Line
	Items   []ObservedItem // that differ, the gravest first
	Counts  map[drift.Presence]int

	lines []drift.Line
	about map[string][]ObservedItem // declared users, by id
}

// ObservedItem is a difference, and the export that it is in.
type ObservedItem struct {
	*drift.Item
	Export *drift.Drift
}

// Observe collects what exports say, each of one kind.
func Observe(exports []*drift.Drift) *Observed {
	if len(exports) == 0 {
		return nil
	}
	o := &Observed{Exports: exports, lines: drift.Lines(exports...)}
	for _, d := range exports {
		for i := range d.Items {
			o.Items = append(o.Items, ObservedItem{&d.Items[i], d})
		}
	}
	rank := func(x ObservedItem) int { return slices.Index(drift.Classes, x.Class) }
	slices.SortStableFunc(o.Items, func(a, b ObservedItem) int { return rank(a) - rank(b) })
	return o.Shown(func(string, string, string, string) bool { return true })
}

// Shown returns the part that is shown.
func (o *Observed) Shown(shows Shows) *Observed {
	if o == nil {
		return nil
	}
	out := &Observed{Exports: o.Exports, Of: map[*policy.User][]*drift.Line{},
		OfGroup: map[*policy.Group][]*drift.Line{},
		Counts:  map[drift.Presence]int{}, lines: o.lines, about: map[string][]ObservedItem{}}
	for i := range o.lines {
		l := &o.lines[i]
		if !shows(l.Names()) {
			continue
		}
		out.Counts[l.Worst()]++
		if l.User != nil {
			out.Of[l.User] = append(out.Of[l.User], l)
		} else {
			out.OfGroup[l.Group] = append(out.OfGroup[l.Group], l)
		}
	}
	for _, x := range o.Items {
		if !shows(x.User, x.Role, x.Permission, x.Scope) {
			continue
		}
		out.Items = append(out.Items, x)
		if x.Declared && x.User != "" {
			out.about[x.User] = append(out.about[x.User], x)
		}
	}
	return out
}

// Differing returns the differences that are about what somebody has, and those about names that fit nothing here or
// several things.
func (o *Observed) Differing() (access, names []ObservedItem) {
	for _, x := range o.Items {
		if x.Class == drift.Unmatched || x.Class == drift.Ambiguous {
			names = append(names, x)
		} else {
			access = append(access, x)
		}
	}
	return access, names
}

// Extras counts what is there and not declared, of one declared user or, with nil, of everybody.
func (o *Observed) Extras(u *policy.User) (n int) {
	list := o.Items
	if u != nil {
		list = o.ItemsOf(u)
	}
	for _, x := range list {
		if x.Class == drift.Extra {
			n++
		}
	}
	return n
}

// ItemsOf returns the differences about a declared user.
func (o *Observed) ItemsOf(u *policy.User) []ObservedItem { return o.about[u.ID] }

// countLines counts the lines about what people are declared to have.
func (o *Observed) countLines() (n int) {
	for _, lines := range o.Of {
		n += len(lines)
	}
	return n
}

// SumLines says in a line how many of the declared lines are there.
func SumLines(count map[drift.Presence]int, extras int) string {
	var parts []string
	for _, p := range drift.Presences {
		if n := count[p]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p))
		}
	}
	if extras > 0 {
		parts = append(parts, fmt.Sprintf("%d not declared", extras))
	}
	return strings.Join(parts, ", ")
}

// addObserved adds exports to a report: what they say, and their files to the inputs.
func (r *Report) addObserved(o *Observed, shows Shows) {
	if o == nil {
		return
	}
	r.Observed = o
	if shows != nil {
		r.Observed = o.Shown(shows)
	}
	for _, d := range o.Exports {
		for _, f := range d.Seen.Files {
			r.Inputs = append(r.Inputs, Input{f.Name, f.Hash()})
		}
	}
}
