package lint

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Ids of the findings about waivers, which no waiver silences.
const (
	ExpiredWaiver      = "expired-waiver"
	SelfApprovedWaiver = "self-approved-waiver"
	UnusedWaiver       = "unused-waiver"
)

// waive marks the findings that waivers silence and returns what is wrong with
// the waivers.
func (l *Linter) waive(found []diag.Diagnostic) (faults []diag.Diagnostic) {
	for _, w := range l.policy.Waivers {
		d := diag.Diagnostic{User: w.User.Name, Group: w.Group.Name, Role: w.Role.Name, Permission: w.Permission.Name, Scope: w.Scope.Name}
		switch approver := policy.Fold(strings.TrimSpace(w.Approver)); {
		case w.Expires < l.policy.AsOf:
			d.Rule, d.Pos = ExpiredWaiver, w.ExpiresAt
			d.Message = "the waiver of " + diag.Quote(w.Rule.Name) + " ended on " + w.Expires.String() + ", so it silences nothing"
			d.Help = "remove it; if the finding is still there, mend it or have the waiver approved anew"
		case approver == "":
			d.Rule, d.Pos = SelfApprovedWaiver, w.Rule.Pos
			d.Message = "nobody approved the waiver of " + diag.Quote(w.Rule.Name) + ", so it silences nothing"
			d.Help = "name in approver who accepts it"
		case slices.Contains(w.Beneficiaries, approver):
			d.Rule, d.Pos = SelfApprovedWaiver, w.ApproverAt
			d.Message = diag.Quote(w.Approver) + " approved a waiver for themselves, so it silences nothing"
			d.Help = "have somebody else approve it"
		default:
			if silence(found, w) {
				continue
			}
			d.Rule, d.Pos = UnusedWaiver, w.Rule.Pos
			d.Message = "the waiver of " + diag.Quote(w.Rule.Name) + " silences nothing"
			d.Help = "remove it, or name the role, permission and scope of the finding exactly"
		}
		d.Severity = l.severity(d.Rule, waiverSeverity(d.Rule))
		if d.Severity != diag.Off {
			faults = append(faults, d)
		}
	}
	return faults
}

func waiverSeverity(id string) diag.Severity {
	if id == UnusedWaiver {
		return diag.Warning
	}
	return diag.Error
}

// silence marks what a waiver is about.
func silence(found []diag.Diagnostic, w *policy.Waiver) (used bool) {
	for i := range found {
		if d := &found[i]; d.Rule == w.Rule.Name && about(d, w) {
			d.Waiver, used = w, true
		}
	}
	return used
}

func about(d *diag.Diagnostic, w *policy.Waiver) bool {
	if w.User.Given() && policy.Fold(d.User) != policy.Fold(w.User.Name) || w.Group.Given() && d.Group != w.Group.Name {
		return false
	}
	named := func(name, of string) bool { return name == of || slices.Contains(d.Also, name) }
	return named(w.Role.Name, d.Role) && named(w.Permission.Name, d.Permission) && (!w.Scope.Given() || d.Scope == w.Scope.Name)
}
