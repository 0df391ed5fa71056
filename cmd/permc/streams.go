package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"permc.dev/permc/compiler"
)

// standardOutput remembers the first error of writing an answer: an answer that nobody gets is a failure, whether the
// command looks at errors or not.
type standardOutput struct {
	w   io.Writer
	mu  sync.Mutex
	err error
}

func (s *standardOutput) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.err == nil {
			s.err = err
		}
	}
	return n, err
}

func (s *standardOutput) file() *os.File { return fileOf(s.w) }

// failure returns the error that ends the command, if writing failed.
func (s *standardOutput) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		return nil
	}
	err := s.err
	var at *os.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return failed(fmt.Errorf("standard output: %w", err))
}

// remarks is standard error. If it cannot be written, neither the answer nor the exit code changes.
type remarks struct{ w io.Writer }

func (r remarks) Write(b []byte) (int, error) {
	_, _ = r.w.Write(b)
	return len(b), nil
}

func (r remarks) file() *os.File { return fileOf(r.w) }

// fileOf looks through the writers around a file. It returns nil if there is none.
func fileOf(w io.Writer) *os.File {
	switch w := w.(type) {
	case *os.File:
		return w
	case interface{ file() *os.File }:
		return w.file()
	}
	return nil
}

// recovered runs a command. A bug in permc ends it with 3, because 2, Go's own exit code, would say that the command
// line is wrong. It removes half-written files.
func recovered(run func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			cleanUp()
			if isCutFile(fault) {
				err = failed(errors.New("a file was cut short while permc read it"))
				return
			}
			err = failed(fmt.Errorf("internal error: %v%s; please report this", fault, faultPlace(fault)))
		}
	}()
	debug.SetPanicOnFault(true)
	return run()
}

// isCutFile reports whether a panic is about memory that is gone, as that of a mapped file that has become shorter.
func isCutFile(fault any) bool {
	if p, ok := fault.(*compiler.Panic); ok {
		fault = p.Value
	}
	_, ok := fault.(interface{ Addr() uintptr })
	return ok
}

// faultPlace returns the line of permc in which a panic began. Call it in the function that recovers. A panic of
// another goroutine carries its own place.
func faultPlace(fault any) string {
	pcs := make([]uintptr, 64)
	pcs = pcs[:runtime.Callers(1, pcs)]
	if p, ok := fault.(*compiler.Panic); ok {
		pcs = p.Callers
	}
	frames := runtime.CallersFrames(pcs)
	panicked := false
	for {
		frame, more := frames.Next()
		if panicked && (strings.HasPrefix(frame.Function, "permc.dev/permc/") ||
			strings.HasPrefix(frame.Function, "main.")) {
			return fmt.Sprintf(" (%s, line %d)", strings.TrimPrefix(frame.Function, "permc.dev/permc/"), frame.Line)
		}
		panicked = panicked || frame.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}
