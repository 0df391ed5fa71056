package hugepage

import (
	"runtime/metrics"
	"testing"
)

// TestReserve: memory that is reserved and not used belongs to the system.
func TestReserve(t *testing.T) {
	const room = 64 << 20
	used := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64() - s[1].Value.Uint64()
	}
	before := used()
	if !Reserve(room) {
		t.Skip("this system gives large pages to nobody, or to everybody")
	}
	if after := used(); after > before+room/4 {
		t.Errorf("%d MiB are used, %d before", after>>20, before>>20)
	}
	s := make([]int, room/16)
	for i := range s {
		if s[i] != 0 {
			t.Fatal("memory is not zero")
		}
		s[i] = 1
	}
}
