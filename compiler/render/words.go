package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Words for counts, sources, terms and people, shared by text, Markdown, pages and workbooks. html/script/panel.js has
// the same words for sources and terms.

// Choose returns one of two wordings, singular or plural.
func Choose(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// Count returns a number with a noun, with commas between thousands.
func Count(n int, one, several string) string { return Thousands(n) + " " + Choose(n, one, several) }

// Plural counts with a noun whose plural ends in s.
func Plural(n int, what string) string { return Count(n, what, what+"s") }

// countPeople counts people.
func countPeople(n int) string { return Count(n, "person", "people") }

// Thousands returns a number with a comma between thousands.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// nameRole returns "role " for a source that begins with the id of a role.
func nameRole(v *policy.Via) string {
	switch v.Kind {
	case policy.FromDerived, policy.FromGrant, policy.FromGroupGrant, policy.FromImplied:
		return ""
	}
	return "role "
}

// onOther names the scope of a source if it differs from the given one.
func onOther(v *policy.Via, on *policy.Scope) string {
	if v.Scope == on {
		return ""
	}
	return " on " + v.Scope.Path
}

// describeSource describes the source of a row of a user, or of nobody in particular; on is "" or " on " and a scope.
func describeSource(u *policy.User, v *policy.Via, on string) (s string) {
	switch v.Kind {
	case policy.FromDerived:
		return "derived"
	case policy.FromGrant, policy.FromGroupGrant:
		s = "grant" + on
	case policy.FromDefaultRole:
		s = v.Role.ID + on + " by default"
	case policy.FromImplied:
		s = "implied by " + v.Implier.ID
		switch {
		case v.Role == nil:
			s += ", granted" + on
		case v.From != nil:
			s += " of " + v.Role.ID + ", included in " + v.From.ID + on
		default:
			s += " of " + v.Role.ID + on
		}
	default:
		s = v.Role.ID
		if v.From != nil {
			s += ", included in " + v.From.ID
		}
		s += on
	}
	return s + inGroup(u, v.Group)
}

// inGroup names the group that gives something, if any, and the one through which the user is in it.
func inGroup(u *policy.User, g *policy.Group) string {
	switch {
	case g == nil:
		return ""
	case u == nil:
		return " (group " + g.ID + ")"
	}
	return " (group " + u.NameWay(g, policy.IDOf) + ")"
}

// throughInner says through which group somebody is in another one that it is in, or "" if directly.
func throughInner(path []*policy.Group) string {
	if len(path) < 2 {
		return ""
	}
	return ", through " + path[0].ID
}

// DescribeSources lists the sources of a row, each once.
func DescribeSources(r *policy.Row) string {
	var list []string
	via, more := r.Leading()
	for i := range via {
		if s := describeSourceOf(r, &via[i]); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	if more > 0 {
		list = append(list, Thousands(more)+" more")
	}
	return strings.Join(list, " + ")
}

// SourceKey tells apart what DescribeSources says of rows with one source, which no group gives.
type SourceKey struct {
	kind        policy.SourceKind
	records     policy.Records // if fewer than the row's
	role, from  *policy.Role
	implier     *policy.Permission
	onElsewhere *policy.Scope // or nil: the row's
}

// SourceKeyOf returns the key of a row, or false if it has several sources or one of them is a group's.
func SourceKeyOf(r *policy.Row) (k SourceKey, ok bool) {
	via, more := r.Leading()
	if len(via) != 1 || more > 0 || via[0].Group != nil {
		return k, false
	}
	v := &via[0]
	k = SourceKey{kind: v.Kind, role: v.Role, from: v.From, implier: v.Implier}
	if v.Scope != r.Scope {
		k.onElsewhere = v.Scope
	}
	if v.Records > r.Records {
		k.records = v.Records
	}
	return k, true
}

// describeSourceOf describes a source of a row, and whether it gives less.
func describeSourceOf(r *policy.Row, v *policy.Via) string {
	s := describeSource(r.User, v, onOther(v, r.Scope))
	if v.Records > r.Records {
		s += " (" + describeRecords(v.Records) + ")"
	}
	return s
}

// describeHeld says how a user holds a role.
func describeHeld(u *policy.User, v *policy.Via, on string) string {
	s := "assigned" + on
	switch {
	case v.From != nil:
		s = "included in " + v.From.ID + on
	case v.Kind == policy.FromDefaultRole:
		s = "by default" + on
	}
	return s + inGroup(u, v.Group)
}

// describeRecords says whose records somebody reaches, or "" for everybody's.
func describeRecords(r policy.Records) string {
	return [...]string{"", "own records only", "records of the group only"}[r]
}

// DescribeTerms lists the limits of a row, except withheld actions.
func DescribeTerms(r *policy.Row) (list []string) {
	for _, c := range r.Permission.ConditionIDs {
		list = append(list, "if "+c)
	}
	if r.Mixed() {
		list = append(list, describeParts(r)...)
	} else {
		if r.Records != policy.AllRecords {
			list = append(list, describeRecords(r.Records))
		}
		if r.Ends != 0 {
			list = append(list, describeExpiry(r.Ends))
		}
	}
	if text := describeWaiting(r.User); text != "" {
		list = append(list, text)
	}
	return list
}

// describeParts says, for a row whose actions differ, which records each reaches and when it expires.
func describeParts(r *policy.Row) (list []string) {
	parts := r.Parts()
	for i := range parts {
		records := cmp.Or(describeRecords(parts[i].Records), "all records")
		expiry := cmp.Or(describeExpiry(parts[i].Ends), "no expiry")
		list = append(list, describeActions(&parts[i])+": "+records+", "+expiry)
	}
	return list
}

// describeExpiry says when something expires, or "".
func describeExpiry(last policy.Date) string {
	if last == 0 {
		return ""
	}
	return "until " + last.String()
}

// describeActions lists the actions of a row that are left.
func describeActions(r *policy.Row) string {
	if !r.Held() {
		return "-"
	}
	return policy.JoinNames(r.Permission.Names(r.Actions), ", ")
}

// describeWithheld lists the withheld actions, each after a comma.
func describeWithheld(r *policy.Row) (s string) {
	for _, w := range r.Withheld {
		s += ", " + w.Action + " withheld by " + w.Rule.ID
	}
	return s
}

// NameAccess returns "own" for a row limited to the user's own records, else "all".
func NameAccess(r *policy.Row) string { return r.Records.String() }

// describeWaiting says when a user will hold what the rows say, or "" for now.
func describeWaiting(u *policy.User) string {
	switch {
	case u.Invited:
		return "once the invitation is accepted"
	case u.Disabled:
		return "once the user is enabled again"
	}
	return ""
}

// describeUser describes a user beyond the id.
func describeUser(u *policy.User) string {
	if u.Name == "" && u.Affiliation != "" && !u.Waits() {
		return "  " + u.Affiliation
	}
	var parts []string
	for _, s := range []string{Safe(u.Name), u.Affiliation} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if u.Waits() {
		parts = append(parts, u.Status())
	}
	if len(parts) == 0 {
		return ""
	}
	return "  " + strings.Join(parts, ", ")
}

// DescribeSilenced says what silences a finding, and why, or "".
func DescribeSilenced(d *diag.Finding) string {
	if !d.Silenced() {
		return ""
	}
	return silencedBy(d) + ": " + whySilenced(d)
}

// silencedBy names what silences a finding, or "".
func silencedBy(d *diag.Finding) string {
	switch {
	case d.Waiver != nil:
		return "waived"
	case d.Comment != nil:
		return "suppressed"
	}
	return ""
}

// describeSeverity names the severity, and what silences the finding.
func describeSeverity(d *diag.Finding) string {
	return strings.TrimPrefix(silencedBy(d)+" "+d.Severity.String(), " ")
}

// whySilenced gives the reason, and how long it applies.
func whySilenced(d *diag.Finding) string {
	if c := d.Comment; c != nil && d.Waiver == nil {
		if c.Until != 0 {
			return c.Reason + ", " + describeExpiry(c.Until)
		}
		return c.Reason
	}
	ticket := ""
	if d.Waiver.Ticket != "" {
		ticket = ", " + d.Waiver.Ticket
	}
	return fmt.Sprintf("%s, approved by %s%s, until %s", d.Waiver.Reason, d.Waiver.Approver, ticket, d.Waiver.Expires)
}
