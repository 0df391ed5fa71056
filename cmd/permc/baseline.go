package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/silence/baseline"
)

// baselineFlags are which findings are known, and where they are to be kept.
type baselineFlags struct {
	source, target string

	known *baseline.Baseline // of source, or nil
	next  *baseline.Baseline // for target
}

func (f *baselineFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.source, "baseline", "", "do not count the findings that `FILE` lists")
}

// read reads the baseline, before the work begins.
func (f *baselineFlags) read(watch bool) error {
	if watch && f.target != "" {
		return usage("--write-baseline does not go with --watch")
	}
	if f.target != "" && isStandardOutput(f.target) {
		return usage("--write-baseline %s: want a file; findings go to standard output", f.target)
	}
	if f.source == "" {
		return nil
	}
	data, err := os.ReadFile(f.source)
	if os.IsNotExist(err) {
		return failed(fmt.Errorf("--baseline %s: there is no such file; check --write-baseline %s makes it", f.source, f.source))
	}
	if err != nil {
		return failed(err)
	}
	if f.known, err = baseline.Read(f.source, data, rules.Lasting); err != nil {
		return failed(err)
	}
	return nil
}

// report marks the findings that are known. A project that cannot be evaluated
// has others, and nothing of the baseline is fixed then.
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

// tell says which findings of the baseline are gone, so that it shrinks.
func (f *baselineFlags) tell(w io.Writer, r *render.Findings) {
	if len(r.Fixed) == 0 {
		return
	}
	n := (&baseline.Baseline{Entries: r.Fixed}).Total()
	fmt.Fprintf(w, "permc: fixed, or waived meanwhile: %d in the baseline %s\n", n, render.Safe(f.source))
	const most = 50
	for i, e := range r.Fixed {
		if i == most {
			fmt.Fprintf(w, "  and %d more\n", len(r.Fixed)-most)
			break
		}
		fmt.Fprintf(w, "  %s\n", render.Safe(entryWords(&e)))
	}
	if f.target == "" {
		fmt.Fprintf(w, "permc: check --baseline %[1]s --write-baseline %[1]s takes them out\n", render.Safe(f.source))
	}
}

func entryWords(e *baseline.Entry) string {
	words := []string{e.Rule}
	for _, x := range [][2]string{{"", e.User}, {"group ", e.Group}, {"role ", e.Role}, {"permission ", e.Permission}, {"action ", e.Action}, {"on ", e.Scope}} {
		if x[1] != "" {
			words = append(words, x[0]+x[1])
		}
	}
	if e.Count > 1 {
		words = append(words, fmt.Sprintf("(%d times)", e.Count))
	}
	return strings.Join(words, " ")
}

// write writes the baseline, whole or not at all; not of a project that cannot
// be evaluated. It reports whether it has.
func (f *baselineFlags) write(stderr io.Writer, r *render.Findings) (done bool, err error) {
	if f.target == "" {
		return false, nil
	}
	if r.Policy == nil {
		fmt.Fprintf(stderr, "permc: %s is not written: errors that stop the table cannot be put in a baseline\n", render.Safe(f.target))
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
		fmt.Fprintf(stderr, "permc: findings that are not: %d\n", s.Errors+s.Warnings)
	}
	return true, nil
}
