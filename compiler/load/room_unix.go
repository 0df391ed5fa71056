//go:build linux || darwin || freebsd

package load

import "syscall"

// mapFile returns the bytes of a file, which the system reads when they are looked at, and may forget again.
func mapFile(fd uintptr, size int) ([]byte, bool) {
	data, err := syscall.Mmap(int(fd), 0, size, syscall.PROT_READ, syscall.MAP_PRIVATE)
	return data, err == nil
}
