package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/diff"
	"permc.dev/permc/compiler/policy"
)

// DiffFormats are the formats of a comparison of two projects.
var DiffFormats = []string{"text", "json", "markdown", "github", "html"}

// Diff is what a change does to people, and to findings about them.
type Diff struct {
	Base, Head         *policy.Policy // Base is nil where there is none
	BaseName, HeadName string
	Note               string // what a reader must know first
	Changes            []diff.Change
	New, Fixed         []diag.Diagnostic
	NewFiles           *policy.Files // of New's places
	Unchanged          int
	Policy             []diff.PolicyChange
	Hits               []diff.Hit
}

// files are those of one side.
func (d *Diff) files(base bool) *policy.Files {
	if base {
		return d.Base.Files
	}
	return d.Head.Files
}

// person is what changes for one user.
type person struct {
	user    *policy.User
	changes []diff.Change
}

func (d *Diff) people() (list []person) {
	for i := range d.Changes {
		c := &d.Changes[i]
		if n := len(list); n == 0 || list[n-1].user != c.User {
			list = append(list, person{user: c.User, changes: d.Changes[i:i]})
		}
		p := &list[len(list)-1]
		p.changes = p.changes[:len(p.changes)+1]
	}
	return list
}

// counts are how many of each kind there are.
func (p *person) counts() (n [diff.ReasonChanged + 1]int) {
	for i := range p.changes {
		n[p.changes[i].Kind]++
	}
	return n
}

// block are changes of one person that happen alike.
type block struct {
	kind    diff.Kind
	why     string // how it is held and was
	scopes  []string
	items   []string // permissions, with actions where there are several
	causes  []diff.Cause
	changes []*diff.Change
}

// blocks puts together what a person gains or loses in the same way, by scope,
// then scopes with the same permissions.
func (p *person) blocks() (list []block) {
	byKey := map[string]int{}
	for i := range p.changes {
		c := &p.changes[i]
		why := reason(c)
		key := fmt.Sprint(c.Kind, why, c.Row().Scope.Path, c.Causes)
		n, ok := byKey[key]
		if !ok {
			n = len(list)
			byKey[key] = n
			list = append(list, block{kind: c.Kind, why: why, scopes: []string{c.Row().Scope.Path}, causes: c.Causes})
		}
		list[n].items = append(list[n].items, item(c))
		list[n].changes = append(list[n].changes, c)
	}
	slices.SortStableFunc(list, func(a, b block) int { return cmp.Compare(a.kind, b.kind) })
	return mergeScopes(list)
}

func mergeScopes(list []block) (out []block) {
	byKey := map[string]int{}
	for _, b := range list {
		key := fmt.Sprint(b.kind, b.why, b.items, b.causes)
		if n, ok := byKey[key]; ok {
			out[n].scopes = append(out[n].scopes, b.scopes...)
			out[n].changes = append(out[n].changes, b.changes...)
			continue
		}
		byKey[key] = len(out)
		out = append(out, b)
	}
	return out
}

// item is the permission of a change, with what of it comes or goes.
func item(c *diff.Change) string {
	id := c.Row().Permission.ID
	switch c.Kind {
	case diff.Widened, diff.Narrowed:
		return id
	case diff.Lost:
		return id + terms(c.Before)
	}
	return id + terms(c.Row())
}

// terms are the actions and conditions of a row, where there is something to say.
func terms(r *policy.Row) string {
	var parts []string
	if len(r.Permission.Actions) > 1 || !r.Held() {
		parts = append(parts, actionText(r))
	}
	if len(r.Permission.ConditionIDs) > 0 {
		parts = append(parts, "if "+strings.Join(r.Permission.ConditionIDs, " and "))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// reason says how something is held or was, and what of it changes.
func reason(c *diff.Change) string {
	switch c.Kind {
	case diff.Gained:
		return "through " + sources(c.After) + marksOf(c.After)
	case diff.Lost:
		why := "was through " + sources(c.Before)
		if c.After != nil {
			why += marksOf(c.After)
		}
		return why
	case diff.ReasonChanged:
		return otherReason(c)
	}
	var parts []string
	for _, d := range diff.Differences(c.Before, c.After) {
		if d.More == (c.Kind == diff.Widened) || d.More == d.Less {
			parts = append(parts, fmt.Sprintf("%s %s -> %s", d.What, cmp.Or(d.Before, "none"), cmp.Or(d.After, "none")))
		}
	}
	return strings.Join(parts, ", ")
}

func otherReason(c *diff.Change) string {
	say := func(r *policy.Row) string {
		if r == nil {
			return "nothing"
		}
		s := sources(r)
		if !r.Held() {
			s = "nothing left of " + s
		}
		return s + withheldOf(r)
	}
	before, after := say(c.Before), say(c.After)
	if before != after {
		return "was through " + before + ", is through " + after
	}
	if c.Before.User.Affiliation != c.After.User.Affiliation {
		return "affiliation " + c.Before.User.Affiliation + " -> " + c.After.User.Affiliation
	}
	return "through " + after + ", by another entry"
}

// marksOf are what is special about a row that comes.
func marksOf(r *policy.Row) (s string) {
	s = withheldOf(r)
	if r.Own {
		s += ", own records only"
	}
	if r.Ends != 0 {
		s += ", until " + r.Ends.String()
	}
	if r.User.Invited {
		s += ", once the invitation is accepted"
	}
	return s
}

func withheldOf(r *policy.Row) (s string) {
	for _, w := range r.Withheld {
		s += ", " + w.Action + " withheld by " + w.Rule.ID
	}
	return s
}

// causeText is where a change was made.
func (d *Diff) causeText(c diff.Cause) string {
	s := strings.TrimSuffix(place(d.files(c.Base).Position(c.Pos)), ": ")
	if c.Base {
		s = "was at " + s
	} else {
		s = "at " + s
	}
	if c.Why != "" {
		s += " (" + Safe(c.Why) + ")"
	}
	return s
}

// policyText is a policy change in a line.
func (d *Diff) policyText(p diff.PolicyChange) string {
	s := p.What
	if p.Name != "" {
		s += " " + Safe(p.Name)
	}
	s += " " + p.How
	if p.Text != "" {
		s += ": " + Safe(p.Text)
	}
	return s
}

// Sum is the whole in one line.
func (d *Diff) Sum() string {
	var gain, lose, other int
	for _, p := range d.people() {
		n := p.counts()
		more, less := n[diff.Gained]+n[diff.Widened] > 0, n[diff.Lost]+n[diff.Narrowed] > 0
		if more {
			gain++
		}
		if less {
			lose++
		}
		if !more && !less {
			other++
		}
	}
	var parts []string
	for _, x := range [...]struct {
		n         int
		one, many string
	}{{gain, "gains", "gain"}, {lose, "loses", "lose"}, {other, "has the same for another reason", "have the same for another reason"}} {
		if x.n == 1 {
			parts = append(parts, "1 person "+x.one)
		} else if x.n > 1 {
			parts = append(parts, fmt.Sprintf("%d people %s", x.n, x.many))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing changes for people")
	}
	return diff.Verdict(d.Changes) + ": " + strings.Join(parts, ", ")
}
