package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// The process may end while it works: when it is interrupted, or at a limit of
// time or memory. No phase needs to look for that. What must not be left behind,
// such as a file that is half written, is registered here.

var (
	// ending is held for reading while something is done that must be whole, and
	// for writing, for good, when the process ends early.
	ending sync.RWMutex

	leftovers struct {
		sync.Mutex
		list map[*func()]bool
	}
)

// onExit registers f to run if the process ends early. The returned function removes it; it may be called more than
// once.
func onExit(f func()) (remove func()) {
	leftovers.Lock()
	defer leftovers.Unlock()
	if leftovers.list == nil {
		leftovers.list = map[*func()]bool{}
	}
	leftovers.list[&f] = true
	return func() {
		leftovers.Lock()
		defer leftovers.Unlock()
		delete(leftovers.list, &f)
	}
}

// whole runs a short piece of work that an early end of the process waits for:
// making a file and registering it, or renaming several. It must not be nested.
func whole(f func() error) error {
	ending.RLock()
	defer ending.RUnlock()
	return f()
}

// patience is the time that an early end waits for cleaning up: a file system or a reader of standard error that is
// gone must not hold the process.
const patience = 2 * time.Second

// endEarly cleans up, says why, and ends the process.
func endEarly(w io.Writer, code int, why string) {
	done := make(chan bool)
	go func() {
		defer close(done)
		ending.Lock() // for good: nothing new begins
		cleanUp()
		if why != "" {
			fmt.Fprintf(w, "permc: %s\n", why)
		}
	}()
	select {
	case <-done:
	case <-time.After(patience):
	}
	os.Exit(code)
}

// cleanUp runs the registered functions, once.
func cleanUp() {
	leftovers.Lock()
	defer leftovers.Unlock()
	for f := range leftovers.list {
		(*f)()
	}
	clear(leftovers.list)
}
