// Package starter makes the first files of a project from a catalog: a
// declaration, the schema for CUE and for editors, and the CI files.
package starter

import (
	"context"
	"fmt"
	"path"
	"strings"

	"permc.dev/permc/compiler"
	layout "permc.dev/permc/compiler/edit/layout"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// The paths of files in a project.
const (
	Editor   = ".permc/schema.json"
	Module   = "cue.mod/module.cue"
	Vendored = "cue.mod/pkg/permc.dev"
)

// module is the CUE module file, with the lowest language version that the schema
// needs.
const module = "module: \"permc.local/access@v0\"\nlanguage: version: \"v0.9.0\"\n"

// Files returns the files of a new project: the declaration in CUE or YAML, which ignores some files, and the schema
// for editors. Only a project in CUE gets the schema for plain CUE.
func Files(c *policy.Catalog, format string, from *People, ignore []string) (map[string][]byte, error) {
	e, err := exampleFor(c, from, ignore)
	if err != nil {
		return nil, err
	}
	editor, err := JSONSchema(c)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{Editor: editor}
	if format == "yaml" {
		files["access.yaml"] = []byte(e.yaml(from))
		return files, nil
	}
	for name, text := range schema.Vendored() {
		files[path.Join(Vendored, name)] = text
	}
	files[Module], files["schema.cue"] = []byte(module), []byte(constraints)
	files["access.cue"], err = layout.CUE("access.cue", []byte(e.cue(from)))
	return files, err
}

// constraints lets plain CUE check the declaration. They are in a file of their
// own so that a declaration needs no import.
const constraints = `// The schema of the declaration, for cue vet and editors of CUE. permc check does
// not need this file. The schema is in cue.mod/pkg/permc.dev.
package access

import "permc.dev/schema"

product?:     schema.#Name
catalog?:     schema.#OwnCatalog
scopes?:      schema.#Scopes
domains?:     schema.#Domains
users?:       schema.#Users
groups?:      schema.#Groups
invitations?: schema.#Invitations
rules?:       schema.#Rules
waivers?:     schema.#Waivers
reviews?:     schema.#Reviews
expect?:      schema.#Expectations
settings?:    schema.#Settings
gates?:       schema.#Gates
owners?:      schema.#Owners
people?:      schema.#People
`

// example is the part of a starter that depends on the product.
type example struct {
	catalog *policy.Catalog
	role    *policy.Role
	who     string // affiliation, or ""
	scope   string // where the role is assigned
	ignore  []string
}

// exampleOf finds a role that one user can hold without a finding. It tries each
// one, as only the product's rules know.
func exampleOf(c *policy.Catalog) (*example, error) {
	kinds := []string{""}
	if len(c.Affiliations) > 0 {
		kinds = nil
	}
	for _, a := range c.Affiliations {
		kinds = append(kinds, a.ID.Name)
	}
	for _, who := range kinds {
		for _, r := range c.Roles {
			if who != "" && !r.Admits(who) {
				continue
			}
			if e := (&example{catalog: c, role: r, who: who, scope: scopeOf(c, r)}); e.clean() {
				return e, nil
			}
		}
	}
	return nil, fmt.Errorf("no role of %s can be held alone: start with one of the examples", c.Product)
}

// names holds the ids of the example's scopes, by level.
var names = []string{"contoso", "emea", "sales"}

func scopeOf(c *policy.Catalog, r *policy.Role) string {
	depth := 1
	way := wayTo(c, r)
	for !r.Levels.Has(way[depth-1]) && depth < len(way) {
		depth++
	}
	return path.Join(exampleLevels(c, r)[:depth]...)
}

// exampleLevels returns the ids of the example's scopes, outermost first.
func exampleLevels(c *policy.Catalog, r *policy.Role) (list []string) {
	fitting := c.Outermost
	for i, level := range wayTo(c, r) {
		id := names[min(i, len(names)-1)]
		if _, isOne := fitting.Only(); !isOne {
			id = c.Levels[level] + ":" + id
		}
		list, fitting = append(list, id), c.Inside[level]
	}
	return list
}

// wayTo returns the levels of a line, or those that lead to one of a role.
func wayTo(c *policy.Catalog, r *policy.Role) []int {
	if !c.Branching {
		way := make([]int, len(c.Levels))
		for i := range way {
			way[i] = i
		}
		return way
	}
	var seen policy.LevelSet
	var find func(fitting policy.LevelSet) []int
	find = func(fitting policy.LevelSet) []int {
		for level := range c.Levels {
			if !fitting.Has(level) || seen.Has(level) {
				continue
			}
			if r.Levels.Has(level) {
				return []int{level}
			}
			seen |= 1 << level
			if way := find(c.Inside[level]); way != nil {
				return append([]int{level}, way...)
			}
		}
		return nil
	}
	return find(c.Outermost)
}

func (e *example) clean() bool {
	findings, err := checkFiles(map[string][]byte{"access.cue": []byte(e.cue(nil))})
	return err == nil && findings == 0
}

// checkFiles counts the findings in files that are not on a disk.
func checkFiles(files map[string][]byte) (int, error) {
	ctx := context.Background()
	opts := compiler.Options{Paths: []string{"."}, Limits: load.DefaultLimits, FS: load.InMemory(files)}
	p, err := compiler.Load(ctx, opts)
	if err != nil {
		return 0, err
	}
	found, err := p.Findings(ctx)
	return len(found), err
}

func joinIDs[T any](all []T, id func(T) string) string {
	var ids []string
	for i, x := range all {
		if i == 6 {
			return strings.Join(ids, ", ") + ", …"
		}
		ids = append(ids, id(x))
	}
	return strings.Join(ids, ", ")
}
