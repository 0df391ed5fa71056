package expect

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// String is the expectation in the words of its entry.
func (e *Expectation) String() string {
	x := e.Entry
	text := e.who()
	switch {
	case x.IsOnly && len(x.Only) == 0:
		text += " holds nothing"
	case x.IsOnly:
		text += " holds only " + quoted(x.Only)
	case x.Can.Given():
		text += " can " + diag.Quote(x.Can.Name)
	default:
		text += " cannot " + diag.Quote(x.Cannot.Name)
	}
	if len(x.Actions) > 0 {
		text += " (" + quoted(x.Actions) + ")"
	}
	if x.Scope.Given() {
		text += " on " + diag.Quote(x.Scope.Name)
	}
	if x.Role.Given() {
		text += " through role " + diag.Quote(x.Role.Name)
	}
	if x.AsOf != 0 {
		text += " as of " + x.AsOf.String()
	}
	return text
}

// who is whom the expectation is about.
func (e *Expectation) who() string {
	var parts []string
	if u := e.Entry.User; u.Given() {
		parts = append(parts, diag.Quote(u.Name))
	}
	if g := e.Entry.Group; g.Given() {
		parts = append(parts, "group "+diag.Quote(g.Name))
	}
	if a := e.Entry.Affiliation; a.Given() {
		parts = append(parts, "affiliation "+diag.Quote(a.Name))
	}
	if len(parts) == 0 {
		return "everybody"
	}
	return strings.Join(parts, " of ")
}

// Nobody says whom there is none of.
func (e *Expectation) Nobody() string {
	if e.who() == "everybody" {
		return "there is nobody whom this could be about"
	}
	return fmt.Sprintf("this is about nobody: no user is %s", e.who())
}

func quoted(refs []policy.Ref) string {
	var list []string
	for _, r := range refs {
		list = append(list, diag.Quote(r.Name))
	}
	return strings.Join(list, ", ")
}
