package expect

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// String returns the expectation in the words of its entry.
func (e *Expectation) String() string {
	x := e.Entry
	text := e.who() + " " + e.does()
	if rest, ok := strings.CutPrefix(text, "everybody cannot "); ok {
		text = "nobody can " + rest
	}
	if len(x.Actions) > 0 {
		text += " (" + policy.JoinNames(listNames(x.Actions), ", ") + ")"
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

// who names the users that the expectation is about.
func (e *Expectation) who() string {
	parts := e.subjects("group ", "affiliation ")
	if len(parts) == 0 {
		return "everybody"
	}
	return strings.Join(parts, " of ")
}

// subjects names the user, the group and the affiliation, with a word before the last two.
func (e *Expectation) subjects(group, affiliation string) (parts []string) {
	if u := e.Entry.User; u.Given() {
		parts = append(parts, diag.Quote(u.Name))
	}
	if g := e.Entry.Group; g.Given() {
		parts = append(parts, group+diag.Quote(g.Name))
	}
	if a := e.Entry.Affiliation; a.Given() {
		parts = append(parts, affiliation+diag.Quote(a.Name))
	}
	return parts
}

// does says what they can, cannot or can only do.
func (e *Expectation) does() string {
	switch x := e.Entry; {
	case x.Can.Given():
		return "can " + diag.Quote(x.Can.Name)
	case x.Cannot.Given():
		return "cannot " + diag.Quote(x.Cannot.Name)
	case len(x.Only) == 0:
		return "holds nothing"
	}
	var list []string
	for _, name := range listNames(e.Entry.Only) {
		list = append(list, diag.Quote(name))
	}
	return "holds only " + strings.Join(list, ", ")
}

// Nobody says that the expectation is about nobody.
func (e *Expectation) Nobody() string {
	parts := e.subjects("in group ", "of affiliation ")
	if len(parts) == 0 {
		parts = append(parts, "declared")
	}
	return "nobody is " + strings.Join(parts, " and ") + "; an expectation about nobody fails"
}

func listNames(refs []policy.Ref) (list []string) {
	for _, r := range refs {
		list = append(list, r.Name)
	}
	return list
}
