//go:build !linux

package hugepage

// Reserve does nothing, and reports that.
func Reserve(int) bool { return false }

// adviseLarge does nothing: the system has no such advice.
func adviseLarge([]byte) {}
