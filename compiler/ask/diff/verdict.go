package diff

import (
	"context"
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/silence"
)

// Judgement holds the effect of a change on the findings, as its base judges them, and on the rules that judge it.
type Judgement struct {
	New, Gone []diag.Finding
	Unchanged int
	Files     *policy.Files // in which the new ones are
	Policy    []PolicyChange
	Unjudged  []Hit // rules of the base that the change cannot be judged by
}

// Judge compares the findings on both sides of a comparison, of which the base may be nil. Each side silences its
// own; an exception of the head counts only for a finding that was silenced in the base. The tip judges: the base, or
// its later state. A finding of either is not new.
func Judge(ctx context.Context, base, tip, head *compiler.Project, c *Comparison) (*Judgement, error) {
	baseFound, headFound := c.BaseFound, c.HeadFound
	v := &Judgement{Files: head.Files, Policy: PolicyChanges(base, head, baseFound, headFound)}
	if tip == nil {
		v.New, v.Gone, v.Unchanged = Findings(baseFound, headFound)
		return v, nil
	}
	tipFound := baseFound
	if tip != base {
		var err error
		if tipFound, err = tip.Findings(ctx); err != nil {
			return nil, err
		}
	}
	by, fits := judgedBy(head, tip)
	found := slices.Clone(headFound)
	if by != head {
		list, err := by.Findings(ctx)
		if err != nil {
			return nil, err
		}
		found, v.Files = takeExceptions(list, found), by.Files
		if own := asItIs(head, tip, fits); own != nil {
			list, err := own.Findings(ctx)
			if err != nil {
				return nil, err
			}
			come, _, _ := Findings(found, slices.DeleteFunc(list, func(d diag.Finding) bool { return aboutSilence(d) }))
			found = diag.Sort(append(found, come...))
		}
	}
	found = append(found, asDescribedBefore(by, c.People, found)...)
	found = diag.Sort(append(found, Doubles(tip, head)...))
	headFound = silencedBefore(tip.Policy.Waivers, tipFound, found)
	v.Unjudged = UnjudgedRules(fits)
	v.Policy = append(v.Policy, lostAlternatives(fits)...)
	v.New, v.Gone, v.Unchanged = Findings(baseFound, headFound)
	if tip != base {
		v.New, _, _ = Findings(tipFound, v.New)
		v.addBack(tipFound, headFound, touchedLines(base, head))
	}
	if base != nil {
		v.New = diag.Sort(addUncovered(v.New, findOutlasting(base, by, c.People, baseFound, headFound)))
	}
	return v, nil
}

// takeExceptions replaces the findings about exceptions by those of the head: its exceptions are its own, even if
// another project judges it.
func takeExceptions(list, head []diag.Finding) []diag.Finding {
	own := slices.DeleteFunc(head, func(d diag.Finding) bool { return !aboutSilence(d) })
	return diag.Sort(append(slices.DeleteFunc(list, aboutSilence), own...))
}

// addBack adds findings at lines that the change touches, if they are older than the change but the tip no longer has
// them: the merge could bring them back.
func (v *Judgement) addBack(tip, head []diag.Finding, touched touched) {
	come, _, _ := Findings(tip, head)
	come = slices.DeleteFunc(come, func(d diag.Finding) bool { return !touched.at(d.Pos) })
	back, _, _ := Findings(v.New, come)
	v.New = diag.Sort(append(v.New, back...))
	v.Unchanged -= len(back)
}

// HitsOfTip returns the gates that a change hits if it is compared with the tip of its base. It looks only at people
// whom the change is about, and at those who gain by a line that it touches: git may keep a line that the change
// moved, though its base has removed it. Other differences are not the change's doing.
func HitsOfTip(ctx context.Context, base, tip, head *compiler.Project, gates *Gates, c *Comparison) ([]Hit,
	*Comparison, error) {
	about, key := map[string]bool{}, head.Policy.Catalog.UserKey
	for i := range c.People {
		if x := &c.People[i]; x.HasAccess() {
			about[key(x.User().ID)] = true
		}
	}
	rows := *gates
	rows.MaxLost = -1
	touched := touchedLines(base, head)
	now, err := compareFor(ctx, tip, head, &rows, nil, lookAt{
		person:  func(x *Person) bool { return about[key(x.User().ID)] || touched.gives(x) },
		renamed: func(p policy.Pos) bool { _, ok := touched[p.File]; return ok },
	})
	if err != nil {
		return nil, nil, err
	}
	return onlyOfTip(now.Hits, c.Hits), now, nil
}

// onlyOfTip returns the hits of the tip whose gates the change does not hit anyway, and says so.
func onlyOfTip(hits, known []Hit) []Hit {
	hits = slices.DeleteFunc(hits, func(h Hit) bool {
		return slices.ContainsFunc(known, func(x Hit) bool { return x.Gate == h.Gate })
	})
	for i := range hits {
		hits[i].Tip = true
		hits[i].Message += ", compared with the base as it is now: merge it into the branch to see how"
	}
	return hits
}

func aboutSilence(d diag.Finding) bool { return silence.AboutSilence(d.Rule) }

// silencedBefore keeps findings silenced if the base silenced equal ones, as often, or if an unused waiver of the
// base accepts them by all of their names. Any others are open.
func silencedBefore(waivers []*policy.Waiver, base, head []diag.Finding) []diag.Finding {
	var known, now []diag.Identity
	var at []int
	for i := range base {
		if base[i].Silenced() {
			known = append(known, base[i].Identity())
		}
	}
	for i := range head {
		if head[i].Silenced() {
			now, at = append(now, head[i].Identity()), append(at, i)
		}
	}
	for i, by := range diag.Match(known, now) {
		if d := &head[at[i]]; by < 0 && !acceptedAhead(waivers, base, d) {
			d.Waiver, d.Comment = nil, nil
		}
	}
	return head
}

// acceptedAhead reports whether the base has a waiver by name for just this finding that silences nothing there: it
// was approved before its finding came.
func acceptedAhead(waivers []*policy.Waiver, base []diag.Finding, d *diag.Finding) bool {
	if d.Waiver == nil || len(d.Things) > 0 || !d.Waiver.User.Given() || d.Waiver.Scope.Name != d.Scope {
		return false
	}
	return slices.ContainsFunc(waivers, func(w *policy.Waiver) bool {
		return sayAlike(w.DeclaredWaiver, d.Waiver.DeclaredWaiver) &&
			!slices.ContainsFunc(base, func(b diag.Finding) bool {
				return silence.Waives(w, &b)
			})
	})
}

// lostAlternatives lists the rules of the base that judge with fewer alternatives.
func lostAlternatives(fits []Fit) (list []PolicyChange) {
	for _, f := range fits {
		for _, name := range f.Lost {
			if f.Why == "" {
				list = append(list, PolicyChange{What: "rule", Name: f.Rule.ID.Name, How: "changed",
					Text: "judged without " + name + ", which is gone", Base: true, Pos: f.Rule.ID.Pos})
			}
		}
	}
	return list
}
