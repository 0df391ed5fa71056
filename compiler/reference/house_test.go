package reference_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// storeys are the rooms of the house from the ground up. A package may import the storeys below and its own room, but
// not the rooms beside it. Tests may import anything; compiler/reference has only tests.
var storeys = []string{
	"compiler/internal schema",
	"compiler/policy",
	"compiler/diag",
	"compiler/load compiler/resolve compiler/flatten compiler/lint compiler/silence",
	"compiler",
	"compiler/ask",
	"compiler/edit",
	"compiler/render",
	"cmd",
}

// TestHouse reads the imports: an import from the wrong storey would make the phases depend on each other.
func TestHouse(t *testing.T) {
	const module = "permc.dev/permc/"
	for _, top := range []string{"schema", "compiler", "cmd"} {
		err := fs.WalkDir(os.DirFS("../.."), top, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			from, storey := roomOf(path.Dir(name))
			if from == "" {
				t.Errorf("%s is in no room of the house", path.Dir(name))
			}
			f, err := parser.ParseFile(token.NewFileSet(), "../../"+name, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, spec := range f.Imports {
				p, _ := strconv.Unquote(spec.Path.Value)
				ours, ok := strings.CutPrefix(p, module)
				if to, below := roomOf(ours); ok && to != from && below >= storey {
					t.Errorf("%s imports %s, which is not below it", name, ours)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// roomOf returns the room of a package and its storey.
func roomOf(pkg string) (room string, storey int) {
	for i, rooms := range storeys {
		for _, r := range strings.Fields(rooms) {
			if (pkg == r || strings.HasPrefix(pkg, r+"/")) && len(r) > len(room) {
				room, storey = r, i
			}
		}
	}
	if room == "compiler" && pkg != room {
		return "", 0
	}
	return room, storey
}
