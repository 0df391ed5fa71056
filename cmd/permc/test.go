package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/ask/expect"
	"permc.dev/permc/compiler/render"
)

func testCommand(g *globals) *cobra.Command {
	var formats []string
	var least int
	cmd := &cobra.Command{
		Use:   "test [PATH…]",
		Short: "hold the table against what is expected of it",
		Long: `test looks at the entries under expect: who can, cannot or can only do what.
It exits with 4 where one of them is not so.`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			outputs, err := parseOutputs(formats, render.TestFormats)
			if err != nil {
				return err
			}
			if least < 0 || least > 100 {
				return usage("--min-coverage %d: want a percentage from 0 to 100", least)
			}
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
	f.StringArrayVarP(&formats, "format", "f", []string{"text"}, "`FORMAT` of the results: "+strings.Join(render.TestFormats, ", ")+"; FORMAT=FILE writes to a file; may be repeated")
	f.IntVar(&least, "min-coverage", 0, "exit 4 if the expectations touch less than this `PERCENT` of the policy")
	return cmd
}

// test holds the project at the paths against its expectations.
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

func writeTest(stdout io.Writer, o findingOutput, r *render.TestReport) error {
	out, err := create(o.path, stdout)
	if err != nil {
		return err
	}
	out.guard(o.format)
	switch o.format {
	case "json":
		err = render.TestJSON(out, r)
	case "junit":
		err = render.TestJUnit(out, r)
	default:
		err = render.TestText(out, r, styleOf(out.raw))
	}
	return out.close(err)
}

// testVerdict is how the program ends after expectations.
func testVerdict(r *render.TestReport) error {
	if shortfall := r.Shortfall(); shortfall != "" {
		return exit{exitExpected, fmt.Errorf("%s", shortfall)}
	}
	if r.Result.Failed() > 0 {
		return exit{code: exitExpected}
	}
	return nil
}
