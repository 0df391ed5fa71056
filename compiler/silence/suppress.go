package silence

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// suppress marks the findings that comments silence, and returns findings about the comments. The given findings must
// be sorted by position.
func (l *Silencer) suppress(found []diag.Finding) (faults []diag.Finding) {
	if len(l.policy.Suppressions) == 0 {
		return nil
	}
	beside := placesBeside(found)
	for i := range l.policy.Suppressions {
		s := &l.policy.Suppressions[i]
		if d, ok := l.badSuppression(s); ok {
			faults = append(faults, d)
			continue
		}
		for _, r := range s.Rules {
			if used := markBeside(found, beside, s, r.Name); !markSuppressed(found, s, r.Name) && !used {
				faults = append(faults, reportUnused(l.policy.Files, s, r))
			}
		}
	}
	for i := range faults {
		faults[i].Severity = diag.SeverityOf(l.policy, faults[i].Rule, silenceSeverity(faults[i].Rule))
	}
	return faults
}

// markSuppressed marks the findings of a rule on the line of a comment.
func markSuppressed(found []diag.Finding, s *policy.Suppression, rule string) (used bool) {
	if !s.Line.IsValid() {
		return false
	}
	from := sort.Search(len(found), func(i int) bool { return !found[i].Pos.Before(s.Line) })
	for i := from; i < len(found) && isOn(found[i].Pos, s.Line); i++ {
		used = markOne(&found[i], s, rule) || used
	}
	return used
}

// besides is one of the other places of a finding.
type besides struct {
	pos   policy.Pos
	index int // of the finding
}

// placesBeside returns the other places of all findings, sorted.
func placesBeside(found []diag.Finding) (list []besides) {
	for i := range found {
		for _, pos := range found[i].Beside {
			list = append(list, besides{pos, i})
		}
	}
	slices.SortFunc(list, func(a, b besides) int {
		return cmp.Or(comparePlaces(a.pos, b.pos), cmp.Compare(a.index, b.index))
	})
	return list
}

func comparePlaces(a, b policy.Pos) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}

// markBeside marks the findings of a rule with another place on the line of a comment.
func markBeside(found []diag.Finding, beside []besides, s *policy.Suppression, rule string) (used bool) {
	if !s.Line.IsValid() {
		return false
	}
	from := sort.Search(len(beside), func(i int) bool { return !beside[i].pos.Before(s.Line) })
	for i := from; i < len(beside) && isOn(beside[i].pos, s.Line); i++ {
		used = markOne(&found[beside[i].index], s, rule) || used
	}
	return used
}

func isOn(pos, line policy.Pos) bool { return pos.File == line.File && pos.Off <= line.End }

// markOne marks a finding if the comment silences it. Of two comments, the one that lasts longer counts.
func markOne(d *diag.Finding, s *policy.Suppression, rule string) bool {
	if d.Rule != rule || s.Until != 0 && d.From > s.Until {
		return false
	}
	if c := d.Comment; c == nil || c.Until != 0 && (s.Until == 0 || s.Until > c.Until) {
		d.Comment = s
	}
	return true
}

const suppressionForm = "use permc:ignore RULE -- REASON, or permc:ignore RULE, RULE until DATE -- REASON"

// badSuppression returns the finding about a comment that cannot silence anything.
func (l *Silencer) badSuppression(s *policy.Suppression) (d diag.Finding, bad bool) {
	if s.Fault != "" {
		return l.invalid(s.FaultAt, s.Fault).WithHelp(suppressionForm), true
	}
	for _, r := range s.Rules {
		if text, help := l.unsuppressible(r.Name); text != "" {
			return l.invalid(r.Pos, text).WithHelp("%s", help), true
		}
	}
	if s.Until != 0 && s.Until < l.policy.AsOf {
		d := newFinding(s.UntilAt, "the comment expired on %s, so it silences nothing", s.Until)
		d.Rule = ExpiredSuppression
		d = d.WithHelp("remove it; if the finding is still there, fix it or set a new date").
			WithEdit(diag.DropComment, "removed the comment")
		d.Edit.Pos = s.Pos
		return d, true
	}
	return d, false
}

func (l *Silencer) invalid(pos policy.Pos, text string) diag.Finding {
	d := newFinding(pos, "%s, so it silences nothing", text)
	d.Rule = InvalidSuppression
	return d
}

// unsuppressible returns why a comment cannot silence findings of a rule.
func (l *Silencer) unsuppressible(id string) (text, help string) {
	var ids []string
	for _, r := range l.rules {
		if ids = append(ids, r.ID); r.ID == id && r.Stops {
			return fmt.Sprintf("the comment names %q, which stops the table", id), "fix what it finds"
		}
	}
	if AboutSilence(id) {
		return fmt.Sprintf("the comment names %q, which is itself about silenced findings", id), "fix what it finds"
	}
	for _, r := range l.policy.Rules {
		if ids = append(ids, r.ID); r.ID == id && r.Deny != nil {
			return fmt.Sprintf("the comment names the deny rule %q, which reports as denied-action", id),
				"name denied-action"
		}
	}
	if !slices.Contains(ids, id) {
		return "the comment names the unknown rule " + diag.Quote(id), diag.Suggest(id, ids)
	}
	return "", ""
}

func reportUnused(files *policy.Files, s *policy.Suppression, rule policy.Ref) diag.Finding {
	where := "the line below it is empty"
	if s.Line.IsValid() {
		where = fmt.Sprintf("line %d has no such finding", files.Position(s.Line).Line)
	}
	d := newFinding(rule.Pos, "the comment about %q silences nothing: %s", rule.Name, where)
	d.Rule = UnusedSuppression
	return d.WithHelp("remove it, or put it at the end of the line with the finding, or on the line above")
}
