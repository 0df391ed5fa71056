package render

import (
	"cmp"
	"fmt"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// ChangedItem is a permission that changes, or a role without permissions.
type ChangedItem struct {
	ID, Title string
	Level     string // how sensitive it is, before or after, or ""
	Terms     string // the actions and conditions that come or go, if they are worth naming
	Role      bool
}

// newItem returns the permission of a change, with the actions that come or go.
func newItem(c *diff.Change) ChangedItem {
	r := c.Row()
	x := ChangedItem{ID: r.Permission.ID, Title: r.Permission.Title, Level: gravestRank(c)}
	switch c.Kind {
	case diff.Widened, diff.Narrowed:
	case diff.Lost:
		x.Terms = termsOf(c.Before)
	default:
		x.Terms = termsOf(r)
	}
	return x
}

func (x ChangedItem) String() string {
	s := x.ID
	if x.Role {
		s = "role " + s
	}
	if x.Level == "critical" || x.Level == "high" {
		s += " [" + x.Level + "]"
	}
	if x.Terms != "" {
		s += " (" + x.Terms + ")"
	}
	return s
}

// itemsText joins the texts of the items of a block.
func (b *block) itemsText(by string) string {
	texts := make([]string, len(b.items))
	for i, x := range b.items {
		texts[i] = x.String()
	}
	return strings.Join(texts, by)
}

// termsOf returns the actions and conditions of a row, or "".
func termsOf(r *policy.Row) string {
	var parts []string
	if len(r.Permission.Actions) > 1 || !r.Held() {
		parts = append(parts, describeActions(r))
	}
	if len(r.Permission.ConditionIDs) > 0 {
		parts = append(parts, "if "+strings.Join(r.Permission.ConditionIDs, " and "))
	}
	return strings.Join(parts, "; ")
}

// gravestRank returns the higher sensitivity of the permission before and after.
func gravestRank(c *diff.Change) string {
	return sensitivityName(c.Gravity())
}

func sensitivityName(rank int) string {
	if rank == 0 {
		return ""
	}
	return policy.Sensitivities[rank-1]
}

// reasonText says how something is held or was, and what changes.
func reasonText(c *diff.Change) string {
	switch c.Kind {
	case diff.Gained:
		why := "through " + DescribeSources(c.After) + marksOf(c.After) + describeDays(c, c.After)
		if c.Again != 0 {
			why += ", from " + c.Again.String() + " as before"
		}
		return why
	case diff.Lost:
		why := "was through " + DescribeSources(c.Before)
		if c.After != nil {
			why += marksOf(c.After)
		}
		why += describePeriod(c.From, c.Until)
		if c.Again != 0 {
			why += ", held again from " + c.Again.String()
		}
		return why
	case diff.ReasonChanged:
		return otherReason(c) + describePeriod(c.From, 0)
	}
	return differenceText(c)
}

// differenceText says how a row differs from before.
func differenceText(c *diff.Change) string {
	var parts []string
	ends := false
	for _, d := range c.Differences {
		what, until := strings.CutSuffix(d.What, "until")
		ends = ends || until
		if d.More != (c.Kind == diff.Widened) && d.More != d.Less {
			continue
		}
		if until {
			what = what + "expiry"
		}
		parts = append(parts, fmt.Sprintf("%s: %s -> %s", what, orNone(d.Before), orNone(d.After)))
	}
	if !ends {
		return strings.Join(parts, ", ") + describePeriod(c.From, c.Until)
	}
	return cmp.Or(strings.Join(parts, ", "), "on different days"+describePeriod(c.From, c.Until))
}

func orNone(s string) string {
	if s == "" || s == "no end" {
		return "none"
	}
	return s
}

// describeDays says on which days a new row is held.
func describeDays(c *diff.Change, r *policy.Row) string {
	until := c.Until
	if until == 0 && c.From == 0 && !r.Mixed() {
		until = r.Ends
	}
	return describePeriod(c.From, until)
}

func otherReason(c *diff.Change) string {
	say := func(r *policy.Row) string {
		if r == nil {
			return "nothing"
		}
		s := DescribeSources(r)
		if !r.Held() {
			s = "nothing left of " + s
		}
		return s + describeWithheld(r)
	}
	before, after := say(c.Before), say(c.After)
	if before != after {
		return "was through " + before + ", now through " + after
	}
	if c.Before.User.Affiliation != c.After.User.Affiliation {
		return "affiliation " + c.Before.User.Affiliation + " -> " + c.After.User.Affiliation
	}
	return "through " + after + ", in another entry"
}

// marksOf returns the limits of a new row.
func marksOf(r *policy.Row) (s string) {
	s = describeWithheld(r)
	switch {
	case r.Mixed():
		s += " (" + strings.Join(describeParts(r), "; ") + ")"
	case r.Records != policy.AllRecords:
		s += ", " + describeRecords(r.Records)
	}
	if text := describeWaiting(r.User); text != "" {
		s += ", " + text
	}
	return s
}

// causeText says where a change was made.
func (d *Diff) causeText(c diff.Cause) string {
	lead, at, why := d.causeParts(c)
	return lead + at + why
}

// causeParts returns where a change was made: the words before the position, the position, and the reason.
func (d *Diff) causeParts(c diff.Cause) (lead, at, why string) {
	at = strings.TrimSuffix(placePrefix(d.files(c.Base).Position(c.Pos)), ": ")
	lead = "at "
	if c.Base {
		lead = "was at "
	}
	if c.Why != "" {
		why = " (" + Safe(d.whyText(c)) + ")"
	}
	return lead, at, why
}

// whyText says why a line is a cause; for a scope, that it is added or removed.
func (d *Diff) whyText(c diff.Cause) string {
	path, ok := strings.CutPrefix(c.Why, "the scope ")
	switch {
	case !ok || d.Base == nil:
	case !c.Base && d.Base.ScopeByPath[path] == nil:
		return "scope " + path + " added"
	case c.Base && d.Head.ScopeByPath[path] == nil:
		return "scope " + path + " removed"
	}
	return c.Why
}

// policyText describes a policy change in a line.
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
