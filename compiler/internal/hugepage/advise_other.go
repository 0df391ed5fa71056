//go:build !linux

package hugepage

// advise does nothing: the system has no such advice.
func advise([]byte) {}
