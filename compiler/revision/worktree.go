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
// files of another repository, such as a submodule, and files that a sparse
// checkout leaves out. read are the files of the disk that count, below the top;
// wanted says which others would.
func (r *Repository) Same(ctx context.Context, below, read []string, wanted func(name string) bool) error {
	for _, name := range read {
		if at := r.foreign(path.Dir(name)); at != "" {
			return fmt.Errorf("%s is in a submodule or another repository, %s, which a revision does not hold: "+
				"keep the declarations in one repository, or name the folder in ignore", name, at)
		}
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
			""); skipped && wanted(name) && !exists(filepath.Join(r.top, filepath.FromSlash(name))) {
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
