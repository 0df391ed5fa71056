//go:build !linux && !darwin && !freebsd

package mapped

// mapFile does nothing: files are read.
func mapFile(uintptr, int) ([]byte, bool) { return nil, false }
