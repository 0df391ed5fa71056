package fix

import (
	"fmt"
	"os"
	"path/filepath"
)

// files refuses a project that reads one file under two names: each entry in it
// would be a duplicate.
func (r *runner) files() error {
	type look struct{ size, time int64 }
	seen := map[look][]string{}
	infos := map[string]os.FileInfo{}
	for _, f := range r.first.project.Files.All() {
		info, err := os.Stat(filepath.FromSlash(f.Name))
		if f.Shipped || err != nil {
			continue
		}
		like := look{info.Size(), info.ModTime().UnixNano()}
		for _, other := range seen[like] {
			if os.SameFile(info, infos[other]) {
				return fmt.Errorf("%s and %s are one file: name it once", other, f.Name)
			}
		}
		seen[like], infos[f.Name] = append(seen[like], f.Name), info
	}
	return nil
}
