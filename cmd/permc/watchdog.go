package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"permc.dev/permc/compiler"
)

// Limits of a whole command where no flag sets them. Both grow with what is
// read, so that they never meet a project that is large for good reasons.
const (
	baseTime      = 60 * time.Second
	timePerMiB    = time.Second
	baseMemory    = 4 << 30
	memoryPerByte = 64
)

// often is how often the watchdog looks; what is done before has no limits.
const often = 100 * time.Millisecond

// watchdog ends the process when a command takes too long or too much memory,
// whatever it is doing, and when it is interrupted.
type watchdog struct {
	stderr io.Writer
	meter  *compiler.Progress

	mu      sync.Mutex
	time    time.Duration // or 0: by what is read
	extra   time.Duration // more for evaluating CUE than is usual
	memory  uint64        // in bytes, or 0: by what is read
	began   time.Time     // or zero while nothing is done
	timer   *time.Timer   // or nil: it has been stopped
	machine uint64        // how much memory there is for us, or 0: not known
	set     uint64        // the limit that the collector knows

	watching atomic.Bool // check --watch, which an interruption ends as it should
}

// start begins to watch. The returned function ends that.
func (d *watchdog) start() (stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.began = time.Now()
	d.timer = time.AfterFunc(often, d.look)
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.timer.Stop()
		d.timer = nil
	}
}

// allow sets the limits; those that are zero grow with what is read.
func (d *watchdog) allow(t, extra time.Duration, memory uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.time, d.extra, d.memory = t, extra, memory
}

// work says that the command begins to work, and rest that it waits, which has
// no limit of time.
func (d *watchdog) work() { d.beganAt(time.Now()) }
func (d *watchdog) rest() { d.beganAt(time.Time{}) }

func (d *watchdog) beganAt(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.began = t
}

func (d *watchdog) look() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer == nil {
		return
	}
	if d.machine == 0 {
		d.machine = machineMemory()
	}
	d.lookAtTime()
	d.lookAtMemory()
	d.timer.Reset(often)
}

func (d *watchdog) lookAtTime() {
	most := d.mostTime()
	if d.began.IsZero() || time.Since(d.began) < most {
		return
	}
	endEarly(d.stderr, exitUnreadable, fmt.Sprintf("stopped after %v%s; --timeout %v allows more", most, d.during(), 2*most))
}

func (d *watchdog) mostTime() time.Duration {
	if d.time > 0 {
		return d.time
	}
	return (baseTime + d.extra + time.Duration(d.meter.Read()>>20)*timePerMiB).Round(time.Second)
}

func (d *watchdog) lookAtMemory() {
	most := d.mostMemory()
	if os.Getenv("GOMEMLIMIT") == "" && d.set != most {
		debug.SetMemoryLimit(int64(most / 10 * 9))
		d.set = most
	}
	used := memoryUsed()
	if used <= most {
		return
	}
	endEarly(d.stderr, exitUnreadable, fmt.Sprintf("stopped at %d MiB of memory%s; --memory %dMiB allows more", most>>20, d.during(), most>>19))
}

func (d *watchdog) mostMemory() uint64 {
	most := d.memory
	if most > 0 {
		return most
	}
	most = baseMemory + memoryPerByte*uint64(d.meter.Read())
	if d.machine > 0 {
		most = min(most, d.machine/5*4)
	}
	return most
}

// during says what is done, as far as it is known.
func (d *watchdog) during() string {
	step, done, total := d.meter.Now()
	switch {
	case step == "":
		return ""
	case total == 0 || done > total:
		return " while " + step
	}
	return fmt.Sprintf(" while %s (%d of %d)", step, done, total)
}

// memoryUsed is what the process has of the system's memory.
func memoryUsed() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}

// grace is how long a command that is interrupted may take to end by itself.
const grace = 50 * time.Millisecond

// interruptible returns a context that ends when the process is to end, which
// it does soon after, whatever it is doing. A second signal ends it as if permc
// did not look for signals. The returned function ends all that.
func (d *watchdog) interruptible() (ctx context.Context, stop func()) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), signals...)
	ended := make(chan bool)
	stopHard := context.AfterFunc(ctx, func() {
		cancel()
		select {
		case <-ended:
			return
		case <-time.After(grace):
		}
		if d.watching.Load() {
			endEarly(d.stderr, exitClean, "")
		}
		endEarly(d.stderr, exitUnreadable, interrupted)
	})
	return ctx, func() {
		stopHard()
		close(ended)
		cancel()
	}
}

const interrupted = "interrupted"
