package hugepage

import (
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"unsafe"
)

// Reserve makes the heap so many bytes larger, in large pages, for all that is allocated from now on, and reports
// whether the system has such pages. It collects garbage, since the heap takes over the room of an unused slice. Pages
// that nothing uses take no memory.
func Reserve(bytes int) bool {
	if mode, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled"); err != nil ||
		!strings.Contains(string(mode), "[madvise]") { // there are none, or the heap has them
		return false
	}
	adviseLarge(make([]byte, bytes))
	debug.FreeOSMemory()
	return true
}

// adviseLarge asks for large pages. It is advice: nothing depends on it.
func adviseLarge(b []byte) {
	page := os.Getpagesize()
	if skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & uintptr(page-1)); skip < len(b) {
		b = b[skip:]
	}
	if b = b[:len(b)/page*page]; len(b) > 0 {
		_ = syscall.Madvise(b, 14) // MADV_HUGEPAGE
	}
}
