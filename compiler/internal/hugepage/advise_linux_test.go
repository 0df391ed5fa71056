package hugepage

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// TestReserveAfterStacks: memory that is reserved is not provided where stacks were before, which Go clears.
func TestReserveAfterStacks(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { descend(20_000) })
	}
	wg.Wait()
	const room = 512 << 10 // KiB
	before := mostUsed(t)
	if !Reserve(room << 10) {
		t.Skip("this system gives large pages to nobody, or to everybody")
	}
	if after := mostUsed(t); after > before+room/4 {
		t.Errorf("%d MiB were used at once, %d before", after>>10, before>>10)
	}
}

// descend uses some hundred bytes of the stack n times.
func descend(n int) byte {
	var some [256]byte
	some[n%len(some)] = 1
	if n == 0 {
		return some[0]
	}
	return descend(n-1) + some[1]
}

// mostUsed returns the most memory that the process has used at once, in KiB.
func mostUsed(t *testing.T) (n int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscanf(line, "%d kB", &n); err != nil {
		t.Skip(err)
	}
	return n
}
