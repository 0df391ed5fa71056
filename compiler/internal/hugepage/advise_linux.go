package hugepage

import (
	"os"
	"runtime"
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
	pieces := make([][]byte, (bytes+piece-1)/piece)
	for i := range pieces {
		pieces[i] = make([]byte, piece)
		adviseLarge(pieces[i])
	}
	runtime.KeepAlive(pieces) // none takes over the memory of another
	debug.FreeOSMemory()
	return true
}

// piece is the size in bytes of each allocation. If any of its memory was in use before, by a stack for example, Go
// clears the whole allocation, so that the system has to provide all of it: for a gigabyte that takes seconds.
const piece = 8 << 20

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
