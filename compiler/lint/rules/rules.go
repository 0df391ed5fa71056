// Package rules are the built-in rules, one file each, and the forms of
// declared rules.
package rules

import (
	"slices"

	"permc.dev/permc/compiler/lint"
)

// All are the built-in rules. Rules of entries stand in the order in which the
// first cause of an entry is looked for.
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
	DeprecatedPermission,
	WrongAffiliation,
	NotGrantable,
	InvalidPeriod,
	Expired,
	DeniedAction,
	DuplicateAssignment,
	DuplicateGrant,
	RedundantGrant,
	ExpiresSoon,

	DefaultRole,
	UserWithoutAccess,
	ConfusableUser,
	LongName,
	UnusedGroup,
	EmptyGroup,
	RenamedField,
	ExpiredWaiver,
	SelfApprovedWaiver,
	UnusedWaiver,
	InvalidSuppression,
	ExpiredSuppression,
	UnusedSuppression,
}

// hub is how the examples about Services Hub begin.
const hub = `product: "services-hub"
scopes: contoso: scopes: {emea: labels: ["first"], apac: {}}
`

// IDs are the ids of the built-in rules, and of those that stop the table.
func IDs() (all, stopping []string) {
	for _, r := range All {
		all = append(all, r.ID)
		if r.Stops {
			stopping = append(stopping, r.ID)
		}
	}
	return all, stopping
}

// Lasting reports whether findings of a rule can be put neither under a waiver
// nor in a baseline: there is no table then, or somebody's acceptance has ended
// or was none, and must not go on by another name.
func Lasting(id string) bool {
	_, stopping := IDs()
	return lint.AboutSilence(id) || slices.Contains(stopping, id)
}
