package revision

import "path/filepath"

// Around returns the top folder of the repository that a folder is or will be
// in, and the folder's path below it; the folder itself where there is no
// repository.
func Around(dir string) (top, below string, err error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	real, rest := full, "."
	for !fileExists(real) && filepath.Dir(real) != real {
		real, rest = filepath.Dir(real), filepath.Join(filepath.Base(real), rest)
	}
	if real, err = filepath.EvalSymlinks(real); err != nil {
		return "", "", err
	}
	found, ok := findUp(real)
	if !ok {
		return dir, ".", nil
	}
	rel, err := filepath.Rel(found.top, filepath.Join(real, rest))
	if err != nil {
		return "", "", err
	}
	if wd, err := filepath.EvalSymlinks("."); err == nil && !filepath.IsAbs(dir) {
		if wd, err = filepath.Abs(wd); err == nil {
			if short, err := filepath.Rel(wd, found.top); err == nil { // for people to read
				return short, filepath.ToSlash(rel), nil
			}
		}
	}
	return found.top, filepath.ToSlash(rel), nil
}
