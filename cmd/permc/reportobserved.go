package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// observedFlags name exports to compare a report with.
type observedFlags struct {
	exports, maps []flags.Export
	read          policy.Date
	partial       bool
	maxAge        int
}

func (o *observedFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	o.maxAge = -1
	f.Var(flags.Exports(&o.exports, observe.Kinds), "observed",
		"say on the page whether what is declared is really there, in this export, as permc drift does; may be "+
			"repeated")
	f.Var(flags.AboutExports(&o.maps, observe.Kinds), "map",
		"with --observed: what names of the system mean here, as in permc drift; may be repeated, once for a kind")
	f.Var(flags.Date(&o.read), "read", "with --observed: the day on which the files were exported (default: their own)")
	f.BoolVar(&o.partial, "partial", false, "with --observed: accept half an export, and compare only what is complete")
	f.Var(flags.Days(&o.maxAge), "max-age", "with --observed: end with 3 if the files are older, e.g. 7d")
}

// check returns wrong usage for flags that need --observed, and for several maps of a kind.
func (o *observedFlags) check(cmd *cobra.Command) error {
	if len(o.exports) == 0 {
		for _, name := range []string{"map", "read", "partial", "max-age"} {
			if cmd.Flags().Changed(name) {
				return usage("--%s: add --observed KIND=FILE, the exports that it is about", name)
			}
		}
	}
	seen := map[string]bool{}
	for _, m := range o.maps {
		if seen[m.Kind] {
			return usage("--map %s: there is one map file already; use --map KIND=FILE, one for a kind", m.File)
		}
		seen[m.Kind] = true
	}
	return nil
}

// leaveOut keeps the exports and map files from being read as parts of the project.
func (o *observedFlags) leaveOut(g *globals) {
	var names []string
	for _, x := range append(slices.Clone(o.exports), o.maps...) {
		names = append(names, x.File)
	}
	g.leaveOutExports(names...)
}

// compare reads the exports and compares each kind with the project.
func (o *observedFlags) compare(cmd *cobra.Command, g *globals, p *compiler.Project) (list []*drift.Drift, err error) {
	for _, kind := range observe.Kinds {
		var files []string
		for _, e := range o.exports {
			if e.Kind == kind {
				files = append(files, e.File)
			}
		}
		if len(files) == 0 {
			continue
		}
		d, err := o.compareKind(cmd, g, p, kind, files)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

func (o *observedFlags) compareKind(cmd *cobra.Command, g *globals, p *compiler.Project, kind string, files []string) (
	*drift.Drift, error) {
	in := observeFlags{mapFile: o.mapOf(kind), read: o.read, partial: o.partial}
	if err := in.readMap(); err != nil {
		return nil, err
	}
	if err := in.fresh(files, g.date, o.maxAge); err != nil {
		return nil, err
	}
	seen, err := in.observe(cmd, kind, files, p)
	if err != nil {
		return nil, err
	}
	if seen.Read == 0 {
		day, which, err := oldestOf(files)
		if err != nil {
			return nil, failed(err)
		}
		seen.Read = day
		seen.Notes = append(seen.Notes, fmt.Sprintf("the day is that of the file %s; --read gives another", which))
	}
	d, err := drift.Ask(cmd.Context(), p, seen, drift.Options{Map: in.names})
	if err != nil {
		return nil, failed(err)
	}
	return d, nil
}

// mapOf returns the map file of a kind, or else that of all kinds, or "".
func (o *observedFlags) mapOf(kind string) (path string) {
	for _, m := range o.maps {
		if m.Kind == kind || m.Kind == "" && path == "" {
			path = m.File
		}
	}
	return path
}
