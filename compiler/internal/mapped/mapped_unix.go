//go:build linux || darwin || freebsd

package mapped

import (
	"math"
	"syscall"
)

// mapFile maps a file, unless the address space of the process is limited: what is mapped would count.
func mapFile(fd uintptr, size int) ([]byte, bool) {
	if AddressSpace() < math.MaxUint64 {
		return nil, false
	}
	data, err := syscall.Mmap(int(fd), 0, size, syscall.PROT_READ, syscall.MAP_PRIVATE)
	return data, err == nil
}

// AddressSpace returns how many bytes the process may allocate and map, as ulimit -v sets it, or math.MaxUint64 if
// there is no limit.
func AddressSpace() uint64 {
	const unlimited = 1 << 62 // or more, by system
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &limit); err != nil || uint64(limit.Cur) >= unlimited {
		return math.MaxUint64
	}
	return uint64(limit.Cur)
}
