package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/silence/baseline"
)

// baselineFlags holds the known findings, and the file to keep them in.
type baselineFlags struct {
	source, target string

	known *baseline.Baseline // of source, or nil
	next  *baseline.Baseline // for target
}

func (f *baselineFlags) flags(cmd *cobra.Command) {
	cmd.Flags().Var(flags.File(&f.source, ""), "baseline", "do not count the findings listed in this file")
}

// read reads the baseline, before the work begins.
func (f *baselineFlags) read(watch bool) error {
	if watch && f.target != "" {
		return usage("--write-baseline cannot be combined with --watch")
	}
	if f.source == "" {
		return nil
	}
	data, err := os.ReadFile(f.source)
	if os.IsNotExist(err) {
		return failed(fmt.Errorf("--baseline %s: no such file; permc check --write-baseline %s creates it", f.source,
			f.source))
	}
	if err != nil {
		return failed(err)
	}
	if f.known, err = baseline.Read(f.source, data, rules.Lasting); err != nil {
		return failed(err)
	}
	return nil
}

// report marks the known findings. It leaves the findings of a project that cannot be evaluated alone: they say
// nothing about what is fixed.
func (f *baselineFlags) report(r *render.Findings) *render.Findings {
	if r.Policy == nil {
		return r
	}
	if f.known != nil {
		r.Fixed = f.known.Mark(r.Findings)
		f.next = f.known.Without(r.Fixed)
	} else if f.target != "" {
		f.next = baseline.Of(r.Findings, rules.Lasting)
		f.next.Mark(r.Findings)
	}
	return r
}

// printFixed lists the findings of the baseline that are gone, so that it can shrink.
func (f *baselineFlags) printFixed(w io.Writer, r *render.Findings) {
	if len(r.Fixed) == 0 {
		return
	}
	n := (&baseline.Baseline{Entries: r.Fixed}).Total()
	fmt.Fprintf(w, "permc: fixed or waived since the baseline %[2]s: %[1]d\n", n, render.Safe(f.source))
	const most = 50
	for i, e := range r.Fixed {
		if i == most {
			fmt.Fprintf(w, "  and %d more\n", len(r.Fixed)-most)
			break
		}
		fmt.Fprintf(w, "  %s\n", render.Safe(entryWords(&e)))
	}
	if f.target == "" {
		fmt.Fprintf(w, "help: permc check --baseline %[1]s --write-baseline %[1]s removes them\n",
			render.Safe(f.source))
	}
}

func entryWords(e *baseline.Entry) string {
	words := []string{e.Rule}
	for _, x := range [][2]string{{"", e.User}, {"group ", e.Group}, {"role ", e.Role}, {"permission ", e.Permission},
		{"action ", e.Action}, {"on ", e.Scope}} {
		if x[1] != "" {
			words = append(words, x[0]+x[1])
		}
	}
	if e.Count > 1 {
		words = append(words, fmt.Sprintf("(%d times)", e.Count))
	}
	return strings.Join(words, " ")
}

// write writes the baseline, whole or not at all, unless the project cannot be evaluated. It reports whether it has.
func (f *baselineFlags) write(stderr io.Writer, r *render.Findings) (done bool, err error) {
	if f.target == "" {
		return false, nil
	}
	if r.Policy == nil {
		fmt.Fprintf(stderr, "permc: %s was not written: a baseline cannot hold errors that stop the table\n",
			render.Safe(f.target))
		return false, nil
	}
	out, err := create(f.target, nil)
	if err != nil {
		return false, err
	}
	var text bytes.Buffer
	if err = f.next.Write(&text); err == nil {
		_, err = out.Write(render.SafeJSON(text.Bytes()))
	}
	if err := out.closeDurably(err); err != nil {
		return false, failed(err)
	}
	fmt.Fprintf(stderr, "permc: findings in the baseline %s: %d\n", render.Safe(f.target), f.next.Total())
	if s := r.Summary(); s.Errors+s.Warnings > 0 {
		fmt.Fprintf(stderr, "permc: other findings: %d\n", s.Errors+s.Warnings)
	}
	return true, nil
}
