// Package hugepage makes large slices in large pages, where the system has them:
// filling fresh memory costs a page fault for every 4 KiB otherwise, which is
// more than permc's work on what it fills it with.
package hugepage

import "unsafe"

// least is the size in bytes from which large pages pay.
const least = 1 << 20

// Make is make([]T, n).
func Make[T any](n int) []T {
	s := make([]T, n)
	if size := n * int(unsafe.Sizeof(*new(T))); size >= least {
		advise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), size))
	}
	return s
}
