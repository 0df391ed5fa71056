//go:build linux || darwin || freebsd

package mapped

import "syscall"

// mapFile maps a file.
func mapFile(fd uintptr, size int) ([]byte, bool) {
	data, err := syscall.Mmap(int(fd), 0, size, syscall.PROT_READ, syscall.MAP_PRIVATE)
	return data, err == nil
}
