package main

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

// once is one run.
type once struct {
	CPU, Wall time.Duration
	Peak      int64 // bytes
}

// alone is the argument with which this program runs another one, and says what
// that used. The system counts a new process's peak from that of the one that
// starts it, so that one had better be small.
const alone = "run-alone"

// timed runs a program with its output thrown away.
func timed(ctx context.Context, p *program, dir string) (r once, err error) {
	self, err := os.Executable()
	if err != nil {
		return once{}, err
	}
	c := p.command(ctx, dir)
	c = exec.CommandContext(ctx, self, append([]string{alone, c.Path}, c.Args[1:]...)...)
	var said, used bytes.Buffer
	c.Stderr, c.Stdout = &said, &used
	if err := p.failed(c.Run(), &said); err != nil {
		return once{}, err
	}
	return r, json.Unmarshal(used.Bytes(), &r)
}

func runAlone(path string, args []string) int {
	c := exec.Command(path, args...)
	c.Stderr = os.Stderr
	began := time.Now()
	err := c.Run()
	wall := time.Since(began)
	if c.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 125
	}
	used := c.ProcessState.SysUsage().(*syscall.Rusage)
	err = json.NewEncoder(os.Stdout).Encode(once{
		CPU: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), Wall: wall, Peak: used.Maxrss << 10,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 125
	}
	return c.ProcessState.ExitCode()
}
