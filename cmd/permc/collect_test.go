package main

import (
	"os"
	"runtime/debug"
	"sync"
	"testing"
)

// TestLargePages: the heap is first collected at the same size whether it has large pages or not.
func TestLargePages(t *testing.T) {
	if os.Getenv("GOGC") != "" {
		t.Skip("GOGC decides when to collect")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	defer collectAt.Store(collectAt.Load())
	g := &globals{}
	debug.FreeOSMemory()
	collectLate()
	before := readMetric("/gc/cycles/automatic:gc-cycles")
	g.useLargePages(0)
	goal, cycles := readMetric("/gc/heap/goal:bytes"), readMetric("/gc/cycles/automatic:gc-cycles")
	if cycles > before {
		t.Error("making room was the first collection")
	}
	if before == 0 && (goal > firstGoal*5/4 || goal < firstGoal*3/4) {
		t.Errorf("the heap grows to %d MiB before the first collection", goal>>20)
	}
}

// TestLargePagesEarly: large pages do not delay the first collection of a command that wants it early.
func TestLargePagesEarly(t *testing.T) {
	if os.Getenv("GOGC") != "" {
		t.Skip("GOGC decides when to collect")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	defer collectAt.Store(collectAt.Load())
	collectLate()
	collectEarly(50)
	largePages = sync.Once{}
	(&globals{}).useLargePages(0)
	if percent := debug.SetGCPercent(100); percent != 50 {
		t.Errorf("the heap grows by %d %% before the first collection", percent)
	}
}
