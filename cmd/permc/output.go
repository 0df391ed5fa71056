package main

import (
	"bufio"
	"io"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/cmd/permc/internal/wholefile"
	"permc.dev/permc/compiler/render"
)

// output writes to standard output, or to a file, whole or not at all.
type output struct {
	*bufio.Writer
	raw  io.Writer
	temp *wholefile.File // or nil: standard output

	guarded *guard // or nil
}

// guard guards text and Markdown as they are written. The packages that write the other formats do that themselves.
func (o *output) guard(format string) {
	if format != "text" && format != "markdown" {
		return
	}
	door := render.Guard
	if isTerminal(o.raw) {
		door = wrapping(o.raw, render.GuardTerminal)
	}
	o.guarded = &guard{w: o.raw, door: door}
	o.Writer = bufio.NewWriterSize(o.guarded, 1<<16)
}

// wrapping returns a door that also breaks lines at the width of a terminal.
func wrapping(w io.Writer, door func([]byte) []byte) func([]byte) []byte {
	width, _ := terminalWidth(fileOf(w))
	return func(text []byte) []byte { return door(render.WrapLines(text, width)) }
}

// create opens the file, or standard output for "", "-" and its other names.
func create(path string, stdout io.Writer) (*output, error) {
	if isStandardOutput(path) && stdout != nil {
		return &output{Writer: bufio.NewWriterSize(stdout, 1<<16), raw: stdout}, nil
	}
	file, err := wholefile.Create(path)
	if err != nil {
		return nil, failed(err)
	}
	return outputTo(file), nil
}

// writeOutput writes to the file of an output, whole or not at all, or to standard output.
func writeOutput(stdout io.Writer, o flags.Output, write func(*output) error) error {
	out, err := create(o.Path, stdout)
	if err != nil {
		return err
	}
	out.guard(o.Format)
	return out.close(write(out))
}

// writeOutputs writes an answer in each format that is asked for.
func writeOutputs(stdout io.Writer, outputs []flags.Output, write func(out *output, format string) error) error {
	for _, o := range outputs {
		err := writeOutput(stdout, o, func(out *output) error { return write(out, o.Format) })
		if err != nil {
			return failed(err)
		}
	}
	return nil
}

// isStandardOutput reports whether a path is one of the names of standard output.
func isStandardOutput(path string) bool { return flags.IsStandardOutput(path) }

func outputTo(file *wholefile.File) *output {
	return &output{Writer: bufio.NewWriterSize(file, 1<<16), raw: file.Raw(), temp: file}
}

// close ends the output. The file takes its name only if all went well.
func (o *output) close(err error) error { return o.end(err, (*wholefile.File).Commit) }

// closeDurably closes a file that nobody could make again.
func (o *output) closeDurably(err error) error { return o.end(err, (*wholefile.File).CommitDurably) }

func (o *output) end(err error, commit func(*wholefile.File) error) error {
	if err == nil {
		err = o.Flush()
	}
	if err == nil && o.guarded != nil {
		err = o.guarded.end()
	}
	if o.temp == nil {
		return err
	}
	if err != nil {
		return o.temp.Fail(err)
	}
	return commit(o.temp)
}
