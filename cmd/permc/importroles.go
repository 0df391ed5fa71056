package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/importer"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/render"
)

// rolesKind is a kind of export that is about roles, and so for import alone.
const rolesKind = "dataverse-roles"

// importRoles writes the roles of solutions as roles of the catalog.
func (g *globals) importRoles(cmd *cobra.Command, files []string, project *compiler.Project, in *importFlags) error {
	if in.format != "yaml" && in.format != "cue" {
		return usage("--format %s: roles are written in yaml or cue", in.format)
	}
	var inputs []observe.Input
	names, err := xmlFiles(files)
	if err != nil {
		return failed(err)
	}
	for _, name := range names {
		x, err := readInput(name)
		if err != nil {
			return failed(err)
		}
		inputs = append(inputs, x)
	}
	roles, err := observe.ReadRoles(inputs)
	var no *observe.Refused
	if errors.As(err, &no) {
		return refused(cmd.ErrOrStderr(), no)
	}
	if err != nil {
		return failed(err)
	}
	opts := importer.Options{Options: g.options(nil), Product: in.productOf(rolesKind), Project: project,
		Format: in.format}
	done, err := importer.Roles(cmd.Context(), roles, inputs, opts)
	if err != nil {
		return failed(err)
	}
	if err := in.writeFiles(cmd, done); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "permc: wrote %s\n", render.Plural(len(roles), "role"))
	return g.judgeImport(cmd, done)
}

// xmlFiles returns the files, and the role files in folders of unpacked solutions.
func xmlFiles(paths []string) (list []string, err error) {
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			list = append(list, p)
			continue
		}
		before := len(list)
		err = filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.EqualFold(filepath.Ext(name), ".xml") &&
				filepath.Base(filepath.Dir(name)) == "Roles" {
				list = append(list, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(list) == before {
			return nil, fmt.Errorf("%s: no folder Roles with .xml files in it", p)
		}
	}
	return list, nil
}
