package silence

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

// The ids of findings about waivers and comments.
const (
	ExpiredWaiver      = "expired-waiver"
	SelfApprovedWaiver = "self-approved-waiver"
	UnusedWaiver       = "unused-waiver"

	InvalidSuppression = "invalid-suppression"
	ExpiredSuppression = "expired-suppression"
	UnusedSuppression  = "unused-suppression"
)

// AboutSilence reports whether findings of a rule are about waivers or comments. Neither can silence
// them.
func AboutSilence(rule string) bool {
	switch rule {
	case ExpiredWaiver, SelfApprovedWaiver, UnusedWaiver, InvalidSuppression, ExpiredSuppression, UnusedSuppression:
		return true
	}
	return false
}

// waive marks the findings that waivers silence, and returns findings about the waivers.
func (l *Silencer) waive(found []diag.Finding) (faults []diag.Finding) {
	about, wrong := make([]diag.Finding, len(l.policy.Waivers)), make([]bool, len(l.policy.Waivers))
	signs := benefits{}
	for i, w := range l.policy.Waivers {
		about[i], wrong[i] = l.fault(w, signs)
	}
	silenced := markWaived(found, l.policy.Waivers, wrong)
	near := newNeighbours(found, silenced)
	for i, w := range l.policy.Waivers {
		if silenced.used[i] {
			continue
		}
		d := about[i]
		if !wrong[i] {
			d.Rule, d.Pos = UnusedWaiver, w.Rule.Pos
			d.Message = "the waiver of " + diag.Quote(w.Rule.Name) + " silences nothing"
			d.Help = cmp.Or(howToMean(found, near.before(i, w), w),
				"remove it, or name the finding's role, permission and scope exactly")
		}
		d.Severity = diag.SeverityOf(l.policy, d.Rule, silenceSeverity(d.Rule))
		faults = append(faults, d)
	}
	return faults
}

// fault returns the finding about a waiver that silences nothing, whatever there is: it has expired, or nobody else
// approved it. Of another waiver, the finding only says whom it is about.
func (l *Silencer) fault(w *policy.Waiver, signs benefits) (d diag.Finding, wrong bool) {
	d = diag.Finding{User: w.User.Name, Group: w.Group.Name, Role: w.Role.Name, Permission: w.Permission.Name,
		Scope: w.Scope.Name}
	switch approver := signer.ReadIn(l.policy, w.Approver); {
	case w.Expires < l.policy.AsOf:
		d.Rule, d.Pos = ExpiredWaiver, w.ExpiresAt
		d.Message = "the waiver of " + diag.Quote(w.Rule.Name) + " expired on " + w.Expires.String() +
			", so it silences nothing"
		d = d.WithHelp("remove it; if the finding is still there, fix it or have the waiver approved again").
			WithEdit(diag.DropItem, "removed the waiver of "+diag.Quote(w.Rule.Name))
	case approver.IsEmpty():
		d.Rule, d.Pos = SelfApprovedWaiver, w.Rule.Pos
		d.Message = "nobody approved the waiver of " + diag.Quote(w.Rule.Name) + ", so it silences nothing"
		d.Help = "set `approver` to the person who accepts the risk"
	case !w.Signed:
		d.Rule, d.Pos = SelfApprovedWaiver, w.ApproverAt
		d.Message = diag.Quote(w.Approver) +
			" is neither an address nor a user, so nobody approved the waiver and it silences nothing"
		d.Help = "set `approver` to the address of the person who accepts the risk"
	case signs.has(w.Beneficiaries, approver):
		d.Rule, d.Pos = SelfApprovedWaiver, w.ApproverAt
		d.Message = diag.Quote(w.Approver) + " approved a waiver for themselves, so it silences nothing"
		d.Help = "have somebody else approve it"
	default:
		return d, false
	}
	return d, true
}

// benefits has the crowds of lists of users, by their first: of each that was asked for before.
type benefits map[**policy.User]*signer.Crowd

// has reports whether one of some users signed. Waivers of a group have one list.
func (b benefits) has(users []*policy.User, s signer.Signer) bool {
	const few = 16
	if len(users) <= few {
		return slices.ContainsFunc(users, s.Is)
	}
	crowd, again := b[&users[0]]
	switch {
	case !again:
		b[&users[0]] = nil
		return slices.ContainsFunc(users, s.Is)
	case crowd == nil:
		crowd = signer.NewCrowd(users)
		b[&users[0]] = crowd
	}
	return crowd.Signed(s)
}

func silenceSeverity(id string) diag.Severity {
	if id == UnusedWaiver || id == UnusedSuppression {
		return diag.Warning
	}
	return diag.Error
}

// howToMean says how to change a waiver so that it is about the finding that it is closest to among some, or "".
func howToMean(found []diag.Finding, among []int, w *policy.Waiver) (help string) {
	fewest, first := 0, policy.Pos{}
	for _, i := range among {
		d := &found[i]
		if len(d.Things) > 0 || d.From > w.Expires || !isAbout(w, d) {
			continue
		}
		edits := slices.DeleteFunc([]string{toName("role", w.Role, d.Role),
			toName("permission", w.Permission, d.Permission), toScope(w, d)},
			func(s string) bool { return s == "" })
		if n := len(edits); help == "" || n < fewest || n == fewest && d.Pos.Before(first) {
			fewest, first, help = n, d.Pos, strings.Join(edits, ", ")
		}
	}
	if help != "" {
		help += ", or remove the waiver"
	}
	return help
}

// toName says how to name a thing of a finding.
func toName(field string, has policy.Ref, want string) string {
	switch {
	case has.Name == want:
		return ""
	case want == "":
		return "leave out `" + field + "`"
	case !has.Given():
		return "add `" + field + ": " + diag.Quote(want) + "`"
	}
	return "change `" + field + "` to " + diag.Quote(want)
}

// toScope does what toName does, for the scope, which may be left out.
func toScope(w *policy.Waiver, d *diag.Finding) string {
	if !w.Scope.Given() {
		return ""
	}
	return toName("scope", w.Scope, d.Scope)
}

// Waives reports whether a waiver silences a finding: it is meant, and the finding begins before the waiver expires.
func Waives(w *policy.Waiver, d *diag.Finding) bool { return d.From <= w.Expires && isMeant(w, d) }

// isMeant reports whether a waiver is about a finding, on any day.
func isMeant(w *policy.Waiver, d *diag.Finding) bool {
	return w.Rule.Name == d.Rule && isAbout(w, d) && matchesThings(d, w)
}

// isAbout reports whether a waiver names the user and the group of a finding.
func isAbout(w *policy.Waiver, d *diag.Finding) bool {
	return (!w.User.Given() || d.UserKey(d.User) == d.UserKey(w.User.Name)) &&
		(!w.Group.Given() || d.Group == w.Group.Name)
}

// matchesThings reports whether a waiver names the finding's role, permission and scope. A finding about several of a
// kind is waived by any of them, but then the waiver may name nothing else.
func matchesThings(d *diag.Finding, w *policy.Waiver) bool {
	if len(d.Things) == 0 {
		return w.Role.Name == d.Role && w.Permission.Name == d.Permission &&
			(!w.Scope.Given() || d.Scope == w.Scope.Name)
	}
	among := func(name policy.Ref, of func(diag.Thing) string) bool {
		return !name.Given() || slices.ContainsFunc(d.Things, func(t diag.Thing) bool { return of(t) == name.Name })
	}
	return (w.Role.Given() || w.Permission.Given()) &&
		among(w.Role, func(t diag.Thing) string { return t.Role }) &&
		among(w.Permission, func(t diag.Thing) string { return t.Permission }) &&
		among(w.Scope, func(t diag.Thing) string { return t.Scope })
}
