package load

import (
	"io"

	"permc.dev/permc/compiler/internal/child"
)

// Child is an Evaluator in a process of its own, which the first question starts.
type Child = child.Process

// NewChild returns an evaluator that runs this program again. The arguments make its main call Serve.
func NewChild(name string, args ...string) *Child { return &Child{Name: name, Args: args} }

// Serve answers the questions of a parent until in ends, and then ends the process.
func Serve(in io.Reader, out io.Writer) { child.Serve(in, out, DefaultLimits.Memory, Answer()) }
