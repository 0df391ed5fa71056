package mapped

import (
	"os"
	"syscall"
	"unsafe"
)

// forget drops the whole pages of a text.
func forget(text string) {
	page := uintptr(os.Getpagesize())
	at := uintptr(unsafe.Pointer(unsafe.StringData(text)))
	skip := -at & (page - 1)
	if uintptr(len(text)) < skip+page {
		return
	}
	text = text[skip : skip+(uintptr(len(text))-skip)/page*page]
	_ = syscall.Madvise(unsafe.Slice(unsafe.StringData(text), len(text)), syscall.MADV_DONTNEED)
}
