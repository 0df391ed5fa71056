// Package parallel runs work on several goroutines. A panic in one of them would end the process with a trace and a
// misleading exit code; here it becomes a panic of the waiting goroutine, which the command recovers.
package parallel

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Panic is the panic value of Wait: the first panic of a group.
type Panic struct {
	Value   any
	Callers []uintptr // of the goroutine that panicked, as of runtime.Callers
}

func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Group is a sync.WaitGroup that survives panics. The zero value is ready.
type Group struct {
	wg     sync.WaitGroup
	once   sync.Once
	broken chan struct{}

	mu    sync.Mutex
	first *Panic
}

// Go runs f on a new goroutine.
func (g *Group) Go(f func()) {
	broken := g.Broken()
	g.wg.Go(func() {
		defer func() {
			if value := recover(); value != nil {
				g.keep(value, broken)
			}
		}()
		debug.SetPanicOnFault(true) // a file that is mapped into memory may be cut short by others
		f()
	})
}

// keep records the first panic and wakes the goroutines that wait for others.
func (g *Group) keep(value any, broken chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.first != nil {
		return
	}
	p, nested := value.(*Panic)
	if !nested {
		p = &Panic{Value: value, Callers: listCallers()}
	}
	g.first = p
	close(broken)
}

func listCallers() []uintptr {
	pcs := make([]uintptr, 64)
	return pcs[:runtime.Callers(1, pcs)]
}

// Broken returns a channel that closes when a goroutine panics. Code that waits for
// another goroutine's work must wait for this as well, as that may never come.
func (g *Group) Broken() chan struct{} {
	g.once.Do(func() { g.broken = make(chan struct{}) })
	return g.broken
}

// Wait waits for all goroutines, and panics with a *Panic if one of them did.
func (g *Group) Wait() {
	g.wg.Wait()
	if g.first != nil {
		panic(g.first)
	}
}

// Each calls f with every index below n, on every core.
func Each(n int, f func(i int)) {
	EachWith(n, func() func(int) { return f })
}

// EachWith does what Each does where each goroutine has a function of its own. They are made one after the other.
func EachWith(n int, newWork func() func(i int)) {
	run(n, func(*Group) func(int) bool {
		work := newWork()
		return func(i int) bool { work(i); return true }
	})
}

// Chunks does what EachWith does for the indexes below n, size of them at a time.
func Chunks(n, size int, newWork func() func(from, to int)) {
	EachWith((n+size-1)/size, func() func(int) {
		work := newWork()
		return func(i int) { work(i*size, min((i+1)*size, n)) }
	})
}

// InOrder calls work with every index below n, on every core, and write with the appended bytes, in order of index.
// Each goroutine makes its own work, and reuses its memory. It stops at the first error of write, and returns it.
func InOrder[T any](n int, newWork func() func(list []T, i int) []T, write func([]T) error) error {
	turns := make([]chan struct{}, n+1) // closed when all before is written
	for i := range turns {
		turns[i] = make(chan struct{})
	}
	close(turns[0])
	var failed atomic.Pointer[error]
	run(n, func(g *Group) func(int) bool {
		work := newWork()
		var list []T
		return func(i int) bool {
			list = work(list[:0], i)
			select {
			case <-turns[i]:
			case <-g.Broken():
				return false
			}
			if failed.Load() == nil {
				if err := write(list); err != nil {
					failed.Store(&err)
				}
			}
			close(turns[i+1])
			return failed.Load() == nil
		}
	})
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// run runs the one pool: its goroutines take the next index until there is none, or their work returns false.
func run(n int, newWork func(*Group) func(i int) (more bool)) {
	var next atomic.Int64
	var g Group
	for range min(runtime.GOMAXPROCS(0), n) {
		work := newWork(&g)
		g.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && work(i); i = int(next.Add(1)) - 1 {
			}
		})
	}
	g.Wait()
}
