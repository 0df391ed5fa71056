package load

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"cuelang.org/go/cue"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// plainShape is the type of a declaration without extensions. Types do not change, so one serves all
// loads.
var plainShape = sync.OnceValues(func() (*shape.Type, error) {
	if t, ok := shape.Baked(schema.Shape, schema.Source()); ok {
		return t, nil
	}
	pkg, err := Schema()
	if err != nil {
		return nil, err
	}
	return shape.Derive(pkg, "#Declaration")
})

// schema derives the type of a declaration with the project's extensions.
func (l *loader) schema(ctx context.Context) (faults []diag.Finding, err error) {
	var texts []textFile
	for _, r := range l.roots {
		faults = append(faults, r.vendored()...)
		files, broken := r.extensions()
		faults = append(faults, broken...)
		texts = append(texts, files...)
	}
	if len(faults) > 0 {
		return faults, nil
	}
	if len(texts) == 0 {
		l.shape, err = plainShape()
		return nil, err
	}
	if l.opts.Evaluator != nil {
		return l.schemaElsewhere(ctx, texts)
	}
	extensions, faults := parseExtensions(texts)
	if len(faults) > 0 {
		return faults, nil
	}
	var pkg cue.Value
	err = l.limits.guard(ctx, texts[0].Name, func() (err error) {
		pkg, err = Schema(extensions...)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.extended = extensions
	l.shape, err = shape.Derive(pkg, "#Declaration")
	return nil, err
}

// Shipped loads a catalog that permc ships: PRODUCT or PRODUCT@VERSION. Its files are added to the
// project's files, so that places can refer to them.
func Shipped(files *policy.Files, product string) (*policy.DeclaredCatalog, error) {
	sources, err := addShipped(files, product)
	if err != nil {
		return nil, err
	}
	if t, ok := bakedCatalog(product, sources[0].num-1); ok {
		return decodeCatalog(t), nil
	}
	t, err := evaluateShipped(files, product, sources)
	if err != nil {
		return nil, err
	}
	return decodeCatalog(t), nil
}

// addShipped adds the files of a catalog to the project's files, in order of name.
func addShipped(files *policy.Files, product string) (sources []*source, err error) {
	if !schema.Ships(product) {
		return nil, fmt.Errorf("no catalog %q", product)
	}
	fsys := schema.CatalogFS(product)
	names, err := fs.Glob(fsys, schema.CatalogDir(product)+"/*.cue")
	if err != nil {
		return nil, err
	}
	for _, at := range names {
		data, err := fs.ReadFile(fsys, at)
		if err != nil {
			return nil, err
		}
		name := "permc.dev/" + at
		sources = append(sources, &source{name: name, rel: path.Base(at), ext: ".cue",
			num: files.AddShipped(name, data)})
	}
	return sources, nil
}

// evaluateShipped evaluates the CUE of a catalog.
func evaluateShipped(files *policy.Files, product string, sources []*source) (tree.Tree, error) {
	p := &cueProject{files: files, numbers: map[string]int32{}, limits: DefaultLimits}
	for _, s := range sources {
		p.numbers[s.name] = s.num
	}
	faults := p.read(sources)
	if len(faults) > 0 {
		return nil, fmt.Errorf("catalog %s: %s", product, faults[0].Message)
	}
	t, faults, err := p.load(context.Background())
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("catalog %s: %s", product, faults[0].Message)
	}
	return t.Get("catalog"), nil
}
