//go:build !linux

package arena

// advise does nothing: the system has no such advice.
func advise([]byte) {}
