package compiler_test

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

// mayImport are the packages of ours that each package may import: nouns by
// anyone, verbs by the compiler alone.
var mayImport = map[string]string{
	"compiler/policy":     "compiler/parallel",
	"compiler/diag":       "compiler/policy",
	"compiler/tree":       "compiler/policy",
	"compiler/arena":      "",
	"compiler/parallel":   "",
	"compiler/child":      "",
	"compiler/progress":   "",
	"compiler/formula":    "",
	"compiler/scan":       "compiler/arena compiler/parallel compiler/policy compiler/tree",
	"compiler/shape":      "compiler/policy compiler/diag compiler/tree",
	"compiler/load":       "compiler/arena compiler/child compiler/parallel compiler/progress compiler/policy compiler/diag compiler/tree compiler/scan compiler/shape schema",
	"compiler/resolve":    "compiler/arena compiler/parallel compiler/progress compiler/policy compiler/diag compiler/signer",
	"compiler/flatten":    "compiler/policy",
	"compiler/suppress":   "compiler/policy compiler/diag",
	"compiler/lint":       "compiler/policy compiler/diag compiler/signer",
	"compiler/lint/rules": "compiler/policy compiler/diag compiler/lint compiler/lookalike",
	"compiler/lookalike":  "compiler/policy",
	"compiler/signer":     "compiler/policy compiler/lookalike",
	"compiler/answer":     "compiler/policy",
	"compiler/baseline":   "compiler/policy compiler/diag",
	"compiler/diff":       "compiler/policy compiler/diag",
	"compiler/revision":   "",
	"compiler/format":     "compiler/scan",
	"compiler/expect":     "compiler/policy compiler/diag",
	"compiler/explain":    "compiler/policy compiler/diag",
	// clients of the compiler: they try what they write
	"compiler/starter":  "compiler compiler/format compiler/formula compiler/load compiler/policy compiler/shape schema",
	"compiler/fix":      "compiler compiler/load compiler/scan compiler/policy compiler/diag compiler/expect compiler/flatten",
	"compiler/review":   "compiler/formula compiler/policy compiler/signer",
	"compiler/parquet":  "compiler/policy compiler/diag compiler/render",
	"compiler/workbook": "compiler/policy compiler/diag compiler/report compiler/render compiler/render/html compiler/review",
	"compiler/report":   "compiler/policy compiler/diag",
	"compiler/render":   "compiler/policy compiler/diag compiler/diff compiler/expect compiler/explain compiler/answer compiler/baseline compiler/formula compiler/review",
	// pages: what the templates see beside a report
	"compiler/render/html": "compiler/policy compiler/diag compiler/diff compiler/lint compiler/report compiler/render",
}

// TestHouse reads the imports: a package that reaches where it should not
// makes the phases depend on each other.
func TestHouse(t *testing.T) {
	const module = "permc.dev/permc/"
	err := fs.WalkDir(os.DirFS(".."), "compiler", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		allowed, known := mayImport[path.Dir(name)]
		f, err := parser.ParseFile(token.NewFileSet(), "../"+name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			ours, ok := strings.CutPrefix(p, module)
			switch {
			case !ok:
			case path.Dir(name) == "compiler" && !strings.HasPrefix(ours, "compiler/render"):
			case !known || !strings.Contains(" "+allowed+" ", " "+ours+" "):
				t.Errorf("%s imports %s", name, ours)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
