package lint

import "permc.dev/permc/compiler/policy"

// manyForms is how many declared rules are looked at for each user without an index.
const manyForms = policy.Long

// formIndex finds which declared rules may find something about a user.
type formIndex struct {
	forms []*declared       // those that look at users
	index *policy.RuleIndex // of these; nil if there are few
}

// newFormIndex returns the index of the declared rules.
func newFormIndex(forms []declared) (x formIndex) {
	var rules []*policy.Rule
	for i := range forms {
		if forms[i].User != nil {
			x.forms, rules = append(x.forms, &forms[i]), append(rules, forms[i].rule)
		}
	}
	if len(rules) > manyForms {
		x.index = policy.NewRuleIndex(rules)
	}
	return x
}

// declared runs the policy's own rules that may find something about the current user.
func (w *Worker) declared() {
	x := &w.linter.byUser
	if x.index == nil {
		for _, d := range x.forms {
			w.form(d, d.User)
		}
		return
	}
	w.about = x.index.AppendAbout(w.about[:0], w.pass.Access, w.pass.permissions())
	for _, i := range w.about {
		w.form(x.forms[i], x.forms[i].User)
	}
}
