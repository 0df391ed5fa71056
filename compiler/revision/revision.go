// Package revision reads the files of a git revision from the object store,
// without touching the work tree or the index. It asks the git command, which
// knows every way of naming a revision and every kind of repository.
package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing/fstest"
)

// Repository is the one that a folder stands in.
type Repository struct {
	top string // of the work tree
}

// Unknown is the error for what names no revision.
type Unknown struct {
	Name, Said string
	Shallow    bool
}

func (u *Unknown) Error() string {
	s := fmt.Sprintf("git knows no revision %q", u.Name)
	if u.Shallow {
		return s + ": this clone is shallow, so fetch what is missing first, as in git fetch --depth=1 origin main"
	}
	return s
}

// ErrNoRepository is the error for a folder that is in no repository.
var ErrNoRepository = errors.New("not in a git repository")

// Open finds the repository of a folder or file.
func Open(ctx context.Context, at string) (*Repository, error) {
	if info, err := os.Stat(at); err != nil || !info.IsDir() {
		at = filepath.Dir(at)
	}
	for !exists(at) && at != filepath.Dir(at) { // a folder that is there in the revision alone
		at = filepath.Dir(at)
	}
	out, err := git(ctx, at, nil, "rev-parse", "--show-toplevel")
	var missing *exec.Error
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("git cannot be run: %w", missing.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNoRepository, err)
	}
	return &Repository{strings.TrimSuffix(string(out), "\n")}, nil
}

func exists(dir string) bool {
	_, err := os.Stat(dir)
	return err == nil
}

// Empty reports whether a name is the object name of zeros that stands for no
// revision where a branch is new.
func Empty(name string) bool { return len(name) >= 40 && strings.Trim(name, "0") == "" }

// Resolve returns the object name of the commit that a name means.
func (r *Repository) Resolve(ctx context.Context, name string) (string, error) {
	out, err := git(ctx, r.top, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	shallow, _ := git(ctx, r.top, nil, "rev-parse", "--is-shallow-repository")
	return "", &Unknown{Name: name, Shallow: strings.TrimSpace(string(shallow)) == "true"}
}

// At is the path of a file or folder of the disk below the top, with slashes.
func (r *Repository) At(name string) (string, error) {
	full, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	// The folders above may be links, also where the file itself is gone.
	dir, rest := full, ""
	for {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			full = filepath.Join(real, rest)
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir, rest = filepath.Dir(dir), filepath.Join(filepath.Base(dir), rest)
	}
	top, err := filepath.EvalSymlinks(r.top)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(top, full)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("%s is not in the git repository at %s", name, r.top)
	}
	return filepath.ToSlash(rel), nil
}

// Tree is the files of a commit that are below some paths and wanted. Files
// that are not wanted are there by name, without content.
func (r *Repository) Tree(ctx context.Context, commit string, below []string, wanted func(name string) bool) (fs.FS, error) {
	args := []string{"ls-tree", "-r", "-z", "--full-tree", commit, "--"}
	for _, p := range below {
		if p == "." {
			args = args[:5]
			break
		}
		args = append(args, p)
	}
	out, err := git(ctx, r.top, nil, args...)
	if err != nil {
		return nil, err
	}
	tree := fstest.MapFS{}
	var ask bytes.Buffer
	var names []string
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		info, name, ok := strings.Cut(string(entry), "\t")
		fields := strings.Fields(info)
		if !ok || len(fields) != 3 || !fs.ValidPath(name) {
			continue
		}
		mode, known := modes[fields[0]]
		if !known {
			continue // a submodule: another repository's
		}
		tree[name] = &fstest.MapFile{Mode: mode}
		if wanted(name) {
			fmt.Fprintln(&ask, fields[2])
			names = append(names, name)
		}
	}
	return tree, r.contents(ctx, tree, names, &ask)
}

var modes = map[string]fs.FileMode{"100644": 0o644, "100755": 0o755, "100664": 0o664, "120000": fs.ModeSymlink | 0o777}

// contents fills files in, all in one run.
func (r *Repository) contents(ctx context.Context, tree fstest.MapFS, names []string, ask io.Reader) error {
	if len(names) == 0 {
		return nil
	}
	out, err := git(ctx, r.top, ask, "cat-file", "--batch")
	if err != nil {
		return err
	}
	in := bufio.NewReader(bytes.NewReader(out))
	for _, name := range names {
		head, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		fields := strings.Fields(head)
		if len(fields) != 3 {
			return fmt.Errorf("git has not got %s: %s", name, strings.TrimSpace(head))
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil {
			return err
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(in, data); err != nil {
			return err
		}
		if _, err := in.Discard(1); err != nil {
			return err
		}
		tree[name].Data = data
	}
	return nil
}

// Has reports whether a path is there.
func Has(tree fs.FS, at string) bool {
	_, err := fs.Stat(tree, path.Clean(at))
	return err == nil
}

func git(ctx context.Context, dir string, in io.Reader, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "git", append([]string{"-C", dir, "--no-optional-locks", "--literal-pathspecs"}, args...)...)
	c.Env = append(os.Environ(), "LC_ALL=C")
	c.Stdin = in
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil && said.Len() > 0 {
		return nil, errors.New(strings.TrimSpace(said.String()))
	}
	return out, err
}
