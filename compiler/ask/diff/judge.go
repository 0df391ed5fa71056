package diff

import (
	"reflect"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// judgedBy returns a project with the rules, waivers and settings of its base, so that a change cannot loosen its own
// checks. Rules that name removed things are adapted or skipped, see fits. Positions from the base are in the files
// of the result. Comments are the project's own.
func judgedBy(p, base *compiler.Project) (by *compiler.Project, fits []Fit) {
	fits = fitRules(p, base)
	if sameJudges(base, p) && !slices.ContainsFunc(fits, func(f Fit) bool { return f.Wider }) {
		return p, fits
	}
	return rebind(p, base, fits, false)
}

// asItIs returns what judgedBy does, except that the deny rules are those of the project: of a change, what it leaves
// people with is judged, and not only what its base would leave them. It returns nil if both deny the same.
func asItIs(p, base *compiler.Project, fits []Fit) *compiler.Project {
	if sayAlike(denies(base), denies(p)) {
		return nil
	}
	by, _ := rebind(p, base, slices.Clone(fits), true)
	return by
}

// denies returns the deny rules of a project and of its product, by id.
func denies(p *compiler.Project) []policy.DeclaredRule {
	list := slices.DeleteFunc(slices.Concat(projectRules(p), shippedRules(p)), func(r policy.DeclaredRule) bool {
		return r.Deny == nil
	})
	slices.SortFunc(list, func(a, b policy.DeclaredRule) int { return strings.Compare(a.ID.Name, b.ID.Name) })
	return list
}

// rebind binds a project again with what its base judges by, with the deny rules of the base or its own.
func rebind(p, base *compiler.Project, fits []Fit, own bool) (*compiler.Project, []Fit) {
	files, shift := p.Files.With(base.Files)
	from := base.Declared()
	d := *p.Declared()
	d.Files, d.Rules = files, nil
	for i := range fits {
		if fits[i].Why == "" && !(own && fits[i].Rule.Deny != nil) {
			d.Rules = append(d.Rules, policy.Moved(fits[i].Rule, shift))
		}
	}
	if own {
		d.Rules = append(d.Rules, slices.DeleteFunc(projectRules(p), func(r policy.DeclaredRule) bool {
			return r.Deny == nil || slices.ContainsFunc(d.Rules, func(x policy.DeclaredRule) bool {
				return x.ID.Name == r.ID.Name
			})
		})...)
	}
	d.Waivers = policy.Moved(from.Waivers, shift)
	d.Reviews, d.ReviewEvery = judgedReviews(p, base, shift), policy.Moved(from.ReviewEvery, shift)
	d.Severities, d.HorizonDays, d.FailOn = policy.Moved(from.Severities, shift), from.HorizonDays, from.FailOn
	d.CatalogAge = policy.Moved(from.CatalogAge, shift)
	d.Escalation = policy.Moved(from.Escalation, shift)
	d.Expects, d.Gates, d.MoreGates = nil, nil, nil
	catalog := *p.Policy.Catalog
	catalog.Rules = slices.DeleteFunc(shippedRules(p), func(r policy.DeclaredRule) bool {
		return slices.ContainsFunc(d.Rules, func(x policy.DeclaredRule) bool { return x.ID.Name == r.ID.Name })
	})
	for {
		by, faults := p.Rebind(&d, &catalog)
		if len(faults) == 0 {
			by.Policy.Suppressions = p.Policy.Suppressions
			return by, fits
		}
		if !leaveOut(&d, fits, faults) {
			return p, append(fits, Fit{Rule: policy.DeclaredRule{ID: policy.Ref{Name: "*"}}, Why: faults[0].Message})
		}
	}
}

// fitRules returns the rules of the base as far as they can judge the project: the declared ones, and those of its
// catalog that the project's catalog lacks or has in another form, as another version may.
func fitRules(p, base *compiler.Project) (fits []Fit) {
	c := &Vocabularies{Base: VocabularyOf(base.Policy), Head: VocabularyOf(p.Policy)}
	shipped := map[string]policy.DeclaredRule{}
	for _, r := range shippedRules(p) {
		shipped[r.ID.Name] = r
	}
	for _, r := range projectRules(base) {
		f := c.Fit(r)
		if _, ok := shipped[r.ID.Name]; ok {
			f.Why = "the catalog of the change has a rule of that name"
		}
		fits = append(fits, f)
	}
	for _, r := range shippedRules(base) {
		other, ok := shipped[r.ID.Name]
		if ok && sayAlike(r, other) {
			continue
		}
		if f := c.Fit(r); !ok || f.Why == "" {
			fits = append(fits, f)
		}
	}
	return fits
}

// ownRules returns the rules of a project's own catalog.
func ownRules(p *compiler.Project) []policy.DeclaredRule {
	if c := p.Declared().Catalog; c != nil && !c.Extends.Given() {
		return p.Policy.Catalog.Rules
	}
	return nil
}

// shippedRules returns the rules that come with the project's product.
func shippedRules(p *compiler.Project) []policy.DeclaredRule {
	own := map[string]bool{}
	for _, r := range ownRules(p) {
		own[r.ID.Name] = true
	}
	return slices.DeleteFunc(slices.Clone(p.Policy.Catalog.Rules), func(r policy.DeclaredRule) bool {
		return own[r.ID.Name]
	})
}

// projectRules returns the rules of the project itself and of its own catalog.
func projectRules(p *compiler.Project) []policy.DeclaredRule {
	if p == nil {
		return nil
	}
	return slices.Concat(p.Declared().Rules, ownRules(p))
}

// sameJudges reports whether two projects have the same rules and settings.
func sameJudges(a, b *compiler.Project) bool {
	x, y := a.Declared(), b.Declared()
	return x.HorizonDays == y.HorizonDays && sayAlike(x.CatalogAge, y.CatalogAge) && x.FailOn.Name == y.FailOn.Name &&
		x.Escalation.Name == y.Escalation.Name &&
		sayAlike(projectRules(a), projectRules(b)) &&
		sayAlike(shippedRules(a), shippedRules(b)) && sayAlike(x.Waivers, y.Waivers) &&
		sayAlike(x.Reviews, y.Reviews) && sayAlike(x.ReviewEvery, y.ReviewEvery) &&
		sayAlike(x.Severities, y.Severities)
}

// leaveOut drops the waivers, severities and rules with faults, and reports whether there were any. Without a waiver
// or severity for a removed thing, no finding weighs less; a dropped rule is noted as one that cannot judge.
func leaveOut(d *policy.Declared, fits []Fit, faults []diag.Finding) bool {
	before := len(d.Rules) + len(d.Waivers) + len(d.Reviews) + len(d.Severities)
	at := map[policy.Pos]bool{}
	for _, f := range faults {
		at[f.Pos] = true
	}
	d.Rules = slices.DeleteFunc(d.Rules, func(r policy.DeclaredRule) bool {
		if !holdsPos(r, at) {
			return false
		}
		for i := range fits {
			if fits[i].Rule.ID.Name == r.ID.Name {
				fits[i].Why = faults[0].Message
			}
		}
		return true
	})
	d.Waivers = slices.DeleteFunc(d.Waivers, func(w policy.DeclaredWaiver) bool { return holdsPos(w, at) })
	d.Reviews = slices.DeleteFunc(d.Reviews, func(r policy.DeclaredReview) bool { return holdsPos(r, at) })
	d.Severities = slices.DeleteFunc(d.Severities, func(s policy.Setting) bool { return holdsPos(s, at) })
	return len(d.Rules)+len(d.Waivers)+len(d.Reviews)+len(d.Severities) < before
}

var posType = reflect.TypeFor[policy.Pos]()

// sayAlike reports whether two declared values are equal except for positions.
func sayAlike(a, b any) bool { return sayValue(reflect.ValueOf(a)) == sayValue(reflect.ValueOf(b)) }

// holdsPos reports whether a declared value contains one of some positions.
func holdsPos(v any, at map[policy.Pos]bool) (found bool) {
	visitPos(reflect.ValueOf(v), func(p policy.Pos) { found = found || at[p] })
	return found
}

// visitPos calls a function for every position in a value.
func visitPos(v reflect.Value, f func(policy.Pos)) {
	switch {
	case v.Type() == posType:
		f(v.Interface().(policy.Pos))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			visitPos(v.Field(i), f)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			visitPos(v.Index(i), f)
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		visitPos(v.Elem(), f)
	}
}
