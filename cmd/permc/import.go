package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/importer"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/schema"
)

// importFlags are those of permc import.
type importFlags struct {
	observeFlags
	product, path, format string
}

func importCommand(g *globals) *cobra.Command {
	var in importFlags
	cmd := &cobra.Command{
		Use:   "import KIND FILE…",
		Short: "write a declaration of what a system exports",
		Long: `Reads files that administrators export, and writes what the project in this folder
does not declare yet; without a project, a whole declaration of --product.
Overwrites nothing and fetches nothing. KIND is one of
` + strings.Join(append(observe.Kinds, rolesKind), ", ") + `.
Ends with 1 if something was left out, or the result does not pass permc check.`,
		Example: examples(`
			permc import services-hub --how
			permc import services-hub emea.json --scope contoso -o imported.yaml
			permc import table users.xlsx --product call-manager --scope acme
			permc import dataverse users.json teams.json units.json -C access`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.importFiles(cmd, args[0], args[1:], &in)
		},
	}
	f := cmd.Flags()
	in.observeFlags.flags(f)
	f.Var(flags.ChoiceOr(&in.product, "PRODUCT", compiler.OwnProductHelp("NAME"), schema.Products()...), "product",
		"the product of a new project: "+strings.Join(schema.Products(), ", "))
	f.VarP(flags.File(&in.path, ""), "output", "o", "write this file, which must not exist (default: standard output)")
	f.Var(flags.Choice(&in.format, "FORMAT", "", importFormats...), "format",
		"format of the declaration: "+strings.Join(importFormats, ", ")+" (default: that of -o, or yaml)")
	return cmd
}

var importFormats = []string{"yaml", "cue", "jsonl", "csv"}

func (g *globals) importFiles(cmd *cobra.Command, kind string, files []string, in *importFlags) error {
	if kind != rolesKind {
		if err := checkKind(kind, rolesKind); err != nil {
			return err
		}
	}
	if in.how {
		return printHow(cmd, kind)
	}
	if err := in.chooseFormat(); err != nil {
		return err
	}
	if err := in.check(kind, files); err != nil {
		return err
	}
	g.leaveOutExports(files...)
	g.leaveOutExports(in.mapFile)
	project, err := g.projectHere(cmd)
	if err != nil {
		return err
	}
	if kind == rolesKind {
		return g.importRoles(cmd, files, project, in)
	}
	seen, err := in.observe(cmd, kind, files, project)
	if err != nil {
		return err
	}
	opts := importer.Options{Options: g.options(nil), Product: in.productOf(kind), Project: project, Map: in.names,
		Scope: in.scope, Format: in.format, Path: in.path}
	if project == nil && opts.Product == "" {
		return usage("there is no project here: name its product with --product, one of %s",
			strings.Join(schema.Products(), ", "))
	}
	done, err := importer.Import(cmd.Context(), seen, opts)
	var need *importer.NeedScope
	if errors.As(err, &need) {
		return usage("%w", err)
	}
	if err != nil {
		return failed(err)
	}
	return g.writeImport(cmd, in, done, seen)
}

// productOf returns the product of a new project.
func (in *importFlags) productOf(kind string) string {
	switch {
	case in.product != "":
		return in.product
	case kind == "services-hub" || kind == "m365dsc":
		return "services-hub"
	case kind == "dataverse" || kind == rolesKind:
		return "dynamics-365-customer-service"
	}
	return ""
}

func (in *importFlags) chooseFormat() error {
	if in.format == "" {
		in.format = "yaml"
		if ext := strings.TrimPrefix(filepath.Ext(in.path), "."); ext != "" {
			if in.format = strings.Replace(ext, "yml", "yaml", 1); flags.CheckChoice(in.format, importFormats) != nil {
				return usage("-o %s: end its name in .yaml, .cue, .jsonl or .csv, or add --format", in.path)
			}
		}
	}
	for _, path := range []string{in.path, in.restPath()} {
		if path == "" || isStandardOutput(path) {
			continue
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return usage("%s exists already: permc import overwrites nothing; name another file with -o", path)
		}
	}
	return nil
}

// restPath returns the file for what a format of users alone cannot say, or "".
func (in *importFlags) restPath() string {
	if in.format != "csv" && in.format != "jsonl" || isStandardOutput(in.path) {
		return ""
	}
	return strings.TrimSuffix(in.path, filepath.Ext(in.path)) + ".yaml"
}

// projectHere returns the project of this folder, or nil if there is none.
func (g *globals) projectHere(cmd *cobra.Command) (*compiler.Project, error) {
	p, err := g.bound(cmd, nil)
	if errors.Is(err, load.ErrNoDeclaration) {
		return nil, nil
	}
	return p, err
}

func (g *globals) writeImport(cmd *cobra.Command, in *importFlags, done *importer.Result,
	seen *observe.Observation) error {
	if done.Project.Policy == nil && done.Text == nil {
		return g.stopped(cmd, done.Project)
	}
	w := cmd.ErrOrStderr()
	if in.restPath() == "" && done.NeedRest {
		return usage("%s has users alone: name a file with -o, and the rest comes beside it as .yaml", in.format)
	}
	if err := in.writeFiles(cmd, done); err != nil {
		return err
	}
	for _, g := range seen.Gaps {
		fmt.Fprintf(w, "partial: %s:%d: %s\n", render.Safe(seen.Files[g.File].Name), max(1, g.Line),
			render.Safe(g.What))
	}
	for _, n := range append(seen.Notes, done.Notes...) {
		fmt.Fprintf(w, "note: %s\n", render.Safe(n))
	}
	for i := range done.Left {
		fmt.Fprintf(w, "left out: %s\n", render.Safe(done.Left[i].Message))
		if help := done.Left[i].Help; help != "" {
			fmt.Fprintf(w, "help: %s\n", render.Safe(help))
		}
	}
	fmt.Fprintf(w, "permc: wrote %s of %s\n", render.Count(done.Entries, "entry", "entries"),
		render.Plural(done.Users, "user"))
	return g.judgeImport(cmd, done)
}

// writeFiles writes the result, all of it or nothing.
func (in *importFlags) writeFiles(cmd *cobra.Command, done *importer.Result) error {
	text := done.Text
	if in.format != "csv" {
		text = render.SafeJSON(text) // every name is a string of JSON
	}
	if in.restPath() != "" {
		return createFiles([]newFile{{in.path, text}, {in.restPath(), render.SafeJSON(done.Rest)}})
	}
	if len(text) == 0 {
		return nil
	}
	out, err := create(in.path, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	if in.format == "csv" {
		out.guard("text")
	}
	_, err = out.Write(text)
	if err := out.close(err); err != nil {
		return failed(err)
	}
	return nil
}

// judgeImport says why the result does not pass permc check, if so.
func (g *globals) judgeImport(cmd *cobra.Command, done *importer.Result) error {
	r := g.report(done.Project, done.Findings)
	if s := r.Summary(); s.Errors > 0 || done.Project.Policy == nil {
		if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
			return failed(err)
		}
		return exit{code: exitFindings}
	}
	if len(done.Left) > 0 {
		return exit{code: exitFindings}
	}
	return nil
}
