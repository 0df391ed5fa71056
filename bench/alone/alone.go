// Package alone measures programs, each started by a process that does nothing else: the system counts the peak of a
// new process from that of the one that starts it, so that one had better be small.
package alone

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Run is what one run of a program used.
type Run struct {
	CPU, Wall time.Duration
	Peak      int64 // bytes
	Output    int64 // bytes that were read through a pipe
}

// The first argument with which this program is started to run another one: its output is thrown away, or read
// through a pipe first, as permc takes /dev/null for a terminal.
const (
	discard = "run-alone"
	pipe    = "run-alone-piped"
)

// Serve runs another program and exits, if this one was started for that. It must come first in main.
func Serve() {
	if len(os.Args) > 2 && (os.Args[1] == discard || os.Args[1] == pipe) {
		os.Exit(serve(os.Args[2], os.Args[3:], os.Args[1] == pipe))
	}
}

func serve(path string, args []string, piped bool) int {
	c := exec.Command(path, args...)
	c.Stderr = os.Stderr
	var output counter
	if piped {
		c.Stdout = &output // no file, so that it is read through a pipe
	}
	began := time.Now()
	err := c.Run()
	wall := time.Since(began)
	if c.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 125
	}
	used := c.ProcessState.SysUsage().(*syscall.Rusage)
	err = json.NewEncoder(os.Stdout).Encode(Run{
		CPU: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), Wall: wall, Peak: used.Maxrss << 10,
		Output: int64(output),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 125
	}
	return c.ProcessState.ExitCode()
}

// counter counts the bytes that are written to it.
type counter int64

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
}

// Measure runs a command through Serve, with its output read through a pipe or not. It returns what the command used
// and what it wrote to standard error; accept judges how it ended.
func Measure(ctx context.Context, c *exec.Cmd, piped bool, accept func(err error,
	stderr *bytes.Buffer) error) (r Run, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	how := discard
	if piped {
		how = pipe
	}
	outer := exec.CommandContext(ctx, self, append([]string{how, c.Path}, c.Args[1:]...)...)
	outer.Dir = c.Dir
	var said, used bytes.Buffer
	outer.Stderr, outer.Stdout = &said, &used
	if err := accept(outer.Run(), &said); err != nil {
		return r, err
	}
	return r, json.Unmarshal(used.Bytes(), &r)
}
