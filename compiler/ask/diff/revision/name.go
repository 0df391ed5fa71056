package revision

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"
)

// Revision is what a name means: a commit, a tree, or REF:PATH.
type Revision struct {
	Name   string
	Commit string // object name, or "" for a tree
	tree   string

	// Project says that the tree, or the file Only in it, is the project: the
	// name had a path.
	Project bool
	Only    string
}

// CommitOf returns the revision of a commit with a known object name.
func CommitOf(name, id string) Revision { return Revision{Name: name, Commit: id, tree: id} }

// Range splits A..B and A...B. No name of a commit has two dots in it; a path
// after a colon may.
func Range(name string) (a, b string, three, ok bool) {
	a, b, ok = strings.Cut(name, "..")
	if !ok || strings.Contains(a, ":") {
		return "", "", false, false
	}
	b, three = strings.CutPrefix(b, ".")
	return a, b, three, true
}

var (
	peels = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\^\{(commit|tree|tag|object)?\}|\^[0-9]*|~[0-9]*)*$`)
	})
	entry = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^@\{([0-9]+|u|upstream|push)\}`)
	})
	pseudo = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Z][A-Z_]*HEAD$|^HEAD$`)
	})
	hex = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[0-9a-f]{4,64}$`)
	})
)

// Resolve finds what a name means. It must name one thing alone: of a tag and a
// branch of one name, git would take the tag.
func (r *Repository) Resolve(ctx context.Context, name string) (Revision, error) {
	ref, rest := name, ""
	if i := strings.IndexAny(name, "^~:"); i >= 0 {
		ref, rest = name[:i], name[i:]
	}
	if i := strings.Index(ref, "@{"); i >= 0 {
		ref, rest = name[:i], name[i:]
	}
	if strings.HasPrefix(rest, ":") && ref == "" || strings.Contains(rest, "^{/") {
		return Revision{}, fmt.Errorf("%q names no one commit: anybody can write a message, and the "+
			"index is not a revision; write a branch, a tag or an object name", name)
	}
	object, err := r.object(ctx, name, ref, &rest)
	if err != nil {
		return Revision{}, err
	}
	peel, at, hasPath := strings.Cut(rest, ":")
	if !peels().MatchString(peel) {
		return Revision{}, fmt.Errorf("%q: cannot read %q; write a branch, a tag or an object name, and "+
			"^, ~ or :PATH behind it", name, peel)
	}
	if hasPath {
		return r.path(ctx, name, object+peel, at)
	}
	if id, err := r.verify(ctx, object+peel+"^{commit}"); err == nil {
		return Revision{Name: name, Commit: id, tree: id}, nil
	}
	id, err := r.verify(ctx, object+peel+"^{tree}")
	if err != nil {
		return Revision{}, r.unknown(ctx, name, err)
	}
	return Revision{Name: name, tree: id}, nil
}

// verify returns the object name of an expression that begins with an object
// name or a full name of a ref.
func (r *Repository) verify(ctx context.Context, expression string) (string, error) {
	out, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", expression)
	return strings.TrimSpace(string(out)), err
}

// path finds REF:PATH. A path that begins with ./ or ../ is relative to the
// working directory, as in git.
func (r *Repository) path(ctx context.Context, name, root, at string) (Revision, error) {
	tree, err := r.verify(ctx, root+"^{tree}")
	if err != nil {
		return Revision{}, r.unknown(ctx, name, err)
	}
	if strings.HasPrefix(at, "./") || strings.HasPrefix(at, "../") || at == "." || at == ".." {
		if at, err = r.At(at); err != nil {
			return Revision{}, err
		}
	}
	at = path.Clean("/" + at)[1:]
	if at == "" {
		return Revision{Name: name, tree: tree, Project: true}, nil
	}
	if err := r.plain(ctx, tree, name, at); err != nil {
		return Revision{}, err
	}
	found, err := r.list(ctx, tree, false, []string{at})
	if err != nil {
		return Revision{}, err
	}
	for _, f := range found {
		switch {
		case f.name != at:
		case f.mode == folder:
			return Revision{Name: name, tree: f.id, Project: true}, nil
		default:
			return Revision{Name: name, tree: tree, Project: true, Only: at}, nil
		}
	}
	return Revision{}, fmt.Errorf("%q: there is no %s in that revision", name, at)
}

// object returns the object name that a name begins with.
func (r *Repository) object(ctx context.Context, name, ref string, rest *string) (string, error) {
	if strings.ContainsAny(ref, " \t\r\n\\*?[{") || strings.HasPrefix(ref, "-") || strings.Contains(ref, "..") {
		return "", r.unknown(ctx, name, nil)
	}
	mark := entry().FindStringSubmatch(*rest)
	full, id, err := r.ref(ctx, name, ref, len(mark) > 0)
	if err != nil || len(mark) == 0 {
		return id, err
	}
	*rest = (*rest)[len(mark[0]):]
	if mark[1][0] >= '0' && mark[1][0] <= '9' {
		id, err = r.verify(ctx, full+mark[0])
	} else {
		id, err = r.upstream(ctx, full, mark[1])
	}
	if err != nil || id == "" {
		return "", r.unknown(ctx, name, err)
	}
	return id, nil
}

// upstream returns the commit of the branch that a branch follows, or is pushed
// to.
func (r *Repository) upstream(ctx context.Context, branch, which string) (string, error) {
	format := "--format=%(upstream)"
	if which == "push" {
		format = "--format=%(push)"
	}
	out, err := r.run(ctx, nil, "for-each-ref", format, branch)
	if full := strings.TrimSpace(string(out)); err == nil && full != "" {
		return r.verify(ctx, full)
	}
	return "", err
}

// ref finds the only ref or object of a name. With branch, an empty name means the
// branch that is checked out.
func (r *Repository) ref(ctx context.Context, name, ref string, branch bool) (full, id string, err error) {
	if ref == "@" {
		ref = "HEAD"
	}
	if branch && (ref == "" || ref == "HEAD") {
		out, err := r.run(ctx, nil, "symbolic-ref", "--quiet", "HEAD")
		if err == nil {
			full = strings.TrimSpace(string(out))
			id, err = r.verify(ctx, full)
		}
		return full, id, err
	}
	if ref == "" {
		return "", "", r.unknown(ctx, name, nil)
	}
	if hex().MatchString(ref) && len(ref) == r.idLength() {
		return ref, ref, nil
	}
	found, err := r.refs(ctx, ref)
	if err != nil {
		return "", "", err
	}
	if pseudo().MatchString(ref) {
		return r.own(ctx, name, ref, found)
	}
	if hex().MatchString(ref) && !strings.HasPrefix(ref, "refs/") {
		return r.abbreviated(ctx, name, ref, found)
	}
	switch len(found) {
	case 0:
		return "", "", r.unknown(ctx, name, nil)
	case 1:
		return found[0].full, found[0].id, nil
	}
	return "", "", &Ambiguous{Name: name, First: found[0].full, Second: found[1].full}
}

// own finds what one of git's own names means, such as FETCH_HEAD. A tag of that
// name may come from anybody, and git would take it where its own is missing.
func (r *Repository) own(ctx context.Context, name, ref string, found []named) (full, id string, err error) {
	if ref != "HEAD" && len(found) > 0 {
		return "", "", &Ambiguous{Name: name, First: "git's own " + ref, Second: found[0].full}
	}
	if id, err = r.verify(ctx, ref); err != nil {
		return "", "", r.unknown(ctx, name, err)
	}
	return ref, id, nil
}

// abbreviated finds the commit of the beginning of an object name.
func (r *Repository) abbreviated(ctx context.Context, name, ref string, found []named) (full, id string, err error) {
	out, err := r.run(ctx, nil, "rev-parse", "--disambiguate="+ref)
	if err != nil {
		return "", "", err
	}
	objects := strings.Fields(string(out))
	switch {
	case len(found) > 1:
		return "", "", &Ambiguous{Name: name, First: found[0].full, Second: found[1].full}
	case len(found) == 1 && len(objects) > 0:
		return "", "", &Ambiguous{Name: name, First: found[0].full, Second: "object " + objects[0]}
	case len(found) == 1:
		return found[0].full, found[0].id, nil
	case len(objects) == 0:
		return "", "", r.unknown(ctx, name, nil)
	case r.shallow: // the object that is meant may be missing, and one that is here begin alike
		return "", "", fmt.Errorf("%q: in a shallow clone, write the whole object name", name)
	}
	if id, err = r.verify(ctx, ref+"^{commit}"); err == nil {
		return id, id, nil
	}
	if len(objects) > 1 {
		return "", "", &Ambiguous{Name: name, First: "object " + objects[0], Second: "object " + objects[1]}
	}
	if id, err = r.verify(ctx, objects[0]); err != nil { // a tree
		return "", "", r.unknown(ctx, name, err)
	}
	return id, id, nil
}

func (r *Repository) idLength() int {
	if r.sha256 {
		return 64
	}
	return 40
}

// named is a ref, and the object that it names.
type named struct{ full, id string }

// refs finds every ref that a name may mean, in the order in which git looks.
// One that begins with refs/ means itself.
func (r *Repository) refs(ctx context.Context, name string) (found []named, err error) {
	name = strings.TrimSuffix(name, "/")
	all := []string{"refs/" + name, "refs/tags/" + name, "refs/heads/" + name, "refs/remotes/" + name,
		"refs/remotes/" + name + "/HEAD"}
	if strings.HasPrefix(name, "refs/") {
		all = []string{name}
	}
	out, err := r.run(ctx, nil, append([]string{"for-each-ref", "--format=%(refname) %(objectname)"}, all...)...)
	if err != nil {
		return nil, err
	}
	for _, want := range all {
		for line := range strings.Lines(string(out)) {
			if full, id, _ := strings.Cut(strings.TrimSpace(line), " "); full == want {
				found = append(found, named{full, id})
			}
		}
	}
	return found, nil
}

// MergeBases returns the last commits that two have in common: none, or more
// than one where branches were merged crosswise.
func (r *Repository) MergeBases(ctx context.Context, a, b string) ([]string, error) {
	out, err := r.run(ctx, nil, "merge-base", "--all", a, b)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if list := strings.Fields(string(out)); len(list) > 0 {
		return list, err
	}
	return nil, nil // git ends with 1 where there is none
}
