package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/load/observe/match"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/xlsx"
)

// observeFlags say how to read exports.
type observeFlags struct {
	mapFile, scope, group string
	read                  policy.Date
	partial, how          bool

	names *observe.Map
}

func (o *observeFlags) flags(f *pflag.FlagSet) {
	f.Var(flags.File(&o.mapFile, ""), "map",
		"say in this YAML or JSON file what names of the system mean here, and what to ignore")
	f.Var(flags.Date(&o.read), "read", "the day on which the files were exported")
	f.Var(flags.Scope(&o.scope), "scope", "the scope that the files are about, if they do not name it")
	f.Var(flags.Group(&o.group), "group", "the group whose members the files list, if they do not name it")
	f.BoolVar(&o.partial, "partial", false, "accept half an export: compare only what is complete")
	f.BoolVar(&o.how, "how", false, "print how to export the files, and do nothing else")
}

// splitFiles returns the exports among some arguments, and the paths of the project behind them: folders, and files
// in formats that declarations alone have.
func splitFiles(args []string) (files, paths []string) {
	for i, a := range args {
		info, err := os.Stat(a)
		ext := strings.ToLower(filepath.Ext(a))
		if err == nil && info.IsDir() || ext == ".cue" || ext == ".yaml" || ext == ".yml" || ext == ".jsonl" {
			return args[:i], args[i:]
		}
	}
	return args, nil
}

// checkKind returns wrong usage for an unknown kind.
func checkKind(kind string, more ...string) error {
	if err := flags.CheckChoice(kind, append(more, observe.Kinds...)); err != nil {
		return usage("unknown kind of export %s; %w", diag.Quote(kind), err)
	}
	return nil
}

// check returns an error for no files, or a map file that cannot be read.
func (o *observeFlags) check(kind string, files []string) error {
	if len(files) == 0 {
		return usage("name the files of the export; permc import %s --how says how to make them", kind)
	}
	return o.readMap()
}

// leaveOutExports keeps exports and map files from being read as parts of the project, if they are in its folder. It
// makes room for them.
func (g *globals) leaveOutExports(names ...string) {
	var bytes int64
	for _, name := range names {
		if info, err := os.Stat(name); name != "" && err == nil {
			g.exports = append(g.exports, info)
			bytes += info.Size()
		}
	}
	g.makeRoom(bytes)
}

// observe reads exports for a project, or for a new one if p is nil. Half an export is an error, unless it is accepted.
func (o *observeFlags) observe(cmd *cobra.Command, kind string, files []string,
	p *compiler.Project) (*observe.Observation, error) {
	exact := false
	if p != nil {
		o.nameScopes(p.Policy)
		exact = p.Policy.Catalog.ExactUsers
	}
	var inputs []observe.Input
	for _, name := range files {
		in, err := readInput(name)
		if err != nil {
			return nil, failed(err)
		}
		inputs = append(inputs, in)
	}
	seen, err := observe.Read(kind, inputs, observe.Options{Map: o.names, Scope: o.scope, Group: o.group,
		Partial: o.partial, Exact: exact, Read: o.read})
	var no *observe.Refused
	if errors.As(err, &no) {
		return nil, refused(cmd.ErrOrStderr(), no)
	}
	if err != nil {
		return nil, failed(err)
	}
	if len(seen.Gaps) > 0 && !o.partial {
		return nil, incomplete(cmd.ErrOrStderr(), seen)
	}
	return seen, nil
}

// nameScopes replaces what --scope and the map say that files are about by the paths of declared scopes.
func (o *observeFlags) nameScopes(p *policy.Policy) {
	o.scope = match.PathOf(p, o.scope)
	if o.names == nil {
		return
	}
	o.names.Scope = match.PathOf(p, o.names.Scope)
	for name, f := range o.names.Files {
		f.Scope = match.PathOf(p, f.Scope)
		o.names.Files[name] = f
	}
}

func (o *observeFlags) readMap() error {
	if o.mapFile == "" {
		return nil
	}
	raw, err := os.ReadFile(o.mapFile)
	if err != nil {
		return failed(err)
	}
	if o.names, err = observe.ParseMap(raw); err != nil {
		return failed(fmt.Errorf("%s: %w", o.mapFile, err))
	}
	return nil
}

// readInput reads an export: text, or a workbook.
func readInput(name string) (in observe.Input, err error) {
	f, err := os.Open(name)
	if err != nil {
		return in, err
	}
	defer f.Close()
	tooLarge := fmt.Errorf("%s: larger than %d MiB, the limit of an export", name, observe.MostBytes>>20)
	size := 0
	if info, err := f.Stat(); err == nil {
		if info.Size() > observe.MostBytes {
			return in, tooLarge // at once, without reading it
		}
		size = int(info.Size())
	}
	raw, err := observe.ReadRaw(f, size)
	if err != nil {
		return in, err
	}
	if len(raw) > observe.MostBytes {
		return in, tooLarge
	}
	in = observe.Input{Name: name, Raw: raw}
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")) && !strings.HasSuffix(strings.ToLower(name), ".zip"):
		in.Book = &observe.Book{}
		if err := xlsx.Read(raw, in.Book); err != nil {
			return in, fmt.Errorf("%s: %w", name, err)
		}
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")):
		return in, fmt.Errorf("%s: an .xls or password-protected workbook: save it as .xlsx without a password", name)
	}
	return in, nil
}

// refused says why a file is no export of its kind.
func refused(w io.Writer, no *observe.Refused) error {
	fmt.Fprintf(w, "permc: %s\n", render.Safe(no.Error()))
	if no.Help != "" {
		fmt.Fprintf(w, "help: %s\n", render.Safe(no.Help))
	}
	return exit{code: exitUnreadable}
}

// incomplete says what is missing, and how to get it.
func incomplete(w io.Writer, seen *observe.Observation) error {
	for i, g := range seen.Gaps {
		if i == 20 {
			fmt.Fprintf(w, "…and %d more\n", len(seen.Gaps)-i)
			break
		}
		at := seen.Position(g.Place)
		if at.Line == 0 {
			at = policy.Position{File: seen.Files[g.File].Name, Line: 1}
		}
		fmt.Fprintf(w, "%s:%d: %s\n", render.Safe(at.File), at.Line, render.Safe(g.What))
		if g.Help != "" {
			fmt.Fprintf(w, "help: %s\n", render.Safe(g.Help))
		}
	}
	fmt.Fprintf(w, "permc: the export is not complete; --partial compares only what is\n")
	return exit{code: exitUnreadable}
}

// fresh returns an error if the files were made too long ago. Without --read, the oldest file counts.
func (o *observeFlags) fresh(files []string, asOf policy.Date, most int) error {
	if most < 0 {
		return nil
	}
	day, which := o.read, "--read"
	if day == 0 {
		var err error
		if day, which, err = oldestOf(files); err != nil {
			return failed(err)
		}
	}
	if day > asOf {
		return failed(fmt.Errorf("the export is dated %s, by %s, which is after %s: its age is unknown; correct --read",
			day, which, asOf))
	}
	if age := int(asOf - day); age > most {
		return failed(fmt.Errorf("the export is %d days old (%s, by %s), and may have %d: export it again", age, day,
			which, most))
	}
	return nil
}

// oldestOf returns the day of the oldest file.
func oldestOf(files []string) (day policy.Date, which string, err error) {
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			return 0, "", err
		}
		if d := policy.DateOf(info.ModTime().Truncate(time.Second)); day == 0 || d < day {
			day, which = d, name
		}
	}
	return day, which, nil
}
