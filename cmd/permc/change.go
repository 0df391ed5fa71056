package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// changeFlags are those of every command that edits what somebody has.
type changeFlags struct{ diff bool }

func (c *changeFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&c.diff, "diff", "d", false, "print a unified diff, and write nothing")
}

// change makes some edits, and writes them unless permc check would newly fail.
func (g *globals) change(cmd *cobra.Command, p *compiler.Project, paths []string, steps []change.Step,
	c *changeFlags) error {
	if err := oneProject(p, paths, cmd.Name()); err != nil {
		g.stopProgress()
		return err
	}
	r, err := g.tryChange(cmd, p, paths, steps)
	if err != nil {
		return failed(err)
	}
	if r.Blocked() {
		return g.refuse(cmd, r)
	}
	return g.writeChange(cmd, r, c, steps[0].Delete)
}

// tryChange makes some edits in memory. Edits that break a rule are refused even if --fail-on is never.
func (g *globals) tryChange(cmd *cobra.Command, p *compiler.Project, paths []string, steps []change.Step) (
	*change.Result, error) {
	failOn := g.failLevel(p.Policy)
	if failOn == "never" {
		failOn = "error"
	}
	r, err := change.Make(cmd.Context(), p, g.options(paths), steps, failOn, render.NewKeys)
	g.stopProgress()
	return r, err
}

// writeChange writes the changed files, or prints a diff of them, and says what changes for people.
func (g *globals) writeChange(cmd *cobra.Command, r *change.Result, c *changeFlags, removes bool) error {
	to := cmd.OutOrStdout()
	if c.diff {
		if err := writeDiffs(cmd, "", r.Files); err != nil {
			return failed(err)
		}
		to = cmd.ErrOrStderr()
	} else if err := replace(r.Files); err != nil {
		return failed(err)
	}
	return g.sayChange(to, r, !c.diff, removes)
}

// refuse prints the findings for which an edit is not made.
func (g *globals) refuse(cmd *cobra.Command, r *change.Result) error {
	w := cmd.ErrOrStderr()
	if err := render.FindingsText(w, g.report(r.After, r.Refused()), styleOf(w)); err != nil {
		return failed(err)
	}
	fmt.Fprintf(w, "permc: nothing was written because of the findings above\n")
	return exit{code: exitFindings}
}

// sayChange says which files were written, what else went, and what changes for people.
func (g *globals) sayChange(to io.Writer, r *change.Result, wrote, deleted bool) error {
	out, err := create("", to)
	if err != nil {
		return err
	}
	out.guard("text")
	if wrote {
		for _, f := range r.Files {
			fmt.Fprintf(out, "wrote %s\n", render.Safe(f.Name))
		}
	}
	if text := countReferences(r.Gone); text != "" && deleted {
		fmt.Fprintf(out, "removed too: %s\n", text)
	}
	fmt.Fprintln(out)
	d := &render.Diff{Answer: r.Answer, Verbose: g.verbose}
	if err := out.close(render.WriteDiff(out, d, "text", render.With{Style: styleOf(out.raw)})); err != nil {
		return failed(err)
	}
	return nil
}

// countReferences counts what named a user who is no longer there.
func countReferences(gone []change.Fact) string {
	count := map[string]int{}
	for _, f := range gone {
		if f.Names != "" && f.Kind != "user" {
			count[f.Kind]++
		}
	}
	var parts []string
	for _, kind := range []string{"member", "owner", "waiver", "review", "expectation"} {
		switch n := count[kind]; {
		case n == 0:
		case kind == "member":
			parts = append(parts, render.Plural(n, "membership"))
		case kind == "owner":
			parts = append(parts, render.Plural(n, "ownership"))
		default:
			parts = append(parts, render.Plural(n, kind))
		}
	}
	return strings.Join(parts, ", ")
}

// holder resolves a user, or a group written as group:ID.
func (n *names) holder(arg, name string) (*policy.User, *policy.Group) {
	if group, ok := strings.CutPrefix(name, "group:"); ok {
		return nil, n.group(arg, group)
	}
	user := n.user(arg, name)
	if help := groupHelp(n.policy, name); user == nil && help != "" {
		n.err = usage("%s %q: there is no such user; %s", arg, name, help)
	}
	return user, nil
}

// oneProject fails if an edit was asked for without a path, and the files here look like several projects: what one of
// them repeats or lacks may be right in the other.
func oneProject(p *compiler.Project, paths []string, command string) error {
	if len(paths) > 0 || len(p.Apart) < 2 {
		return nil
	}
	return usage("%s and %s both declare a product: name the project as the last argument, such as permc %s … %s; or "+
		"., if they are one",
		p.Apart[0], p.Apart[1], command, p.Apart[0])
}
