package schema

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// earlier holds the earlier versions of the catalogs: catalogs/PRODUCT/VERSION/*.cue.
// They are no packages of the module, so a project does not vendor them.
//
//go:embed catalogs/*/*/catalog.cue
var earlier embed.FS

// SplitVersion splits PRODUCT@VERSION. Without a version, pinned is false.
func SplitVersion(name string) (product, version string, pinned bool) {
	return strings.Cut(name, "@")
}

// Versions returns the versions of a shipped catalog, newest first.
func Versions(product string) []string {
	list := []string{newest(product)}
	entries, err := fs.ReadDir(earlier, "catalogs/"+product)
	if err != nil {
		return list // it has no earlier version
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}

var versionLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^\tversion: +"([^"]+)"`) })

// newest reads the version of a catalog from its text, as evaluating it takes
// long. A test compares the two.
func newest(product string) string {
	text, err := FS.ReadFile("catalogs/" + product + "/catalog.cue")
	m := versionLine().FindSubmatch(text)
	if err != nil || m == nil {
		panic("no version in the catalog of " + product) // embedded, and tests read each: cannot fail
	}
	return string(m[1])
}

// Ships reports whether a name, PRODUCT or PRODUCT@VERSION, is a shipped catalog.
func Ships(name string) bool {
	product, version, pinned := SplitVersion(name)
	return slices.Contains(Products(), product) && (!pinned || slices.Contains(Versions(product), version))
}

// Catalogs returns the names of all shipped catalogs: each product, and each of its
// versions as PRODUCT@VERSION, newest first.
func Catalogs() (names []string) {
	for _, product := range Products() {
		names = append(names, product)
		for _, v := range Versions(product) {
			names = append(names, product+"@"+v)
		}
	}
	return names
}

// CatalogDir returns the folder of a shipped catalog in CatalogFS.
func CatalogDir(name string) string {
	product, version, pinned := SplitVersion(name)
	if !pinned || version == newest(product) {
		return "catalogs/" + product
	}
	return "catalogs/" + product + "/" + version
}

// CatalogSum returns the SHA-256 of the CUE files of a shipped catalog, one after the other in order of name.
func CatalogSum(name string) string {
	h := sha256.New()
	fsys, dir := CatalogFS(name), CatalogDir(name)
	names, err := fs.Glob(fsys, dir+"/*.cue")
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			panic(err)
		}
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// CatalogFS returns the files among which CatalogDir is.
func CatalogFS(name string) fs.FS {
	if strings.Count(CatalogDir(name), "/") > 1 {
		return earlier
	}
	return FS
}
