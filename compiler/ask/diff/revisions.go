package diff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/load"
)

// comparison loads sides of which at least the base is a revision.
type comparison struct {
	*Question
	*Sides

	repo        *revision.Repository
	rev         revision.Revision  // whose gates judge
	from        revision.Revision  // that changes are counted from
	to          *revision.Revision // the head, or nil: the disk
	left, right string             // their names

	found map[string]bool // paths that are on any side
}

func (c *comparison) load(ctx context.Context) (err error) {
	if c.repo, err = revision.Open(ctx, c.Where); err != nil {
		return noRepository(c.Against, err)
	}
	if err := c.findBase(ctx); err != nil {
		return err
	}
	if err := c.noteItself(ctx); err != nil {
		return err
	}
	c.noteCommits()
	if c.to == nil && c.repo.Bare() {
		return errors.New("a bare repository has no files to compare: name two revisions, as in --against main..HEAD")
	}
	if err := c.loadHead(ctx); err != nil || c.Head.Policy == nil {
		return err
	}
	if c.Base, err = c.loadProject(ctx, c.from); err != nil {
		return err
	}
	c.Gates = c.Base
	if c.from.Commit != c.rev.Commit {
		if c.Gates, err = c.loadProject(ctx, c.rev); err != nil {
			return err
		}
	}
	for _, p := range c.Paths {
		if !c.found[p] && !c.rev.Project {
			return fmt.Errorf("%s is neither in the base nor in the change", p)
		}
	}
	return c.withoutGates(ctx)
}

// noteCommits notes whose lines links can show. Of REF:PATH the names of files
// say nothing about where they are.
func (c *comparison) noteCommits() {
	c.Commits.Place = c.repo.Place
	if !c.from.Project && c.from.Only == "" {
		c.Commits.Base = c.from.Commit
	}
	if c.to != nil {
		c.Commits.Head = c.to.Commit
	}
}

// resolve finds the revisions that --against names.
func (c *comparison) resolve(ctx context.Context, against string) (err error) {
	a, b, three, isRange := revision.Range(against)
	switch {
	case !isRange:
		a = against
	case a == "" || b == "": // what a script passes whose variable is not set
		return errors.New("a range names both of its sides, as in main...HEAD")
	}
	if c.rev, err = c.repo.Resolve(ctx, a); err != nil {
		return perhapsFolder(a, err)
	}
	c.from, c.left, c.right = c.rev, a, "HEAD"
	if !isRange {
		return c.mergeBase(ctx)
	}
	to, err := c.repo.Resolve(ctx, b)
	if err != nil {
		return err
	}
	if c.rev.Project || to.Project || three && (c.rev.Commit == "" || to.Commit == "") {
		return errors.New("A...B takes two commits, and A..B commits or trees without a path")
	}
	c.to, c.right, c.BaseName, c.HeadName = &to, b, a, b
	if !three {
		return nil
	}
	return c.mergeBase(ctx)
}

// mergeBase finds where a branch left its base. What the base has done since is
// not the branch's change; but the gates are those of the base as it is now.
func (c *comparison) mergeBase(ctx context.Context) error {
	if c.rev.Commit == "" {
		return nil // a tree has no history
	}
	head, err := c.repo.Resolve(ctx, c.right)
	if err != nil {
		return ctx.Err() // nothing is committed yet
	}
	bases, err := c.repo.MergeBases(ctx, c.rev.Commit, head.Commit)
	if err != nil || len(bases) == 1 && bases[0] == c.rev.Commit {
		return err
	}
	if len(bases) != 1 {
		c.notef("%s and %s have %s here, so changes are counted from %s "+
			"itself", c.left, c.right, commonCommits(len(bases)), c.left)
		return nil
	}
	c.from = revision.CommitOf(c.left, bases[0])
	c.notef("%s has commits that %s lacks; changes are counted from their merge base %.12s and judged by "+
		"the gates of %s", c.left, c.right, bases[0], c.left)
	return nil
}

// noteItself notes that the head has no commit of its own, so that nobody takes an empty answer for a review. A build
// server without --against has no right base then: what it builds is on that branch already.
func (c *comparison) noteItself(ctx context.Context) error {
	if c.from.Commit == "" || c.Against != "" && !c.OnServer {
		return nil
	}
	head, err := c.repo.Resolve(ctx, c.right)
	if err != nil || head.Commit != c.from.Commit {
		return ctx.Err()
	}
	if c.Against == "" && c.OnServer {
		return fmt.Errorf("%w, and HEAD has no commits that %s lacks, so it would be compared with itself: name the "+
			"base, e.g. --against HEAD~1 for the last commit", ErrNoBase, c.BaseName)
	}
	if c.to != nil {
		c.notef("%s has no commits that %s lacks: nothing is compared", c.right, c.left)
	} else {
		c.notef("HEAD has no commits that %s lacks: only what is not committed is compared", c.BaseName)
	}
	return nil
}

func commonCommits(n int) string {
	if n == 0 {
		return "no common commit"
	}
	return "more than one last common commit"
}

// loadHead loads the head, from the disk or from a revision. A path that only
// the base has is left out.
func (c *comparison) loadHead(ctx context.Context) (err error) {
	if c.to != nil {
		return c.loadRevision(ctx)
	}
	below, err := c.below()
	if err != nil {
		return err
	}
	here := slices.DeleteFunc(slices.Clone(c.Paths), func(p string) bool {
		_, err := os.Lstat(p)
		return err != nil
	})
	if len(here) == 0 || c.rev.Project {
		here = c.Paths
	}
	c.present("the head", here)
	if c.Head, err = c.loadHere(ctx, here); err != nil || c.Head.Policy == nil {
		return err
	}
	read, err := c.filesRead()
	if err != nil {
		return err
	}
	return c.repo.Same(ctx, below, read, wantedInProject)
}

// loadRevision loads the head from a revision.
func (c *comparison) loadRevision(ctx context.Context) (err error) {
	c.Head, err = c.loadProject(ctx, *c.to)
	if err == nil && c.Head == nil {
		err = fmt.Errorf("%s: %w", c.right, load.ErrNoDeclaration)
	}
	if err == nil {
		c.Loaded(c.Head)
	}
	return err
}

// present notes the paths that one side does not have.
func (c *comparison) present(side string, has []string) {
	for _, p := range c.Paths {
		if slices.Contains(has, p) {
			c.found[p] = true
		} else {
			c.notef("%s has no %s", side, p)
		}
	}
}

// below returns the paths below the top of the repository.
func (c *comparison) below() (list []string, err error) {
	for _, p := range c.Paths {
		at, err := c.repo.At(p)
		if err != nil {
			return nil, err
		}
		list = append(list, at)
	}
	return list, nil
}

// filesRead returns the files of the head, below the top.
func (c *comparison) filesRead() (list []string, err error) {
	for _, f := range c.Head.Files.All() {
		if f.Shipped {
			continue
		}
		at, err := c.repo.Place(filepath.FromSlash(f.Name))
		if err != nil {
			return nil, err
		}
		list = append(list, at)
	}
	return list, nil
}

// wantedInProject leaves out what permc skips in a folder.
func wantedInProject(name string) bool {
	return load.Wanted(name) && !strings.HasPrefix(name, ".") && !strings.Contains(name, "/.")
}

// loadProject loads a revision's project, or nil where it has none.
func (c *comparison) loadProject(ctx context.Context, rev revision.Revision) (*compiler.Project, error) {
	opts := c.Options
	var err error
	if opts.FS, opts.Paths, err = c.tree(ctx, rev); err != nil || len(opts.Paths) == 0 {
		return nil, err
	}
	p, err := compiler.Load(ctx, opts)
	if errors.Is(err, load.ErrNoDeclaration) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rev.Name, err)
	}
	return p, nil
}

// tree reads the files of a revision, and returns the paths that are there.
func (c *comparison) tree(ctx context.Context, rev revision.Revision) (t *load.FS, paths []string, err error) {
	if rev.Project {
		return projectTree(ctx, c.repo, rev)
	}
	t = &load.FS{At: c.repo.At}
	below, err := c.below()
	if err != nil {
		return nil, nil, err
	}
	if t.FS, err = c.repo.Tree(ctx, rev, below, load.Asked); err != nil {
		return t, paths, err
	}
	for i, p := range c.Paths {
		if revision.Has(t.FS, below[i]) {
			paths = append(paths, p)
		}
	}
	if len(paths) > 0 {
		c.present(rev.Name, paths)
	}
	return t, paths, nil
}

// projectTree reads the files of REF:PATH.
func projectTree(ctx context.Context, repo *revision.Repository, rev revision.Revision) (t *load.FS, paths []string,
	err error) {
	t = &load.FS{At: func(string) (string, error) { return ".", nil }}
	below := []string{"."}
	paths = []string{rev.Name}
	if rev.Only != "" {
		paths, below = []string{rev.Only}, []string{rev.Only}
		t.At = func(name string) (string, error) { return path.Clean(name), nil }
	}
	t.FS, err = repo.Tree(ctx, rev, below, load.Asked)
	return t, paths, err
}

// AtRevision returns the options for reading REF:PATH, read as the base of a
// comparison is.
func AtRevision(ctx context.Context, where revision.Where, name string, opts compiler.Options) (compiler.Options,
	error) {
	repo, err := revision.Open(ctx, where)
	if err != nil {
		return opts, err
	}
	rev, err := repo.Resolve(ctx, name)
	if err == nil && !rev.Project {
		err = fmt.Errorf("%q names no path: write REF:PATH", name)
	}
	if err == nil {
		opts.FS, opts.Paths, err = projectTree(ctx, repo, rev)
	}
	return opts, err
}

// IsPath reports whether a name begins as a path does, and not as a revision does.
func IsPath(name string) bool { return isPath(name) }

// withoutGates decides what a change is worth whose base has no declaration
// where the head has it. A new project is judged by itself. One that was moved
// has gates in the base that would be walked around.
func (c *comparison) withoutGates(ctx context.Context) error {
	if c.Gates != nil {
		if c.Base == nil {
			c.notef("there is no declaration where changes are counted from: it counts as an empty table")
		}
		return nil
	}
	c.Base = nil
	c.noteAbsent()
	if c.rev.Project {
		return nil
	}
	there := c.repo.There
	if c.to != nil {
		names, err := c.repo.Names(ctx, *c.to)
		if err != nil {
			return err
		}
		there = func(name string) bool { return names[name] }
	}
	gone := func(name string) bool { return load.Wanted(name) && !there(name) }
	other, err := c.repo.Find(ctx, c.rev, gone, mayBeProjectFile)
	if err == nil && other != "" {
		c.Unjudged = fmt.Errorf("the base %s has no declaration in %s, but one at %s, which is gone now: "+
			"its gates should judge this change; "+
			"name its folder as a PATH, too", c.left, strings.Join(c.Paths, " "), other)
	}
	return err
}
