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

// Limits of a whole command if no flag sets them. Both grow with the input, so that a large project does not meet them.
const (
	baseTime      = 60 * time.Second
	timePerMiB    = time.Second
	baseMemory    = 4 << 30
	memoryPerByte = 64
)

// often is the time between two looks of the watchdog. Shorter work has no limits.
const often = 100 * time.Millisecond

// watchdog ends the process if a command takes too long or too much memory, or is interrupted, in every phase.
type watchdog struct {
	stderr io.Writer
	meter  *compiler.Progress

	mu      sync.Mutex
	time    time.Duration // or 0: it grows with the input
	extra   time.Duration // more for evaluating CUE than is usual
	memory  uint64        // in bytes, or 0: it grows with the input
	began   time.Time     // or zero while the command waits
	timer   *time.Timer   // or nil: it has been stopped
	machine uint64        // memory that this process may have, or 0: not known
	set     uint64        // the limit that the collector knows

	watching atomic.Bool // check --watch, which an interruption ends as it should
}

// start begins to watch. The returned function stops it.
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

// allow sets the limits. A limit of zero grows with the input.
func (d *watchdog) allow(t, extra time.Duration, memory uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.time, d.extra, d.memory = t, extra, memory
}

// work notes that the command begins to work, and rest that it waits, which has no limit of time.
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
	endEarly(d.stderr, exitUnreadable, fmt.Sprintf("stopped after %v%s; --timeout %v allows more", most, d.during(),
		2*most))
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
	why := "stopped at %d MiB of memory%s; --memory %dMiB allows more, and each process of compile --shard needs less"
	endEarly(d.stderr, exitUnreadable, fmt.Sprintf(why, most>>20, d.during(), most>>19))
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

// during names the step that runs, as far as it is known.
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

// memoryUsed returns how much memory the process has from the system.
func memoryUsed() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}

// grace is the time that an interrupted command has to end by itself.
const grace = 50 * time.Millisecond

// interruptible returns a context that ends at a signal. Soon after, the process ends, whatever it is doing. A second
// signal ends it as if permc did not handle signals. The returned function stops all that.
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
