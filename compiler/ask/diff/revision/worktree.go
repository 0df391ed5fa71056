package revision

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Same refuses a work tree whose files are not those that a commit would hold:
// files of another repository, such as a submodule, files that a sparse checkout
// leaves out, and files that git converts. read are the files of the disk that count, below the top;
// wanted says which others would.
func (r *Repository) Same(ctx context.Context, below, read []string, wanted func(name string) bool) error {
	for _, name := range read {
		if at := r.foreign(path.Dir(name)); at != "" {
			return fmt.Errorf("%s is in a submodule or another repository, %s, which a revision does not hold: "+
				"keep the declarations in one repository, or name the folder in ignore", name, at)
		}
	}
	if err := r.asCommitted(ctx, read); err != nil {
		return err
	}
	args := []string{"ls-files", "-t", "-s", "-z", "--"}
	for _, p := range below {
		if p == "." {
			args = args[:5]
			break
		}
		args = append(args, p)
	}
	out, err := r.run(ctx, nil, args...)
	if err != nil {
		return err
	}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		info, name, _ := strings.Cut(entry, "\t")
		if skipped := strings.HasPrefix(info, "S "+
			""); skipped && wanted(name) && !fileExists(filepath.Join(r.top, filepath.FromSlash(name))) {
			return fmt.Errorf("%s is left out of this sparse checkout, so its people would seem lost; "+
				"help: git sparse-checkout disable, or compare two revisions, as in --against main..HEAD", name)
		}
		if strings.Contains(info, " "+submodule+" ") {
			for _, f := range read {
				if strings.HasPrefix(f, name+"/") {
					return fmt.Errorf("%s is in a submodule, %s, which a revision does not hold: keep "+
						"the declarations in one repository, or name the folder in ignore", f, name)
				}
			}
		}
	}
	return nil
}

// asCommitted refuses files that git writes to the disk otherwise than they are
// committed: what a change shows here and what the next one is compared with
// would be two things.
func (r *Repository) asCommitted(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	in := strings.NewReader(strings.Join(names, "\x00"))
	out, err := r.run(ctx, in, "check-attr", "-z", "--stdin", "working-tree-encoding", "ident")
	if err != nil {
		return err
	}
	fields := strings.Split(string(out), "\x00")
	for ; len(fields) >= 3; fields = fields[3:] {
		switch name, attribute, value := fields[0], fields[1], fields[2]; {
		case value == "unspecified" || value == "unset":
		case attribute == "working-tree-encoding" &&
			(strings.EqualFold(value, "utf-8") || strings.EqualFold(value, "utf8")):
		default:
			return fmt.Errorf("%s has the attribute %s in .gitattributes, so the file on the disk is not the one "+
				"that is committed; help: remove the attribute", name, attribute)
		}
	}
	return nil
}

// foreign returns the folder at or above one that is the top of another work
// tree, or "".
func (r *Repository) foreign(dir string) string {
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(r.top, filepath.FromSlash(dir), ".git")); err == nil {
			return dir
		}
	}
	return ""
}
