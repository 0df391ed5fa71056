package rulebook

import (
	"bytes"
	"context"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// formatRules returns the text of each rule in the file of a catalog, by the offset of its id.
func formatRules(f *policy.File) map[uint32]string {
	out := map[uint32]string{}
	tree, err := parser.ParseFile("", f.Data)
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	ast.Walk(tree, func(n ast.Node) bool {
		x, ok := n.(*ast.Field)
		if !ok || !isRules(x) {
			return true
		}
		for _, d := range x.Value.(*ast.StructLit).Elts {
			rule, err := format.Source([]byte("rules: " + f.Data[d.Pos().Offset():d.End().Offset()]))
			if err != nil {
				panic(err)
			}
			out[uint32(d.Pos().Offset())] = string(rule)
		}
		return false
	}, nil)
	return out
}

func isRules(x *ast.Field) bool {
	name, _, err := ast.LabelName(x.Label)
	_, ok := x.Value.(*ast.StructLit)
	return err == nil && name == "rules" && ok
}

// AddOutput adds the output of permc for the example.
func AddOutput(d *render.RuleDoc) error {
	if d.Fires == "" {
		return nil
	}
	r, err := Check(d.Fires, d.AsOf)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = render.FindingsText(&b, r, false)
	d.Says, _, _ = strings.Cut(b.String(), "\n\n")
	return err
}

// Check checks a project of one file.
func Check(text, asOf string) (*render.Findings, error) {
	date, err := policy.ParseDate(asOf)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	files := load.InMemory(map[string]string{"access.cue": text})
	p, err := compiler.Load(ctx, compiler.Options{
		Paths:  []string{"."},
		AsOf:   date,
		Limits: load.DefaultLimits,
		FS:     files,
	})
	if err != nil {
		return nil, err
	}
	found, err := p.Findings(ctx)
	return &render.Findings{Files: p.Files, Policy: p.Policy, AsOf: date, Findings: found}, err
}
