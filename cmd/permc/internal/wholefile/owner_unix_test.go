//go:build unix

package wholefile

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// TestOwner replaces a file of somebody else, as root does in containers.
func TestOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may give files away")
	}
	t.Chdir(t.TempDir())
	write(t, "out", "old")
	if err := errors.Join(os.Chown("out", 1234, 2345), os.Chmod("out", 0o640|os.ModeSetuid)); err != nil {
		t.Skip(err)
	}
	if err := begin(t, "out", "new").CommitDurably(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat("out")
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); s.Uid != 1234 || s.Gid != 2345 || info.Mode() != 0o640 {
		t.Errorf("owner %d:%d, mode %v, want 1234:2345 and rw-r-----", s.Uid, s.Gid, info.Mode())
	}
}
