// Package rules holds the built-in rules, one file each, and the forms of declared rules.
package rules

import (
	"slices"

	"permc.dev/permc/compiler/lint"
)

// All lists the built-in rules. Entry rules come in the order in which they are tried; the first that
// finds something is reported.
var All = []*lint.Rule{
	Syntax,
	Schema,
	UnknownProduct,
	UnknownUser,
	UnknownGroup,
	UnknownRole,
	UnknownPermission,
	UnknownScope,
	UnknownAction,
	UnknownAffiliation,
	UnknownAttribute,
	UnknownLabel,
	UnknownRule,
	GroupCycle,

	WrongLevel,
	WrongGroupKind,
	WrongHome,
	DeprecatedPermission,
	WrongAffiliation,
	NotGrantable,
	InvalidPeriod,
	Expired,
	DeniedAction,
	DuplicateAssignment,
	DuplicateGrant,
	DuplicateMembership,
	RedundantGrant,
	RedundantAssignment,
	RedundantMembership,
	RedundantGroup,
	ExpiresSoon,

	DefaultRole,
	UserWithoutAccess,
	SelfEscalation,
	ConfusableUser,
	ConfusableName,
	SimilarName,
	TwoSpellings,
	LongName,
	UnusedGroup,
	EmptyGroup,
	UnusedPattern,
	RenamedField,
	UnlistedValue,
	UnlistedLabel,
	Dangling,
	StaleCatalog,
	ReviewDue,
	InvalidReview,
	UnusedReview,
	ExpiredWaiver,
	SelfApprovedWaiver,
	UnusedWaiver,
	InvalidSuppression,
	ExpiredSuppression,
	UnusedSuppression,
}

// Alone lists the rules that need to know only an entry, its scope and its holder.
var Alone = []*lint.Rule{WrongLevel, WrongAffiliation, NotGrantable, InvalidPeriod}

// hub is the beginning of the Services Hub examples.
const hub = `product: "services-hub"
scopes: contoso: scopes: {emea: labels: ["first"], apac: {}}
`

// IDs returns the ids of the built-in rules, and of those that stop the table.
func IDs() (all, stopping []string) {
	for _, r := range All {
		all = append(all, r.ID)
		if r.Stops {
			stopping = append(stopping, r.ID)
		}
	}
	return all, stopping
}

// Lasting reports whether neither a waiver nor a baseline can silence findings of a rule: either there
// is no table, or an acceptance has expired or was never valid, and must not continue under another
// name.
func Lasting(id string) bool {
	_, stopping := IDs()
	about := func(r *lint.Rule) bool { return r.ID == id }
	return slices.ContainsFunc(aboutSilence, about) || slices.Contains(stopping, id)
}

// aboutSilence lists the rules about waivers and comments, whose findings silence.Settle makes.
var aboutSilence = []*lint.Rule{
	ExpiredWaiver, SelfApprovedWaiver, UnusedWaiver, InvalidSuppression, ExpiredSuppression, UnusedSuppression,
}
