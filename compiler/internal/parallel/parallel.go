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
	run(n, func(*Group) func(take) bool {
		work := newWork()
		return func(next take) bool {
			i, ok := next()
			if ok {
				work(i)
			}
			return ok
		}
	})
}

// Chunks does what EachWith does for the indexes below n, size of them at a time.
func Chunks(n, size int, newWork func() func(from, to int)) {
	EachWith((n+size-1)/size, func() func(int) {
		work := newWork()
		return func(i int) { work(i*size, min((i+1)*size, n)) }
	})
}

// InOrder calls work with every index below n, on every core, and write with the appended elements, in order of index.
// Each goroutine makes its own work. What work appends to is used again, and must not refer to memory of its goroutine,
// which may do the next index before write is called. InOrder stops at the first error of write, and returns it.
func InOrder[T any](n int, newWork func() func(list []T, i int) []T, write func([]T) error) error {
	o := newOrder(min(ahead*runtime.GOMAXPROCS(0), n), write)
	run(n, func(g *Group) func(take) bool {
		work := newWork()
		return func(next take) bool {
			list, ok := o.begin(g)
			if !ok {
				return false
			}
			i, ok := next()
			return ok && o.end(i, work(list, i))
		}
	})
	return o.failed
}

// ahead is how many indexes for each core can be in hand: done, but not written yet, or being worked on. A goroutine
// that only waited for its turn would stop, and start again, for each index that takes longer than the one before.
const ahead = 2

// order writes lists in the order of their indexes.
type order[T any] struct {
	write func([]T) error
	free  chan []T // lists to append to, one for each index that can be in hand

	mu      sync.Mutex
	done    []*[]T // by index modulo their number: lists that wait to be written
	next    int    // to write
	writing bool   // a goroutine is writing the lists that are done
	failed  error
}

func newOrder[T any](size int, write func([]T) error) *order[T] {
	o := &order[T]{write: write, free: make(chan []T, size), done: make([]*[]T, size)}
	for range size {
		o.free <- nil
	}
	return o
}

// begin returns an empty list as soon as one more index can be in hand, or false if a goroutine panicked. An index is
// taken after that: one that waited for its list could wait for later ones, which wait for it to be written.
func (o *order[T]) begin(g *Group) (list []T, ok bool) {
	select {
	case list = <-o.free:
		return list[:0], true
	case <-g.Broken():
		return nil, false
	}
}

// end hands over the list of an index. Unless another goroutine is writing, it writes all lists whose turn has come. It
// reports whether to go on.
func (o *order[T]) end(i int, list []T) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.done[i%len(o.done)] = &list
	if o.writing {
		return o.failed == nil
	}
	o.writing = true
	for at := o.next % len(o.done); o.done[at] != nil; at = o.next % len(o.done) {
		list := *o.done[at]
		if o.failed == nil {
			o.failed = o.put(list)
		}
		o.done[at] = nil
		o.next++
		o.free <- list
	}
	o.writing = false
	return o.failed == nil
}

// put writes a list while others go on.
func (o *order[T]) put(list []T) error {
	o.mu.Unlock()
	defer o.mu.Lock() // a panic, too, unlocks it
	return o.write(list)
}

// take returns the next index, or false if there is none.
type take func() (i int, ok bool)

// run runs the one pool: its goroutines work until they return false.
func run(n int, newWork func(*Group) func(take) (more bool)) {
	var next atomic.Int64
	var g Group
	for range min(runtime.GOMAXPROCS(0), n) {
		work := newWork(&g)
		g.Go(func() {
			for work(func() (int, bool) {
				i := int(next.Add(1)) - 1
				return i, i < n
			}) {
			}
		})
	}
	g.Wait()
}
