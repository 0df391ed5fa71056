package silence

import (
	"fmt"
	"slices"
	"sort"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// suppress marks the findings that comments silence, and returns findings about the comments. The given findings must
// be sorted by position.
func (l *Silencer) suppress(found []diag.Finding) (faults []diag.Finding) {
	for i := range l.policy.Suppressions {
		s := &l.policy.Suppressions[i]
		if d, ok := l.badSuppression(s); ok {
			faults = append(faults, d)
			continue
		}
		for _, r := range s.Rules {
			if !markSuppressed(found, s, r.Name) {
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
	for i := from; i < len(found) && found[i].Pos.File == s.Line.File && found[i].Pos.Off <= s.Line.End; i++ {
		if found[i].Rule == rule && (s.Until == 0 || found[i].From <= s.Until) {
			found[i].Comment, used = s, true
		}
	}
	return used
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
		return d.WithHelp("remove it; if the finding is still there, fix it or set a new date"), true
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
