package main

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/render"
)

var findingFormats = []string{"text", "json", "jsonl", "markdown"}

func checkCommand(g *globals) *cobra.Command {
	var formats []string
	cmd := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "validate and lint a project",
		RunE: func(cmd *cobra.Command, paths []string) error {
			outputs, err := parseOutputs(formats)
			if err != nil {
				return err
			}
			p, err := g.load(cmd, paths)
			if err != nil {
				return err
			}
			findings := p.Stopped
			if p.Policy != nil {
				if findings, err = p.Table(cmd.Context(), nil, nil); err != nil {
					return failed(err)
				}
			}
			g.stopProgress()
			r := g.report(p, findings)
			for _, o := range outputs {
				if err := o.write(cmd.OutOrStdout(), r); err != nil {
					return failed(err)
				}
			}
			return g.verdict(r)
		},
	}
	cmd.Flags().StringArrayVarP(&formats, "format", "f", []string{"text"}, "`FORMAT` of the findings: "+strings.Join(findingFormats, ", ")+"; FORMAT=FILE writes to a file; may be repeated")
	return cmd
}

// findingOutput is one -f.
type findingOutput struct{ format, path string }

func parseOutputs(formats []string) (list []findingOutput, err error) {
	stdout := 0
	for _, f := range formats {
		name, path, _ := strings.Cut(f, "=")
		if !slices.Contains(findingFormats, name) {
			return nil, usage("-f %q: want one of %s", name, strings.Join(findingFormats, ", "))
		}
		if path == "" || path == "-" {
			stdout++
		}
		list = append(list, findingOutput{name, path})
	}
	if stdout > 1 {
		return nil, usage("-f: only one format can go to standard output; write -f FORMAT=FILE for the others")
	}
	return list, nil
}

func (o findingOutput) write(stdout io.Writer, r *render.Report) error {
	out, err := create(o.path, stdout)
	if err != nil {
		return err
	}
	switch o.format {
	case "json":
		err = render.FindingsJSON(out, r)
	case "jsonl":
		err = render.FindingsJSONLines(out, r)
	case "markdown":
		err = render.FindingsMarkdown(out, r)
	default:
		err = render.FindingsText(out, r, styleOf(out.raw))
	}
	return out.close(err)
}
