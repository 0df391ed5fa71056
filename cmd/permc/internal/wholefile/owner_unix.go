//go:build unix

package wholefile

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file the owner and group of the one that it replaces. Only
// root may give files away, so root alone is sure to keep both.
func keepOwner(file *os.File, old fs.FileInfo) {
	info, err := file.Stat()
	if err != nil {
		return
	}
	now, ok1 := info.Sys().(*syscall.Stat_t)
	was, ok2 := old.Sys().(*syscall.Stat_t)
	if !ok1 || !ok2 || now.Uid == was.Uid && now.Gid == was.Gid {
		return
	}
	if file.Chown(int(was.Uid), int(was.Gid)) != nil {
		_ = file.Chown(-1, int(was.Gid))
	}
}
