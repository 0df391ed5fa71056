package compiler

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/resolve"
	"permc.dev/permc/schema"
)

// Catalog binds a shipped catalog: PRODUCT or PRODUCT@VERSION.
func Catalog(files *policy.Files, product string) (*policy.Catalog, error) {
	d, err := load.Shipped(files, product)
	if err != nil {
		return nil, err
	}
	c, faults := resolve.Catalog(d, nil)
	if len(faults) > 0 {
		at := files.Position(faults[0].Pos)
		return nil, &BrokenCatalog{product, at, faults[0].Message}
	}
	return c, nil
}

// BrokenCatalog is the error for a broken shipped catalog, a bug in permc.
type BrokenCatalog struct {
	Product string
	At      policy.Position
	Message string
}

func (b *BrokenCatalog) Error() string {
	return "the shipped catalog of " + b.Product + " is broken: " + b.Message
}

// chooseCatalog returns the catalog of a declaration: a shipped one, an extension of one, or the project's own.
func chooseCatalog(d *policy.Declared, in *CatalogSource) (*policy.Catalog, []diag.Finding, error) {
	fail := func(f diag.Finding) (*policy.Catalog, []diag.Finding, error) {
		return nil, []diag.Finding{f}, nil
	}
	name := d.Product
	switch {
	case d.Catalog == nil && !name.Given():
		return fail(diag.Stopf("schema", policy.Pos{File: 1}, "no product").
			WithHelp("add product: with one of %s; %s", strings.Join(schema.Products(), ", "), OwnProductHelp("NAME")))
	case d.Catalog != nil && name.Given():
		return fail(diag.Stopf("schema", name.Pos, "a project with its own catalog cannot set product").
			WithRelated(d.Catalog.Pos,
				"the catalog is here").WithHelp("remove product; set catalog.product, or extend a shipped catalog"))
	case d.Catalog != nil:
		name = d.Catalog.Extends
	}
	if !name.Given() {
		return bindOwn(d.Catalog, in)
	}
	if !schema.Ships(name.Name) {
		return fail(unknownProduct(name))
	}
	base, err := load.Shipped(d.Files, name.Name)
	if err == nil {
		err = in.learn(base)
	}
	if err != nil {
		return nil, nil, err
	}
	if d.Catalog == nil {
		c, faults := resolve.Catalog(base, nil)
		return c, faults, nil
	}
	ext, faults := resolve.AddSolutions(d.Catalog, base, d.Files)
	if d.Catalog = ext; len(faults) > 0 {
		return nil, faults, nil
	}
	c, faults := resolve.Catalog(d.Catalog, base)
	return c, faults, nil
}

// bindOwn binds a catalog that extends none.
func bindOwn(own *policy.DeclaredCatalog, in *CatalogSource) (*policy.Catalog, []diag.Finding, error) {
	if in != nil && in.Known != nil {
		own = policy.Moved(own, 0) // what the project declares stays as it is
	}
	if err := in.learn(own); err != nil {
		return nil, nil, err
	}
	c, faults := resolve.Catalog(own, nil)
	return c, faults, nil
}

// OwnProductHelp says how to describe a product for which permc has no catalog.
func OwnProductHelp(name string) string {
	return fmt.Sprintf("for a product of your own, declare a catalog: {product: %s, levels: [LEVEL], permissions: "+
		"{PERMISSION: {level: LEVEL}}, roles: {ROLE: {level: LEVEL, permissions: {PERMISSION: {}}}}}",
		diag.Quote(name))
}

// unknownProduct returns the finding about a product or version that permc does not ship.
func unknownProduct(name policy.Ref) diag.Finding {
	product, version, pinned := schema.SplitVersion(name.Name)
	if pinned && slices.Contains(schema.Products(), product) {
		return diag.Stopf("unknown-product", name.Pos, "%s", NoVersion(product, version)).
			WithHelp("%s", VersionHelp(product))
	}
	help := diag.Suggest(product, schema.Products())
	if diag.Nearest(product, schema.Products()) == "" {
		help += "; " + OwnProductHelp(product)
	}
	d := diag.Stopf("unknown-product", name.Pos, "unknown product %s", diag.Quote(product)).WithHelp("%s", help)
	if d.Wrong, d.Right = product, diag.Only(product, schema.Products()); pinned && d.Right != "" {
		d.Wrong, d.Right = name.Name, d.Right+"@"+version
	}
	return d
}

// NoVersion says that a product has no such version.
func NoVersion(product, version string) string {
	return fmt.Sprintf("permc has no version %s of the catalog of %s", diag.Quote(version), product)
}

// VersionHelp lists the versions of a shipped catalog, and how to compare them.
func VersionHelp(product string) string {
	versions := schema.Versions(product)
	oldest := versions[len(versions)-1]
	return fmt.Sprintf("use one of %s, or leave out the version for the newest; permc catalog diff %s@%s %s . shows "+
		"who changes", strings.Join(versions, ", "), product, oldest, product)
}

// CatalogSource is a catalog named on the command line: a shipped one, or the one of a project.
type CatalogSource struct {
	Name    string // as written on the command line
	Product string // PRODUCT or PRODUCT@VERSION, or "" if Declared is set

	Declared *policy.DeclaredCatalog
	Files    *policy.Files // files of its positions

	Known *CatalogSource // the catalog also accepts its names, which give nothing; or nil
}

// learn adds the names of Known to a catalog.
func (s *CatalogSource) learn(c *policy.DeclaredCatalog) error {
	if s == nil || s.Known == nil {
		return nil
	}
	product := s.Known.Product
	if own := s.Known.Declared; own != nil {
		resolve.LearnNames(c, own)
		product = own.Extends.Name
	}
	if product == "" {
		return nil
	}
	base, err := load.Shipped(&policy.Files{}, product)
	if err == nil {
		resolve.LearnNames(c, base)
	}
	return err
}

// LoadCatalog reads the catalog of a project without its users. Errors in it come as findings.
func LoadCatalog(ctx context.Context, opts Options) (*CatalogSource, *policy.Files, []diag.Finding, error) {
	how := load.Options{
		Limits:       opts.Limits,
		Evaluator:    opts.Evaluator,
		Full:         opts.Full,
		Progress:     opts.Progress,
		FS:           opts.FS,
		CatalogAlone: true,
	}
	for {
		loaded, faults, err := load.Dirs(ctx, opts.Paths, how)
		if err != nil {
			return nil, nil, nil, err
		}
		full := loaded.FullFiles()
		if len(full) > 0 {
			how.FullFiles = append(how.FullFiles, full...)
			continue
		}
		if len(faults) > 0 || loaded.Declared == nil {
			return nil, loaded.Files, faults, nil
		}
		d := loaded.Declared
		s := &CatalogSource{
			Name:     strings.Join(opts.Paths, " "),
			Product:  d.Product.Name,
			Declared: d.Catalog,
			Files:    d.Files,
		}
		_, faults, err = chooseCatalog(d, nil)
		return s, d.Files, faults, err
	}
}

// Bind binds the catalog.
func (s *CatalogSource) Bind() (*policy.Catalog, error) {
	if s.Declared == nil {
		return Catalog(&policy.Files{}, s.Product)
	}
	files, _ := (&policy.Files{}).With(s.Files)
	c, faults, err := chooseCatalog(&policy.Declared{Files: files, Catalog: s.Declared}, nil)
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("%s: %s", s.Name, faults[0].Message)
	}
	return c, err
}

// replace replaces the catalog of a declaration. A project that extends a shipped catalog keeps its additions and
// corrections.
func (s *CatalogSource) replace(d *policy.Declared) []diag.Finding {
	if s == nil {
		return nil
	}
	if s.Declared != nil {
		shift := d.Files.Append(s.Files)
		d.Product, d.Catalog = policy.Ref{}, policy.Moved(s.Declared, shift)
		return nil
	}
	at := &d.Product
	switch {
	case d.Catalog == nil:
	case d.Catalog.Extends.Given():
		at = &d.Catalog.Extends
	default:
		d.Product, d.Catalog = policy.Ref{Pos: d.Catalog.Pos}, nil
	}
	was, _, _ := schema.SplitVersion(at.Name)
	is, _, _ := schema.SplitVersion(s.Product)
	if at.Given() && was != is {
		return []diag.Finding{diag.Stopf("unknown-product", at.Pos,
			"the project is about %s, but the catalog is about %s",
			diag.Quote(was), is).WithHelp("name a catalog of %s", diag.Quote(was))}
	}
	at.Name = s.Product
	return nil
}
