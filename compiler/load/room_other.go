//go:build !linux && !darwin && !freebsd

package load

// mapFile does nothing: files are read.
func mapFile(uintptr, int) ([]byte, bool) { return nil, false }
