// Package hugepage allocates large slices in large pages, if the system has them: otherwise the first write to each 4
// KiB costs a page fault, which takes longer than permc's own work on that memory.
package hugepage

import (
	"runtime"
	"unsafe"
)

// least is the size in bytes from which large pages pay off.
const least = 1 << 20

// Buffer returns an empty slice with room for so many bytes of elements.
func Buffer[T any](bytes int) []T {
	size := int(unsafe.Sizeof(*new(T)))
	if size == 0 {
		return nil
	}
	return Make[T](bytes / size)[:0]
}

// Make works like make([]T, n).
func Make[T any](n int) []T {
	s := make([]T, n)
	if size := n * int(unsafe.Sizeof(*new(T))); size >= least {
		adviseLarge(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), size))
	}
	return s
}

// Grow returns a slice with room for one more element. It works like append, and moves large slices into large pages.
func Grow[T any](s []T) []T {
	if len(s) < cap(s) || len(s)*int(unsafe.Sizeof(*new(T))) < least/2 {
		return s
	}
	return append(Make[T](2 * len(s))[:0], s...)
}

// Reserve lets the heap grow by so many bytes in large pages. It collects garbage, so it is for a heap that is small.
func Reserve(bytes int) {
	Make[byte](bytes)
	runtime.GC() // the heap keeps what it has had, and uses it next
}
