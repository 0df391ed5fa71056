// Package hugepage makes large slices in large pages, where the system has them:
// filling fresh memory costs a page fault for every 4 KiB otherwise, which is
// more than permc's work on what it fills it with.
package hugepage

import "unsafe"

// least is the size in bytes from which large pages pay.
const least = 1 << 20

// Buffer returns an empty slice with room for so many bytes of elements.
func Buffer[T any](bytes int) []T {
	size := int(unsafe.Sizeof(*new(T)))
	if size == 0 {
		return nil
	}
	return Make[T](bytes / size)[:0]
}

// Make is make([]T, n).
func Make[T any](n int) []T {
	s := make([]T, n)
	if size := n * int(unsafe.Sizeof(*new(T))); size >= least {
		advise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), size))
	}
	return s
}
