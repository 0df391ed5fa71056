package policy

import (
	"cmp"
	"slices"
)

// Sensitivities lists the degrees of sensitivity, the least first.
var Sensitivities = []string{"low", "medium", "high", "critical"}

// Graver returns the higher of two sensitivities, of which either may be "".
func Graver(a, b string) string {
	if slices.Index(Sensitivities, a) < slices.Index(Sensitivities, b) {
		return b
	}
	return a
}

// SensitivityOf returns the highest sensitivity of some actions, or of all if there are none in the set.
func (p *Permission) SensitivityOf(set Actions) (most string) {
	if p.ActionSensitivity == nil {
		return p.Sensitivity
	}
	if set == 0 {
		set = p.All()
	}
	for i, own := range p.ActionSensitivity {
		if set>>i&1 != 0 {
			most = Graver(most, cmp.Or(own, p.Sensitivity))
		}
	}
	return most
}

// Set returns the actions with a name, as a set: one, or none.
func (p *Permission) Set(action string) Actions {
	if i := slices.Index(p.Actions, action); i >= 0 {
		return 1 << i
	}
	return 0
}

// Highest returns the highest sensitivity of the permission's actions.
func (p *Permission) Highest() string { return p.SensitivityOf(0) }

// Sensitivity returns the highest sensitivity of the actions that are left or, if none is, of those that the row's
// sources give.
func (r *Row) Sensitivity() string {
	p := r.Permission
	if p.ActionSensitivity == nil {
		return p.Sensitivity
	}
	set := r.Actions
	for i := range r.Via {
		if r.Actions == 0 {
			set |= r.Via[i].Actions
		}
	}
	return p.SensitivityOf(set)
}

// RatedActions returns the actions, each with its sensitivity in brackets where the catalog rates actions.
func (p *Permission) RatedActions() []string {
	if p.ActionSensitivity == nil {
		return p.Actions
	}
	list := slices.Clone(p.Actions)
	for i := range list {
		if s := p.SensitivityOf(1 << i); s != "" {
			list[i] += " [" + s + "]"
		}
	}
	return list
}
