//go:build !linux

package mapped

// forget does nothing: the system forgets by itself when memory is short.
func forget(string) {}
