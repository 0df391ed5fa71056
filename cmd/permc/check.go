package main

import (
	"cmp"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/rulebook"
	"permc.dev/permc/schema"
)

var findingFormats = []string{"text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "checkstyle", "markdown"}

func checkCommand(g *globals) *cobra.Command {
	var formats []string
	var watch bool
	var known baselineFlags
	cmd := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "validate and lint a project",
		RunE: func(cmd *cobra.Command, paths []string) error {
			outputs, err := parseOutputs(formats, findingFormats)
			if err != nil {
				return err
			}
			if err := known.read(watch); err != nil {
				return err
			}
			if watch {
				return g.watch(cmd, paths, func(p *compiler.Project, f *compiler.Findings) error {
					return writeFindings(cmd.OutOrStdout(), outputs, known.report(g.report(p, f.List)))
				})
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
			r := known.report(g.report(p, findings))
			if err := writeFindings(cmd.OutOrStdout(), outputs, r); err != nil {
				return err
			}
			known.tell(cmd.ErrOrStderr(), r)
			if done, err := known.write(cmd.ErrOrStderr(), r); done || err != nil {
				return err
			}
			return g.verdict(r)
		},
	}
	known.flags(cmd)
	cmd.Flags().StringVar(&known.target, "write-baseline", "", "write the findings to `FILE`, or, with --baseline, those of it that are still there")
	cmd.Flags().BoolVar(&watch, "watch", false, "check again whenever a file changes, until interrupted")
	cmd.Flags().StringArrayVarP(&formats, "format", "f", []string{"text"}, "`FORMAT` of the findings: "+strings.Join(findingFormats, ", ")+"; FORMAT=FILE writes to a file; may be repeated")
	return cmd
}

func writeFindings(stdout io.Writer, outputs []findingOutput, r *render.Findings) error {
	for _, o := range outputs {
		if err := o.write(stdout, r); err != nil {
			return failed(err)
		}
	}
	return nil
}

// findingOutput is one -f.
type findingOutput struct{ format, path string }

func parseOutputs(formats, known []string) (list []findingOutput, err error) {
	stdout, taken := 0, map[string]string{}
	for _, f := range formats {
		name, path, toFile := strings.Cut(f, "=")
		first, twice := taken[filepath.Clean(path)]
		switch {
		case !slices.Contains(known, name):
			return nil, usage("-f %q: want one of %s", name, strings.Join(known, ", "))
		case toFile && path == "":
			return nil, usage("-f %s: name a file after the =", f)
		case path == "" || path == "-":
			stdout++
		case twice:
			return nil, usage("-f %s: %s is written there already", f, first)
		default:
			taken[filepath.Clean(path)] = name
		}
		list = append(list, findingOutput{name, path})
	}
	if stdout > 1 {
		return nil, usage("-f: only one format can go to standard output; write -f FORMAT=FILE for the others")
	}
	return list, nil
}

func (o findingOutput) write(stdout io.Writer, r *render.Findings) error {
	out, err := create(o.path, stdout)
	if err != nil {
		return err
	}
	out.guard(o.format)
	if o.format == "github" {
		err = withSummary(func(summary *render.JobSummary) error { return render.FindingsGitHub(out, summary, r) })
	} else {
		err = render.WriteFindings(out, r, o.format, styleOf(out.raw), func() render.Tool { return tool(r.Policy) })
	}
	return out.close(err)
}

// tool is permc with its rules, and those of the project's product.
func tool(p *policy.Policy) render.Tool {
	var products []string
	if p != nil && slices.Contains(schema.Products(), cmp.Or(p.Catalog.Extends, p.Catalog.Product)) {
		products = append(products, cmp.Or(p.Catalog.Extends, p.Catalog.Product))
	}
	return render.Tool{Version: versionText(), Rules: rulebook.ListOf(products...)}
}
