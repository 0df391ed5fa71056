package lint

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

// Ids of the findings about waivers and suppressions.
const (
	ExpiredWaiver      = "expired-waiver"
	SelfApprovedWaiver = "self-approved-waiver"
	UnusedWaiver       = "unused-waiver"

	InvalidSuppression = "invalid-suppression"
	ExpiredSuppression = "expired-suppression"
	UnusedSuppression  = "unused-suppression"
)

// AboutSilence reports whether findings of a rule are about waivers or
// suppressions; neither silences them.
func AboutSilence(rule string) bool {
	switch rule {
	case ExpiredWaiver, SelfApprovedWaiver, UnusedWaiver, InvalidSuppression, ExpiredSuppression, UnusedSuppression:
		return true
	}
	return false
}

// waive marks the findings that waivers silence and returns what is wrong with
// the waivers.
func (l *Linter) waive(found []diag.Diagnostic) (faults []diag.Diagnostic) {
	byRule := l.waivable(found)
	for _, w := range l.policy.Waivers {
		d := diag.Diagnostic{User: w.User.Name, Group: w.Group.Name, Role: w.Role.Name, Permission: w.Permission.Name, Scope: w.Scope.Name}
		switch approver := signer.Read(w.Approver); {
		case w.Expires < l.policy.AsOf:
			d.Rule, d.Pos = ExpiredWaiver, w.ExpiresAt
			d.Message = "the waiver of " + diag.Quote(w.Rule.Name) + " ended on " + w.Expires.String() + ", so it silences nothing"
			d.Help = "remove it; if the finding is still there, mend it or have the waiver approved anew"
		case approver.IsEmpty():
			d.Rule, d.Pos = SelfApprovedWaiver, w.Rule.Pos
			d.Message = "nobody approved the waiver of " + diag.Quote(w.Rule.Name) + ", so it silences nothing"
			d.Help = "name in approver who accepts it"
		case !w.Signed:
			d.Rule, d.Pos = SelfApprovedWaiver, w.ApproverAt
			d.Message = diag.Quote(w.Approver) + " is neither an address nor a user, so nobody approved the waiver and it silences nothing"
			d.Help = "name in approver who accepts it, by the address"
		case slices.ContainsFunc(w.Beneficiaries, approver.Is):
			d.Rule, d.Pos = SelfApprovedWaiver, w.ApproverAt
			d.Message = diag.Quote(w.Approver) + " approved a waiver for themselves, so it silences nothing"
			d.Help = "have somebody else approve it"
		default:
			if silence(found, byRule[w.Rule.Name], w) {
				continue
			}
			d.Rule, d.Pos = UnusedWaiver, w.Rule.Pos
			d.Message = "the waiver of " + diag.Quote(w.Rule.Name) + " silences nothing"
			d.Help = "remove it, or name the role, permission and scope of the finding exactly"
		}
		d.Severity = l.severity(d.Rule, silenceSeverity(d.Rule))
		faults = append(faults, d)
	}
	return faults
}

func silenceSeverity(id string) diag.Severity {
	if id == UnusedWaiver || id == UnusedSuppression {
		return diag.Warning
	}
	return diag.Error
}

// waivable are the findings that waivers may be about, by rule.
func (l *Linter) waivable(found []diag.Diagnostic) map[string][]int {
	byRule := map[string][]int{}
	for _, w := range l.policy.Waivers {
		byRule[w.Rule.Name] = nil
	}
	for i := range found {
		if list, ok := byRule[found[i].Rule]; ok {
			byRule[found[i].Rule] = append(list, i)
		}
	}
	return byRule
}

// silence marks what a waiver is about, among some findings of its rule.
func silence(found []diag.Diagnostic, among []int, w *policy.Waiver) (used bool) {
	for _, i := range among {
		if d := &found[i]; Waives(w, d) {
			d.Waiver, used = w, true
		}
	}
	return used
}

// Waives reports whether a finding is one that the waiver is about, and that is
// there before the waiver ends.
func Waives(w *policy.Waiver, d *diag.Diagnostic) bool { return d.From <= w.Expires && meant(w, d) }

// meant is Waives without regard to days.
func meant(w *policy.Waiver, d *diag.Diagnostic) bool {
	return w.Rule.Name == d.Rule && (!w.User.Given() || policy.Fold(d.User) == policy.Fold(w.User.Name)) &&
		(!w.Group.Given() || d.Group == w.Group.Name) && about(d, w)
}

// about reports whether the role, permission and scope of a waiver are those of
// a finding. One about several things is waived by any of them: then nothing
// that the waiver names may be of something else.
func about(d *diag.Diagnostic, w *policy.Waiver) bool {
	if len(d.Things) == 0 {
		return w.Role.Name == d.Role && w.Permission.Name == d.Permission && (!w.Scope.Given() || d.Scope == w.Scope.Name)
	}
	among := func(name policy.Ref, of func(diag.Thing) string) bool {
		return !name.Given() || slices.ContainsFunc(d.Things, func(t diag.Thing) bool { return of(t) == name.Name })
	}
	return (w.Role.Given() || w.Permission.Given()) &&
		among(w.Role, func(t diag.Thing) string { return t.Role }) &&
		among(w.Permission, func(t diag.Thing) string { return t.Permission }) &&
		among(w.Scope, func(t diag.Thing) string { return t.Scope })
}
