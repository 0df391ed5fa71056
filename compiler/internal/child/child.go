// Package child answers questions in another process of this program. If one takes
// too long, needs too much memory or crashes, the caller gets an error. Questions
// and answers are bytes.
package child

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Errors of Ask. The child has ended; the next question starts another.
var (
	ErrTime   = errors.New("it took too long")
	ErrMemory = errors.New("it took too much memory")
	ErrDepth  = errors.New("it is nested too deeply")
	ErrCrash  = errors.New("it failed")
)

// Process is a child process, started by the first question.
type Process struct {
	Name string   // name of the program, its first argument
	Args []string // arguments that make it serve

	mu      sync.Mutex
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     io.ReadCloser
	stderr  tail
	current int
}

// Ask sends a question and returns its answer. Questions wait for each other. The generation identifies the child
// that answered.
func (p *Process) Ask(ctx context.Context, most time.Duration, question []byte) (answer []byte, generation int,
	err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		if err := p.start(); err != nil {
			return nil, 0, fmt.Errorf("no process of its own can be started for CUE: %w", err)
		}
	}
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		err := writeFrame(p.in, question)
		var answer []byte
		if err == nil {
			answer, err = readFrame(p.out)
		}
		done <- result{answer, err}
	}()
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, p.current, p.bury()
		}
		return r.answer, p.current, nil
	case <-late.C:
		err = ErrTime
	case <-ctx.Done():
		err = ctx.Err()
	}
	_ = p.cmd.Process.Kill()
	<-done
	_ = p.bury()
	return nil, p.current, err
}

func (p *Process) start() (err error) {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := &exec.Cmd{
		Path:   exe,
		Args:   append([]string{p.Name}, p.Args...),
		Env:    []string{"GOTRACEBACK=none"}, // it needs nothing else
		Stderr: &p.stderr,
	}
	p.stderr.reset()
	if p.in, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if p.out, err = cmd.StdoutPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd = cmd
	p.current++
	return nil
}

// Close ends the child, if there is one.
func (p *Process) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.bury()
	}
}

// bury waits for a child that has ended, and says why.
func (p *Process) bury() error {
	_ = p.in.Close()
	err := p.cmd.Wait()
	code := p.cmd.ProcessState.ExitCode()
	p.cmd = nil
	said := p.stderr.bytes()
	switch {
	case code == exitMemory, code == -1, containsAny(said, "out of memory", "cannot allocate memory", "errno=12"):
		return ErrMemory // code -1: the system killed it
	case containsAny(said, "stack overflow", "stack exceeds"):
		return ErrDepth
	case err == nil:
		return ErrCrash
	}
	return fmt.Errorf("%w: %v", ErrCrash, err)
}

func containsAny(text []byte, any ...string) bool {
	for _, s := range any {
		if bytes.Contains(text, []byte(s)) {
			return true
		}
	}
	return false
}

// tail keeps the beginning of a child's error output.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := 1<<14 - len(t.text); room > 0 {
		t.text = append(t.text, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text
}

func (t *tail) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = nil
}

func writeFrame(w io.Writer, data []byte) error {
	head := binary.BigEndian.AppendUint64(nil, uint64(len(data)))
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

// A frame has at most largest bytes. Room for the trusted ones is made before they come.
const (
	largest = 4 << 30
	trusted = 64 << 20
)

func readFrame(r io.Reader) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint64(head[:])
	if n > largest {
		return nil, errors.New("a frame that is too long")
	}
	var b bytes.Buffer
	b.Grow(int(min(n, trusted)) + bytes.MinRead)
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
