package shape

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// alternatives checks a value that must fit one of several types. If none fits, it reports the
// findings for the type that was probably meant.
func (c *checker) alternatives(t *Type, v tree.Tree) {
	var fitting []*Type
	var inner *Type // the first one with faults of the items alone
	for _, a := range flattenAlternatives(t.anyOf) {
		if !a.mayBe(v[0].Kind) {
			continue
		}
		trial := checker{}
		trial.check(a, v)
		if len(trial.faults) == 0 {
			return
		}
		fitting = append(fitting, a)
		if inner == nil && trial.faults[0].Pos != v[0].Pos {
			inner = a
		}
	}
	switch {
	case len(fitting) == 0:
		c.wrongKind(t, v)
	case v[0].Kind == tree.Struct && len(fitting) > 1:
		c.closest(fitting, v)
	case v[0].Kind == tree.String && len(fitting) > 1 && c.words(t, fitting, v):
	case v[0].Kind == tree.List && inner != nil:
		c.check(inner, v)
	default:
		c.check(fitting[0], v)
	}
}

// words reports a text that is none of the words of all alternatives. It reports nothing if one of them is more than
// a list of words.
func (c *checker) words(t *Type, fitting []*Type, v tree.Tree) bool {
	var words []string
	for _, a := range fitting {
		if len(a.texts) != 1 || a.texts[0].enum == nil || len(a.allOf) > 0 || a.opaque != nil {
			return false
		}
		words = append(words, a.texts[0].enum...)
	}
	help := suggestOf(v[0].Text, words)
	for _, a := range flattenAlternatives(t.anyOf) {
		if a.allows(tree.Struct) && len(a.fields) > 0 {
			words = append(words, "{"+a.fields[0].Name+": …}")
		}
	}
	c.report(v[0].Pos, help, "%s is not one of %s%s", diag.Quote(v[0].Text), strings.Join(words, ", "), c.where())
	return true
}

// flattenAlternatives replaces nested alternatives by their own alternatives.
func flattenAlternatives(list []*Type) (out []*Type) {
	for _, t := range list {
		if len(t.anyOf) > 0 {
			out = append(out, flattenAlternatives(t.anyOf)...)
		} else {
			out = append(out, t)
		}
	}
	return out
}

// closest reports the findings for the type whose required fields the value has. If it has none of
// them, it lists the choices.
func (c *checker) closest(types []*Type, v tree.Tree) {
	var best *Type
	var bestFaults, bestHad int
	for _, t := range types {
		had, missing := t.required(v)
		if had == 0 && missing > 0 {
			continue
		}
		trial := checker{}
		trial.check(t, v)
		better := len(trial.faults) < bestFaults || missing == 0 && best != nil && !best.hasAll(v)
		if best == nil || had > bestHad || had == bestHad && better {
			best, bestFaults, bestHad = t, len(trial.faults), had
		}
	}
	marks := markerFields(types)
	if best != nil && (len(marks) == 0 || hasAny(v, marks) || best.hasAll(v)) {
		c.structureAmong(best, types, v)
		return
	}
	c.markerless(types, marks, v)
}

// required counts the required fields that a value has and misses.
func (t *Type) required(v tree.Tree) (had, missing int) {
	for _, f := range t.fields {
		if !f.Required {
			continue
		}
		if v.Get(f.Name) != nil {
			had++
		} else {
			missing++
		}
	}
	return had, missing
}

// hasAll reports whether a value has all required fields.
func (t *Type) hasAll(v tree.Tree) bool {
	_, missing := t.required(v)
	return missing == 0
}

// markerFields returns the required fields that tell the types apart.
func markerFields(types []*Type) (list []string) {
	for _, t := range types {
		for _, f := range t.fields {
			if f.Required && !inAll(types, f.Name) {
				list = append(list, f.Name)
			}
		}
	}
	return list
}

func inAll(types []*Type, name string) bool {
	for _, t := range types {
		if _, ok := t.index[name]; !ok {
			return false
		}
	}
	return true
}

func hasAny(v tree.Tree, names []string) bool {
	for _, n := range names {
		if v.Get(n) != nil {
			return true
		}
	}
	return false
}

// markerHelp says what each of the fields that tell the types apart is for.
func markerHelp(types []*Type) string {
	var list []string
	for _, t := range types {
		for _, f := range t.fields {
			if f.Required && f.Help != "" && !inAll(types, f.Name) {
				list = append(list, f.Help)
			}
		}
	}
	return strings.Join(list, "; ")
}

// structureAmong checks a value against one type, and says of a field of another alternative that it
// does not go with this one.
func (c *checker) structureAmong(t *Type, types []*Type, v tree.Tree) {
	before := len(c.faults)
	c.check(t, v)
	keys := map[policy.Pos]bool{}
	for k := range v.Fields() {
		keys[k.Pos] = true
	}
	for i := before; i < len(c.faults); i++ {
		if !keys[c.faults[i].Pos] {
			continue // of a value inside
		}
		for _, o := range types {
			for _, f := range o.fields {
				_, own := t.index[f.Name]
				if !own && f.Required &&
					strings.HasPrefix(c.faults[i].Message, fmt.Sprintf("unknown field %q", f.Name)) {
					c.faults[i].Message = fmt.Sprintf("field %q cannot be combined with %s%s", f.Name, markOf(t, types),
						c.where())
					c.faults[i].Help, c.faults[i].Right = "keep one of them", ""
				}
			}
		}
	}
}

func markOf(t *Type, types []*Type) string {
	for _, f := range t.fields {
		if f.Required && !inAll(types, f.Name) {
			return fmt.Sprintf("%q", f.Name)
		}
	}
	return "the others"
}

func (c *checker) markerless(types []*Type, marks []string, v tree.Tree) {
	var names []string
	known := map[string]bool{}
	for _, t := range types {
		for _, f := range t.fields {
			if !known[f.Name] {
				known[f.Name] = true
				names = append(names, f.Name)
			}
		}
	}
	found := false
	for k, f := range v.Fields() {
		if !known[k.Text] {
			found = true
			help, ok := misplaced(k, names, f, v)
			if !ok {
				help = suggestField(k.Text, names, nil)
			}
			c.report(k.Pos, help, "unknown field %s%s", diag.Quote(k.Text), c.where())
		}
	}
	if !found {
		c.tooFew(v[0].Pos, markerHelp(types), "one of these fields is required: %s%s", strings.Join(marks, ", "),
			c.where())
	}
}
