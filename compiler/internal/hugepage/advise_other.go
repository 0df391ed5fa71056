//go:build !linux

package hugepage

// adviseLarge does nothing: the system has no such advice.
func adviseLarge([]byte) {}
