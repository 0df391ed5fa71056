package lint

import "permc.dev/permc/compiler/policy"

// manyForms is how many declared rules are looked at for each user without an index.
const manyForms = policy.Long

// formIndex finds which of many declared rules may find something about a user.
type formIndex struct {
	forms []int // those that look at users
	index *policy.RuleIndex
}

// newFormIndex returns the index of the declared rules, or nil if there are few.
func newFormIndex(forms []declared) *formIndex {
	x := &formIndex{}
	var rules []*policy.Rule
	for i := range forms {
		if forms[i].User != nil {
			x.forms, rules = append(x.forms, i), append(rules, forms[i].rule)
		}
	}
	if len(rules) <= manyForms {
		return nil
	}
	x.index = policy.NewRuleIndex(rules)
	return x
}

// declared runs the policy's own rules that may find something about the current user.
func (w *Worker) declared() {
	x := w.linter.byUser
	if x == nil {
		for i := range w.linter.forms {
			if d := &w.linter.forms[i]; d.User != nil {
				w.form(d, d.User)
			}
		}
		return
	}
	w.about = x.index.AppendAbout(w.about[:0], w.pass.Access, w.pass.permissions())
	for _, i := range w.about {
		d := &w.linter.forms[x.forms[i]]
		w.form(d, d.User)
	}
}
