// Package schema embeds the CUE module permc.dev: what may be said, and the
// shipped catalogs of products.
package schema

import (
	"embed"
	"io/fs"
	"slices"
	"unsafe"
)

// FS holds the CUE files: schema/*.cue and catalogs/PRODUCT/*.cue. A file's
// path without its name is its import path below permc.dev.
//
//go:embed schema/*.cue catalogs/*/*.cue
var FS embed.FS

//go:embed catalogs/*/rules/*.cue
var examples embed.FS

// Example returns a project in one CUE file in which a shipped rule fires, and the
// same project fixed.
func Example(product, rule string) (fires, fixed string) {
	read := func(suffix string) string {
		text, err := examples.ReadFile("catalogs/" + product + "/rules/" + rule + suffix)
		if err != nil {
			panic(err) // embedded, and tests read each: cannot fail
		}
		return string(text)
	}
	return read(".fires.cue"), read(".fixed.cue")
}

// Shape is the derived type of a declaration, as compiler/load/shape writes it. A
// test keeps it in step with the CUE.
//
//go:embed shape.json
var Shape []byte

// Source returns the text of the schema package, which Shape was derived from.
func Source() (text []byte) { return readPackage(FS, "schema") }

//go:embed catalogs/*/baked.txt catalogs/*/*/baked.txt
var baked embed.FS

// BakedCatalog returns what the CUE of a shipped catalog evaluates to, as
// compiler/load writes it. A test keeps it in step with the CUE.
func BakedCatalog(name string) string {
	text, err := baked.ReadFile(CatalogDir(name) + "/baked.txt")
	if err != nil {
		return "" // of a new catalog, until it is written
	}
	return unsafe.String(unsafe.SliceData(text), len(text)) // it is long, and a copy already
}

// CatalogSource returns the text of the package of a shipped catalog.
func CatalogSource(name string) []byte { return readPackage(CatalogFS(name), CatalogDir(name)) }

// readPackage returns the names and texts of the CUE files in a folder.
func readPackage(fsys fs.FS, dir string) (text []byte) {
	names, err := fs.Glob(fsys, dir+"/*.cue")
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			panic(err)
		}
		text = append(append(text, name...), '\n')
		text = append(text, data...)
	}
	return text
}

// Products returns the ids of the shipped catalogs, sorted.
func Products() []string {
	entries, err := fs.ReadDir(FS, "catalogs")
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	var list []string
	for _, e := range entries {
		if e.IsDir() {
			list = append(list, e.Name())
		}
	}
	slices.Sort(list)
	return list
}
