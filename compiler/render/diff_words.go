package render

import (
	"cmp"
	"fmt"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// item returns the permission of a change, with what of it comes or goes.
func item(c *diff.Change) string {
	id := c.Row().Permission.ID
	if s := gravest(c); s == "critical" || s == "high" {
		id += " [" + s + "]"
	}
	switch c.Kind {
	case diff.Widened, diff.Narrowed:
		return id
	case diff.Lost:
		return id + terms(c.Before)
	}
	return id + terms(c.Row())
}

// terms returns the actions and conditions of a row, where there is something
// to say.
func terms(r *policy.Row) string {
	var parts []string
	if len(r.Permission.Actions) > 1 || !r.Held() {
		parts = append(parts, describeActions(r))
	}
	if len(r.Permission.ConditionIDs) > 0 {
		parts = append(parts, "if "+strings.Join(r.Permission.ConditionIDs, " and "))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// gravest says how sensitive what a change is about was or is, whichever is
// graver.
func gravest(c *diff.Change) string {
	return sensitivity(c.Gravity())
}

func sensitivity(rank int) string {
	if rank == 0 {
		return ""
	}
	return diff.Sensitivities[rank-1]
}

// reason says how something is held or was, and what of it changes.
func reason(c *diff.Change) string {
	switch c.Kind {
	case diff.Gained:
		why := "through " + DescribeSources(c.After) + marksOf(c.After) + lasts(c, c.After)
		if c.Again != 0 {
			why += ", from " + c.Again.String() + " as before"
		}
		return why
	case diff.Lost:
		why := "was through " + DescribeSources(c.Before)
		if c.After != nil {
			why += marksOf(c.After)
		}
		why += period(c.From, c.Until)
		if c.Again != 0 {
			why += ", held again from " + c.Again.String()
		}
		return why
	case diff.ReasonChanged:
		return otherReason(c) + period(c.From, 0)
	}
	return difference(c)
}

// difference says what a row gives otherwise than before.
func difference(c *diff.Change) string {
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
		return strings.Join(parts, ", ") + period(c.From, c.Until)
	}
	return cmp.Or(strings.Join(parts, ", "), "on different days"+period(c.From, c.Until))
}

func orNone(s string) string {
	if s == "" || s == "no end" {
		return "none"
	}
	return s
}

// lasts says on which days something that comes is held.
func lasts(c *diff.Change, r *policy.Row) string {
	until := c.Until
	if until == 0 && c.From == 0 && !r.Mixed() {
		until = r.Ends
	}
	return period(c.From, until)
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

// marksOf returns what is special about a row that comes.
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

// causeParts say where a change was made: what stands before the place, the
// place, and why.
func (d *Diff) causeParts(c diff.Cause) (lead, at, why string) {
	at = strings.TrimSuffix(place(d.files(c.Base).Position(c.Pos)), ": ")
	lead = "at "
	if c.Base {
		lead = "was at "
	}
	if c.Why != "" {
		why = " (" + Safe(d.whyText(c)) + ")"
	}
	return lead, at, why
}

// whyText says why a line is a cause; of a scope, that it comes or goes.
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

// policyText returns a policy change in a line.
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
