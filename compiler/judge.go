package compiler

import (
	"reflect"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/resolve"
)

// JudgedBy is the project with the rules, waivers and settings of another one,
// its base: a change cannot loosen what it is judged by. What of the base's no
// longer fits, since it names what is gone, is left out. The places of what
// comes from the base are in the files of the result.
func (p *Project) JudgedBy(base *Project, asOf policy.Date) *Project {
	if base == nil {
		return p
	}
	comments := p.commentsOf(base)
	if sameJudges(base, p) && len(comments) == len(p.Policy.Suppressions) {
		return p
	}
	files, shift := p.Files.With(base.Files)
	from := base.loaded.Declared
	d := *p.loaded.Declared
	d.Files = files
	d.Rules = moved(projectRules(base), shift)
	d.Waivers = moved(from.Waivers, shift)
	d.Severities, d.HorizonDays, d.FailOn = moved(from.Severities, shift), from.HorizonDays, from.FailOn
	d.Expects, d.Review = nil, nil
	catalog := *p.Policy.Catalog
	catalog.Rules = slices.DeleteFunc(slices.Clone(catalog.Rules), func(r policy.DeclaredRule) bool { return p.ofProject(r.ID.Pos) })
	all, stopping := rules.IDs()
	for {
		binding, faults := resolve.Bind(&d, &catalog, resolve.Options{AsOf: asOf, BuiltIn: all, Stopping: stopping})
		if len(faults) == 0 {
			binding.Policy.Suppressions = comments
			return &Project{Files: files, Policy: binding.Policy, progress: p.progress, loaded: p.loaded, binding: binding}
		}
		if !leaveOut(&d, faults) {
			return p
		}
	}
}

// commentsOf are the suppressions of a project that were there in its base, on a
// line that said the same.
func (p *Project) commentsOf(base *Project) (list []policy.Suppression) {
	left := map[string]int{}
	for _, c := range comments(base) {
		left[c.Text]++
	}
	for i, c := range comments(p) {
		if left[c.Text]--; left[c.Text] >= 0 {
			list = append(list, p.Policy.Suppressions[i])
		}
	}
	return list
}

// comment is a suppression as it is written, with the line that it is about.
type comment struct {
	Text, Rules string
	Pos         policy.Pos
}

func comments(p *Project) (list []comment) {
	if p == nil || p.Policy == nil {
		return nil
	}
	for _, s := range p.Policy.Suppressions {
		text := p.Files.File(s.Pos.File).Data
		line := strings.TrimSpace(text[s.Line.Off:s.Line.End])
		var ids []string
		for _, r := range s.Rules {
			ids = append(ids, r.Name)
		}
		list = append(list, comment{text[s.Pos.Off:s.Pos.End] + "\n" + line, strings.Join(ids, ", "), s.Pos})
	}
	return list
}

// ofProject reports whether something stands in the project's own files.
func (p *Project) ofProject(pos policy.Pos) bool {
	return pos.IsValid() && !p.Files.File(pos.File).Shipped
}

// projectRules are the rules that the project brings itself, in its catalog too.
func projectRules(p *Project) []policy.DeclaredRule {
	list := slices.Clone(p.loaded.Declared.Rules)
	for _, r := range p.Policy.Catalog.Rules {
		if p.ofProject(r.ID.Pos) {
			list = append(list, r)
		}
	}
	return list
}

// sameJudges reports whether two projects are judged alike.
func sameJudges(a, b *Project) bool {
	x, y := a.loaded.Declared, b.loaded.Declared
	return x.HorizonDays == y.HorizonDays && x.FailOn.Name == y.FailOn.Name && alike(projectRules(a), projectRules(b)) && alike(x.Waivers, y.Waivers) && alike(x.Severities, y.Severities)
}

// leaveOut drops the rules, waivers and severities in which faults are, and
// reports whether there were any.
func leaveOut(d *policy.Declared, faults []diag.Diagnostic) bool {
	before := len(d.Rules) + len(d.Waivers) + len(d.Severities)
	at := map[policy.Pos]bool{}
	for _, f := range faults {
		at[f.Pos] = true
	}
	d.Rules = slices.DeleteFunc(d.Rules, func(r policy.DeclaredRule) bool { return holds(r, at) })
	d.Waivers = slices.DeleteFunc(d.Waivers, func(w policy.DeclaredWaiver) bool { return holds(w, at) })
	d.Severities = slices.DeleteFunc(d.Severities, func(s policy.Setting) bool { return holds(s, at) })
	return len(d.Rules)+len(d.Waivers)+len(d.Severities) < before
}

var posType = reflect.TypeFor[policy.Pos]()

// moved is a deep copy of a declared value with its places in later files.
func moved[T any](v T, by int32) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	move(out, reflect.ValueOf(v), by)
	return out.Interface().(T)
}

func move(to, from reflect.Value, by int32) {
	switch {
	case from.Type() == posType:
		pos := from.Interface().(policy.Pos)
		if pos.IsValid() {
			pos.File += by
		}
		to.Set(reflect.ValueOf(pos))
	case from.Kind() == reflect.Struct:
		for i := range from.NumField() {
			move(to.Field(i), from.Field(i), by)
		}
	case from.Kind() == reflect.Slice && !from.IsNil():
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			move(to.Index(i), from.Index(i), by)
		}
	case from.Kind() == reflect.Pointer && !from.IsNil():
		to.Set(reflect.New(from.Type().Elem()))
		move(to.Elem(), from.Elem(), by)
	default:
		to.Set(from)
	}
}

// alike reports whether two declared values say the same, wherever they stand.
func alike(a, b any) bool { return say(reflect.ValueOf(a)) == say(reflect.ValueOf(b)) }

// holds reports whether one of some places is in a declared value.
func holds(v any, at map[policy.Pos]bool) (found bool) {
	visit(reflect.ValueOf(v), func(p policy.Pos) { found = found || at[p] })
	return found
}

func visit(v reflect.Value, f func(policy.Pos)) {
	switch {
	case v.Type() == posType:
		f(v.Interface().(policy.Pos))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			visit(v.Field(i), f)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), f)
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		visit(v.Elem(), f)
	}
}
