package parallel_test

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"permc.dev/permc/compiler/internal/parallel"
)

// caught returns what f panics with.
func caught(f func()) (p *parallel.Panic) {
	defer func() { p, _ = recover().(*parallel.Panic) }()
	f()
	return nil
}

func TestWaitPanicsWithTheFirstPanic(t *testing.T) {
	p := caught(func() {
		var g parallel.Group
		g.Go(func() { panickingWorker() })
		<-g.Broken()
		g.Go(func() { panic("second") })
		g.Wait()
	})
	if p == nil || p.Error() != "first" {
		t.Fatalf("got %v", p)
	}
	if !names(p, "panickingWorker") {
		t.Error("the callers do not name the function that panicked")
	}
}

// names reports whether a function was running at the panic.
func names(p *parallel.Panic, function string) bool {
	frames := runtime.CallersFrames(p.Callers)
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, function) {
			return true
		}
		if !more {
			return false
		}
	}
}

func panickingWorker() { panic(errors.New("first")) }

// TestBrokenLetsOthersGoOn checks that a worker that waits for one that panicked continues.
func TestBrokenLetsOthersGoOn(t *testing.T) {
	never := make(chan bool)
	p := caught(func() {
		var g parallel.Group
		g.Go(func() {
			select {
			case <-never:
			case <-g.Broken():
			}
		})
		g.Go(func() { panic("no more") })
		g.Wait()
	})
	if p == nil || p.Value != "no more" {
		t.Fatalf("got %v", p)
	}
}

// TestNestedPanic checks that a panic keeps its stack through nested groups.
func TestNestedPanic(t *testing.T) {
	p := caught(func() {
		parallel.Each(3, func(int) { parallel.Each(3, func(int) { panickingWorker() }) })
	})
	if p == nil || p.Error() != "first" || !names(p, "panickingWorker") {
		t.Fatalf("got %v", p)
	}
}

func TestEach(t *testing.T) {
	var sum atomic.Int64
	parallel.Each(1000, func(i int) { sum.Add(int64(i)) })
	if sum.Load() != 499_500 {
		t.Errorf("got %d", sum.Load())
	}
}

func TestInOrder(t *testing.T) {
	var got strings.Builder
	newWork := func() func([]byte, int) []byte {
		return func(b []byte, i int) []byte { return append(b, byte('a'+i)) }
	}
	write := func(b []byte) error { _, err := got.Write(b); return err }
	if err := parallel.InOrder(26, newWork, write); err != nil || got.String() != "abcdefghijklmnopqrstuvwxyz" {
		t.Errorf("%q, %v", got.String(), err)
	}
	if err := parallel.InOrder(0, newWork, write); err != nil {
		t.Error(err)
	}
	full := errors.New("full")
	n := 0
	if err := parallel.InOrder(1000, newWork, func([]byte) error { n++; return full }); err != full || n != 1 {
		t.Errorf("%v after %d writes", err, n)
	}
	p := caught(func() {
		panicking := func() func([]byte, int) []byte {
			return func(b []byte, i int) []byte {
				if i == 7 {
					panickingWorker()
				}
				return b
			}
		}
		_ = parallel.InOrder(1000, panicking, write)
	})
	if p == nil || p.Error() != "first" {
		t.Errorf("got %v", p)
	}
	p = caught(func() { _ = parallel.InOrder(1000, newWork, func([]byte) error { panickingWorker(); return nil }) })
	if p == nil || p.Error() != "first" {
		t.Errorf("got %v", p)
	}
}

// TestInOrderGoesAhead checks that indexes are done while an earlier one is not, and few of them.
func TestInOrderGoesAhead(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var started atomic.Int64
	var got []int
	err := parallel.InOrder(100, func() func([]int, int) []int {
		return func(list []int, i int) []int {
			started.Add(1)
			for i == 0 && started.Load() < 4 {
				runtime.Gosched()
			}
			return append(list, i)
		}
	}, func(list []int) error {
		if len(got) == 0 && started.Load() > 4 {
			t.Errorf("%d indexes are in hand before the first is written", started.Load())
		}
		got = append(got, list...)
		return nil
	})
	if err != nil || len(got) != 100 || !slices.IsSorted(got) {
		t.Errorf("%v, %v", got, err)
	}
}
