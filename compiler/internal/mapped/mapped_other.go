//go:build !linux && !darwin && !freebsd

package mapped

import "math"

// mapFile does nothing: files are read.
func mapFile(uintptr, int) ([]byte, bool) { return nil, false }

// AddressSpace returns how many bytes the process may allocate and map, which is not limited here.
func AddressSpace() uint64 { return math.MaxUint64 }
