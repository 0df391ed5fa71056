package shape

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/format"

	"permc.dev/permc/compiler/load/tree"
)

// Derive returns the type of a definition in an evaluated package, such as
// #Declaration.
func Derive(pkg cue.Value, definition string) (*Type, error) {
	d := &deriver{named: map[string]*Type{}}
	v := pkg.LookupPath(cue.ParsePath(definition))
	if err := v.Err(); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	t := d.derive(v)
	t.Name = definition
	return t, nil
}

// deriver remembers the definitions it has seen, so that recursive ones end.
type deriver struct {
	named map[string]*Type
}

func (d *deriver) derive(v cue.Value) *Type {
	root, path := v.ReferencePath()
	if name := path.String(); name != "" {
		return d.definition(root, path, name)
	}
	t := &Type{maxLen: -1}
	d.fill(t, v)
	return t
}

// definition derives each referenced definition once.
func (d *deriver) definition(root cue.Value, path cue.Path, name string) *Type {
	if t, ok := d.named[name]; ok {
		return t
	}
	t := &Type{Name: name, maxLen: -1}
	d.named[name] = t
	d.fill(t, root.LookupPath(path))
	return t
}

func (d *deriver) fill(t *Type, v cue.Value) {
	if says := v.Attribute("says"); says.Err() == nil {
		t.says, _ = says.String(0)
	}
	op, args := v.Expr()
	if op == cue.OrOp {
		d.alternatives(t, args)
		return
	}
	switch kind := v.IncompleteKind(); {
	case kind == cue.TopKind && op == cue.NoOp:
	case kind == cue.StructKind:
		d.structure(t, v)
	case kind == cue.ListKind:
		d.list(t, v, op, args)
	default:
		d.scalar(t, v, op, args)
	}
}

// alternatives makes an enum if all alternatives are concrete strings.
func (d *deriver) alternatives(t *Type, args []cue.Value) {
	var enum []string
	for _, a := range args {
		s, err := a.String()
		if err != nil || !a.IsConcrete() {
			for _, a := range args {
				t.anyOf = append(t.anyOf, d.derive(a))
			}
			return
		}
		enum = append(enum, s)
	}
	t.kinds = kindMask(tree.String)
	t.texts = append(t.texts, text{enum: enum})
}

func (d *deriver) structure(t *Type, v cue.Value) {
	t.kinds = kindMask(tree.Struct)
	t.index = map[string]int{}
	t.closed = !v.Allows(cue.AnyString)
	it, err := v.Fields(cue.Optional(true), cue.Patterns(true))
	if err != nil {
		t.opaque = askCUE(v)
		return
	}
	for it.Next() {
		sel := it.Selector()
		if sel.ConstraintType() == cue.PatternConstraint {
			t.patterns = append(t.patterns, pattern{d.derive(sel.Pattern()), d.derive(it.Value())})
			continue
		}
		f := Field{Name: sel.Unquoted(), Required: sel.ConstraintType() != cue.OptionalConstraint,
			Type: d.derive(it.Value()), Doc: readComment(it.Value())}
		if help := it.Value().Attribute("help"); help.Err() == nil {
			f.Help, _ = help.String(0)
		}
		t.index[f.Name] = len(t.fields)
		t.fields = append(t.fields, f)
	}
	// A closed struct allows a key that matches a pattern, but Allows can only be asked about one key
	// at a time. With patterns, the struct is closed if it rejects a key that matches none.
	if len(t.patterns) > 0 {
		t.closed = slices.ContainsFunc([]string{"\x00", "", " "}, func(key string) bool {
			return !v.Allows(cue.Str(key))
		})
		for _, p := range t.patterns {
			p.value.close(t.closed)
		}
	}
}

// close closes a struct without a name of its own where its pattern is in a closed one: a definition closes all that is
// in it, but CUE does not say so of the value of a pattern.
func (t *Type) close(closed bool) {
	if !closed || t.Name != "" || t.index == nil {
		return
	}
	t.closed = true
	for i := range t.fields {
		t.fields[i].Type.close(closed)
	}
}

func (d *deriver) list(t *Type, v cue.Value, op cue.Op, args []cue.Value) {
	t.kinds = kindMask(tree.List)
	switch op {
	case cue.AndOp:
		for _, a := range args {
			t.allOf = append(t.allOf, d.derive(a))
		}
	case cue.CallOp:
		n, ok := int64(0), false
		if len(args) == 2 {
			i, err := args[1].Int64()
			n, ok = i, err == nil
		}
		switch fn := printValue(args[0]); {
		case ok && fn == "list.MinItems":
			t.minLen = int(n)
		case ok && fn == "list.MaxItems":
			t.maxLen = int(n)
		default:
			t.opaque = askCUE(v)
		}
	case cue.NoOp:
		// Only a list of any length has one type for all elements.
		if printValue(v.Len()) != "uint" {
			t.opaque = askCUE(v)
			return
		}
		t.elem = d.derive(v.LookupPath(cue.MakePath(cue.AnyIndex)))
	default:
		t.opaque = askCUE(v)
	}
}

func (d *deriver) scalar(t *Type, v cue.Value, op cue.Op, args []cue.Value) {
	switch op {
	case cue.AndOp:
		for _, a := range args {
			t.allOf = append(t.allOf, d.derive(a))
		}
	case cue.RegexMatchOp, cue.NotRegexMatchOp:
		t.regexp(v, args[0], op == cue.NotRegexMatchOp)
	case cue.GreaterThanOp, cue.GreaterThanEqualOp, cue.LessThanOp, cue.LessThanEqualOp:
		t.bound(v, op, args[0])
	case cue.CallOp:
		t.call(v, args)
	case cue.NoOp:
		t.basic(v)
	default:
		t.opaque = askCUE(v)
	}
}

func (t *Type) regexp(v, arg cue.Value, negate bool) {
	t.kinds = kindMask(tree.String)
	expr, err := arg.String()
	_, err2 := regexp.Compile(expr)
	if err != nil || err2 != nil {
		t.opaque = askCUE(v)
		return
	}
	t.texts = append(t.texts, text{match: newMatcher(expr), negate: negate})
}

func (t *Type) bound(v cue.Value, op cue.Op, arg cue.Value) {
	t.kinds = kindMask(tree.Number)
	n, err := arg.Float64()
	if err != nil {
		t.opaque = askCUE(v)
		return
	}
	t.bounds = append(t.bounds, bound{op, n})
}

func (t *Type) call(v cue.Value, args []cue.Value) {
	t.kinds = kindMask(tree.String)
	if len(args) != 2 {
		t.opaque = askCUE(v)
		return
	}
	switch fn := printValue(args[0]); fn {
	case "time.Format":
		layout, err := args[1].String()
		if err == nil {
			t.texts = append(t.texts, text{date: layout})
			return
		}
	case "strings.MinRunes":
		n, err := args[1].Int64()
		if err == nil {
			t.texts = append(t.texts, text{min: int(n)})
			return
		}
	}
	t.opaque = askCUE(v)
}

// basic derives a basic type or one concrete value.
func (t *Type) basic(v cue.Value) {
	switch v.IncompleteKind() {
	case cue.StringKind:
		t.kinds = kindMask(tree.String)
		if s, err := v.String(); err == nil {
			t.texts = append(t.texts, text{enum: []string{s}})
		}
	case cue.BoolKind:
		t.kinds = kindMask(tree.Bool)
		if b, err := v.Bool(); err == nil {
			t.texts = append(t.texts, text{enum: []string{fmt.Sprint(b)}})
		}
	case cue.IntKind, cue.NumberKind, cue.FloatKind:
		t.kinds = kindMask(tree.Number)
		t.whole = v.IncompleteKind() == cue.IntKind
		if v.IsConcrete() || v.IncompleteKind() == cue.FloatKind {
			t.opaque = askCUE(v)
		}
	case cue.NullKind:
		t.kinds = kindMask(tree.Null)
	default:
		t.opaque = askCUE(v)
	}
}

// readComment returns the comment above a value in the schema.
func readComment(v cue.Value) string {
	for _, group := range v.Doc() {
		if s := strings.TrimSpace(group.Text()); s != "" {
			return strings.Join(strings.Fields(s), " ")
		}
	}
	return ""
}

// printValue returns a value as CUE prints it, without the import of its package.
func printValue(v cue.Value) string {
	b, err := format.Node(v.Syntax())
	if err != nil {
		return ""
	}
	s := strings.TrimSpace(string(b))
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		s = s[i+1:]
	}
	return s
}
