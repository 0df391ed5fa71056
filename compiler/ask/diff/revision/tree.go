package revision

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/internal/memfs"
)

// Modes of entries of a tree beside a submodule's.
const (
	folder = "040000"
	link   = "120000"
)

// file is an entry of a tree.
type file struct{ mode, id, name string }

// list lists entries of a tree: those of the names, or with all those below
// them, too. The name "." is all of the tree.
func (r *Repository) list(ctx context.Context, tree string, all bool, names []string) (list []file, err error) {
	args := []string{"ls-tree", "-z", "--full-tree"}
	if all {
		args = append(args, "-r")
	}
	args = append(args, tree, "--")
	if !slices.Contains(names, ".") {
		args = append(args, names...)
	}
	out, err := r.run(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		info, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(info)
		if ok && len(fields) == 3 {
			list = append(list, file{fields[0], fields[2], name})
		}
	}
	return list, nil
}

// plain refuses a path of a tree that is a link or a submodule, or is below one.
func (r *Repository) plain(ctx context.Context, tree, name, at string) error {
	var up []string
	for p := at; p != "."; p = path.Dir(p) {
		up = append(up, p)
	}
	if len(up) == 0 {
		return nil
	}
	found, err := r.list(ctx, tree, false, up)
	if err != nil {
		return err
	}
	for _, f := range found {
		switch f.mode {
		case submodule:
			return fmt.Errorf("in %s, %s is a submodule: what it holds is in another repository; use -C "+
				"in a clone of that", name, f.name)
		case link:
			return fmt.Errorf("in %s, %s is a symbolic link: name the folder that it leads to as a PATH, "+
				"too, or write REF:PATH", name, f.name)
		}
	}
	return nil
}

// Tree returns the files of a revision that are below some paths. Other
// files than those wanted and links are there by name, without content. A submodule is an
// irregular file.
func (r *Repository) Tree(ctx context.Context, rev Revision, below []string, wanted func(name string) bool) (fs.FS,
	error) {
	for _, p := range below {
		if err := r.plain(ctx, rev.tree, rev.Name, p); err != nil {
			return nil, r.missing(ctx, rev, below, err)
		}
	}
	list, err := r.list(ctx, rev.tree, true, below)
	if err != nil {
		return nil, r.missing(ctx, rev, below, err)
	}
	tree := map[string]*memfs.File{}
	var ask []file
	for _, f := range list {
		if err := checkName(tree, f.name); err != nil {
			if wanted(f.name) {
				return nil, err
			}
			continue
		}
		tree[f.name] = &memfs.File{Mode: fileMode(f.mode)}
		if f.mode == link || f.mode != submodule && wanted(f.name) {
			ask = append(ask, f)
		}
	}
	err = r.contents(ctx, ask, func(f file, data []byte) bool {
		tree[f.name].Data = data
		return true
	})
	if err != nil {
		return nil, r.missing(ctx, rev, below, err)
	}
	return memfs.New(tree), nil
}

// fileMode returns the mode that a file of a commit would have in a folder.
func fileMode(mode string) fs.FileMode {
	switch mode {
	case submodule:
		return fs.ModeIrregular
	case link:
		return fs.ModeSymlink | 0o777
	}
	return 0o644
}

// checkName rejects names that no file of a folder could have beside the others. git writes no such tree, but a
// commit may have been made by hand, to show one file here and another in a work tree.
func checkName(tree map[string]*memfs.File, name string) error {
	if !fs.ValidPath(name) {
		return fmt.Errorf("%q: this name cannot be read: rename the file to one in UTF-8", name)
	}
	if tree[name] != nil {
		return fmt.Errorf("%s is in its folder twice: the commit is malformed", name)
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if tree[dir] != nil {
			return fmt.Errorf("%s is a file and a folder: the commit is malformed", dir)
		}
	}
	return nil
}

// Names returns the names of all files of a revision.
func (r *Repository) Names(ctx context.Context, rev Revision) (map[string]bool, error) {
	list, err := r.list(ctx, rev.tree, true, []string{"."})
	names := map[string]bool{}
	for _, f := range list {
		names[f.name] = f.mode != link && f.mode != submodule
	}
	return names, err
}

// Find returns the first wanted file of a revision, in order of name, whose
// content fits.
func (r *Repository) Find(ctx context.Context, rev Revision, wanted func(name string) bool,
	fits func(name string, data []byte) bool) (string, error) {
	list, err := r.list(ctx, rev.tree, true, []string{"."})
	if err != nil {
		return "", r.missing(ctx, rev, []string{"."}, err)
	}
	list = slices.DeleteFunc(list, func(f file) bool {
		return f.mode == submodule || f.mode == link || !wanted(f.name)
	})
	found := ""
	err = r.contents(ctx, list, func(f file, data []byte) bool {
		if fits(f.name, data) {
			found = f.name
		}
		return found == ""
	})
	if err != nil {
		err = r.missing(ctx, rev, []string{"."}, err)
	}
	return found, err
}

// most is how large a file may be, as on the disk.
const most = 1<<31 - 1

// contents reads files in one run of git, and passes each on until the function
// returns false.
func (r *Repository) contents(ctx context.Context, list []file, each func(f file, data []byte) bool) error {
	if len(list) == 0 {
		return nil
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var ask bytes.Buffer
	for _, f := range list {
		fmt.Fprintln(&ask, f.id)
	}
	c, said := r.command(ctx, &ask, "cat-file", "--batch")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(out, 1<<16)
	for _, f := range list {
		data, err := readAnswer(in, f.name)
		if err != nil {
			stop()
			if e := c.Wait(); said.Len() > 0 {
				return r.failure(context.WithoutCancel(ctx), e, said)
			}
			return err
		}
		if !each(f, data) {
			stop()
			_ = c.Wait()
			return nil
		}
	}
	return r.failure(ctx, c.Wait(), said)
}

// readAnswer reads one answer of git cat-file --batch.
func readAnswer(in *bufio.Reader, name string) ([]byte, error) {
	head, err := in.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("git ended before %s: %w", name, err)
	}
	fields := strings.Fields(head)
	if len(fields) != 3 {
		return nil, fmt.Errorf("git cannot read %s: %s", name, strings.TrimSpace(head))
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil {
		return nil, err
	}
	if size > most {
		return nil, fmt.Errorf("%s: larger than 2 GiB", name)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(in, data); err != nil {
		return nil, err
	}
	_, err = in.Discard(1)
	return data, err
}

// Has reports whether a path is there.
func Has(tree fs.FS, at string) bool {
	_, err := fs.Stat(tree, path.Clean(at))
	return err == nil
}
