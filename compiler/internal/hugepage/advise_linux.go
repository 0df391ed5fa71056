package hugepage

import (
	"os"
	"syscall"
	"unsafe"
)

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
