// Command opa prints what every user holds, as decided by a Rego policy: catalog
// and scopes are in OPA's store, kept as parsed values to spare converting them on
// every read, and a prepared query is evaluated with one user after the other as
// input. What a role gives on a scope is worked out by Rego too, once, and kept in
// the store, as an admin would do with a bundle.
//
//	opa DIR
package main

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"permc.dev/permc/bench/peers/internal/data"
)

//go:embed policy.rego
var policy string

func main() { data.Main(run) }

func run(d *data.Data, rows *data.Rows) error {
	ctx := context.Background()
	store, err := newStore(d)
	if err != nil {
		return err
	}
	expansion, err := evaluate(ctx, store, "data.peer.expansion")
	if err != nil {
		return err
	}
	err = storage.WriteOne(ctx, store, storage.AddOp, storage.MustParsePath("/expansion"), expansion)
	if err != nil {
		return err
	}
	query, err := rego.New(rego.Query("data.peer.rows"), rego.Module("policy.rego", policy), rego.Store(store)).
		PrepareForEval(ctx)
	if err != nil {
		return err
	}
	return d.Users(func(u *data.User) error { return user(ctx, query, u, rows) })
}

func user(ctx context.Context, query rego.PreparedEvalQuery, u *data.User, rows *data.Rows) error {
	results, err := query.Eval(ctx, rego.EvalParsedInput(input(u)))
	if err != nil {
		return err
	}
	if len(results) != 1 {
		return fmt.Errorf("opa: %d results for %s", len(results), u.User)
	}
	for _, row := range results[0].Expressions[0].Value.([]any) {
		rows.Line(row.(string))
	}
	return nil
}

// input returns the user as OPA's own values: quicker than what Eval makes of any
// struct by way of JSON.
func input(u *data.User) ast.Value {
	return object(map[string]ast.Value{
		"user":        ast.String(u.User),
		"affiliation": ast.String(u.Affiliation),
		"roles":       entries(u.Roles),
		"grants":      entries(u.Grants),
	})
}

func entries(list []data.Entry) ast.Value {
	var terms []*ast.Term
	for _, e := range list {
		fields := map[string]ast.Value{"scope": ast.String(e.Scope)}
		for name, value := range map[string]string{
			"role": e.Role, "permission": e.Permission, "starts": e.Starts, "expires": e.Expires,
		} {
			if value != "" {
				fields[name] = ast.String(value)
			}
		}
		if e.Actions != nil {
			fields["actions"] = ast.MustInterfaceToValue(e.Actions)
		}
		terms = append(terms, ast.NewTerm(object(fields)))
	}
	return ast.NewArray(terms...)
}

func object(fields map[string]ast.Value) ast.Value {
	var pairs [][2]*ast.Term
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		pairs = append(pairs, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(fields[name])})
	}
	return ast.NewObject(pairs...)
}

func evaluate(ctx context.Context, store storage.Store, query string) (any, error) {
	results, err := rego.New(rego.Query(query), rego.Module("policy.rego", policy), rego.Store(store)).Eval(ctx)
	if err != nil {
		return nil, err
	}
	if len(results) != 1 {
		return nil, fmt.Errorf("opa: %s is undefined", query)
	}
	return results[0].Expressions[0].Value, nil
}

func newStore(d *data.Data) (storage.Store, error) {
	values := map[string]any{}
	for name, file := range map[string]string{"catalog": "catalog.json", "access": "access.json"} {
		var value any
		if err := d.ReadJSON(file, &value); err != nil {
			return nil, err
		}
		values[name] = value
	}
	return inmem.NewFromObjectWithOpts(values, inmem.OptReturnASTValuesOnRead(true)), nil
}
