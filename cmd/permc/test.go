package main

import (
	"fmt"
	"io"

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
what. Ends with 4 if an expectation fails.`,
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
			for _, o := range outputs {
				if err := writeTest(cmd.OutOrStdout(), o, r); err != nil {
					return failed(err)
				}
			}
			return testVerdict(r)
		},
	}
	f := cmd.Flags()
	addOutputs(f, &outputs, "format of the results", render.TestFormats)
	f.Var(flags.WholeShare(&least), "min-coverage", "exit 4 if the expectations cover less than this share of the policy, in percent")
	return cmd
}

// test checks the project at the paths against its expectations.
func (g *globals) test(cmd *cobra.Command, paths []string) (*render.TestReport, error) {
	p, err := g.load(cmd, paths)
	if err != nil {
		return nil, err
	}
	if p.Policy == nil {
		g.stopProgress()
		r := g.report(p, p.Stopped)
		if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
			return nil, failed(err)
		}
		return nil, g.verdict(r)
	}
	result, err := expect.Ask(cmd.Context(), p)
	g.stopProgress()
	if err != nil {
		return nil, failed(err)
	}
	return &render.TestReport{Policy: p.Policy, Result: result}, nil
}

func writeTest(stdout io.Writer, o flags.Output, r *render.TestReport) error {
	out, err := create(o.Path, stdout)
	if err != nil {
		return err
	}
	out.guard(o.Format)
	switch o.Format {
	case "json":
		err = render.TestJSON(out, r)
	case "junit":
		err = render.TestJUnit(out, r)
	default:
		err = render.TestText(out, r, styleOf(out.raw))
	}
	return out.close(err)
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
