//go:build unix

package revision

import (
	"os"
	"syscall"
)

// ownedAlike reports whether a file belongs to the owner of a directory, to the
// user who runs permc, or to root.
func ownedAlike(file, dir string) bool {
	f, ok1 := ownerOf(file)
	d, ok2 := ownerOf(dir)
	return ok1 && ok2 && (f == d || f == 0 || f == uint32(os.Geteuid()))
}

func ownerOf(name string) (uint32, bool) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return s.Uid, true
}
