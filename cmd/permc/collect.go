package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"

	"permc.dev/permc/compiler"
)

// The first collection comes when the heap reaches firstGoal. The Go runtime takes percentages of at least leastHeap.
const (
	firstGoal = 240 << 20
	leastHeap = 4 << 20
)

// collectLate delays the first garbage collection until 240 MiB, which ordinary projects never reach: in a short run,
// using more memory costs less than collecting it. After that, the heap may grow to five times the live data, but by
// half a GiB or the size of that data at most.
func collectLate() {
	collectAt.Store(lateGrowth)
	debug.SetGCPercent(firstGoal * 100 / leastHeap)
	afterCollection()
}

// lateGrowth is by how many percent the heap may grow after the first collection, unless a command calls collectEarly.
const lateGrowth = 400

// collectAt holds GOGC for after the first collection: the growth of the heap in percent of the live data.
var collectAt atomic.Int32

// afterCollection sets how much the heap may grow each time it was collected by itself.
func afterCollection() {
	runtime.AddCleanup(new([64]byte), func(then *atomic.Int32) {
		if readMetric("/gc/cycles/automatic:gc-cycles") > 0 {
			debug.SetGCPercent(growth(int(then.Load()), readMetric("/gc/heap/live:bytes")))
		}
		afterCollection()
	}, &collectAt)
}

// growth returns GOGC for so much live data: at most some percent, and less where garbage would pass 512 MiB, but not
// below 100.
func growth(most int, live uint64) int {
	const garbage = 512 << 20
	if most <= 100 || live == 0 {
		return most
	}
	return max(min(most, int(garbage*100/live)), 100)
}

// collectEarly lets the heap grow by less, for a command that would leave more behind than it is worth to keep.
func collectEarly(percent int32) {
	if os.Getenv("GOGC") == "" {
		collectAt.Store(percent)
		debug.SetGCPercent(int(percent))
	}
}

// collectPassing lets the heap grow by less for users who are not kept. Some hundred bytes are kept of each: for many
// millions, half as much garbage would be too much.
func collectPassing(users int) {
	const many = 4 << 20
	if users < many {
		collectEarly(50)
		return
	}
	collectEarly(25)
}

// largePages has been done once the heap has large pages, or cannot have them.
var largePages sync.Once

// useLargePages gives the heap large pages where the system does not do so by itself, for a project that will fill some
// tens of MiB. Otherwise the first use of each 4 KiB costs a page fault: on a virtual machine up to 17 microseconds,
// together a fifth of a run. It takes longer than a small project, because it collects garbage, and some milliseconds
// for each GiB of address space. So it takes what check and compile need for so many bytes of text; for 0, it takes as
// much as any command needs.
func (g *globals) useLargePages(bytes int64) {
	const least, most = 512 << 20, 2 << 30 // of address space
	room := uint64(most)
	if bytes > 0 && bytes < most/32 {
		room = max(least, 32*uint64(bytes))
	}
	largePages.Do(func() { g.reserveLargePages(min(room, g.mostMemory()/8), firstGoal) })
}

// makeRoom does the same for files that stay in memory to the end, and for as much that they say. The first collection
// would otherwise come while they are read, and find little to free.
func (g *globals) makeRoom(bytes int64) {
	const least, most = 16 << 20, 1 << 30 // below, there is room as it is
	if bytes >= least {
		size := firstGoal + uint64(min(2*bytes, most))
		largePages.Do(func() { g.reserveLargePages(size, size) })
	}
}

// reserveLargePages gives the heap so many bytes in large pages. It is first collected at a goal.
func (g *globals) reserveLargePages(room, goal uint64) {
	const least, small = 64 << 20, 32 << 20
	if os.Getenv("GOGC") != "" || collectAt.Load() == 0 || room < least || g.mostMemory() < 4*room ||
		readMetric("/memory/classes/heap/objects:bytes") > small {
		return
	}
	before := readMetric("/gc/cycles/automatic:gc-cycles")
	percent := debug.SetGCPercent(-1) // or making room would be the first collection
	reserved := compiler.ReserveLargePages(int(room))
	early := collectAt.Load() != lateGrowth // since collectEarly
	if before > 0 || early || !reserved && goal == firstGoal {
		debug.SetGCPercent(percent)
		return
	}
	// Find the percentage that gives the goal, now that hardly anything is live.
	percent = int(goal * 100 / leastHeap)
	debug.SetGCPercent(100)
	live, double := readMetric("/gc/heap/live:bytes"), readMetric("/gc/heap/goal:bytes")
	if live < double && live < goal {
		percent = min(percent, int((goal-live)*100/(double-live)))
	}
	debug.SetGCPercent(percent)
}

// readMetric returns a metric of the Go runtime.
func readMetric(name string) uint64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
