package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/ask/expect"
	"permc.dev/permc/compiler/render"
)

func testCommand(g *globals) *cobra.Command {
	var outputs []flags.Output
	var least int
	cmd := &cobra.Command{
		Use:   "test [PATH…]",
		Short: "test the table against the entries under expect",
		Long: `Tests the table against the entries under expect: who can, cannot or can only do
what. Ends with 4 if an expectation fails. Entries look like this:
expect:
  - {user: USER, can: PERMISSION, scope: SCOPE}
  - {group: GROUP, cannot: PERMISSION}
  - {affiliation: AFFILIATION, only: [PERMISSION, PERMISSION]}`,
		Example: examples(`
			permc test
			permc test -f text -f junit=permc.xml
			permc test --min-coverage 80`),
		RunE: func(cmd *cobra.Command, paths []string) error {
			r, err := g.test(cmd, paths)
			if err != nil {
				return err
			}
			r.MinCoverage = least
			err = writeOutputs(cmd.OutOrStdout(), outputs, func(out *output, format string) error {
				return render.WriteTest(out, r, format, styleOf(out.raw))
			})
			if err != nil {
				return err
			}
			return testVerdict(r)
		},
	}
	f := cmd.Flags()
	addOutputs(f, &outputs, "format of the results", render.TestFormats)
	f.Var(flags.WholeShare(&least), "min-coverage",
		"exit 4 if the expectations cover less than this share of the policy, in percent")
	return cmd
}

// test checks the project at the paths against its expectations.
func (g *globals) test(cmd *cobra.Command, paths []string) (*render.TestReport, error) {
	p, err := g.bound(cmd, paths)
	if err != nil {
		return nil, err
	}
	result, err := expect.Ask(cmd.Context(), p)
	g.stopProgress()
	if err != nil {
		return nil, failed(err)
	}
	return &render.TestReport{Policy: p.Policy, Result: result}, nil
}

// testVerdict returns the exit that the results of expectations call for.
func testVerdict(r *render.TestReport) error {
	if shortfall := r.Shortfall(); shortfall != "" {
		return exit{exitExpected, fmt.Errorf("%s", shortfall)}
	}
	if r.Result.Failed() > 0 {
		return exit{code: exitExpected}
	}
	return nil
}
