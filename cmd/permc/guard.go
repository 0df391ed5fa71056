package main

import (
	"bytes"
	"io"

	"permc.dev/permc/compiler/render"
)

// guard passes whole lines of text through a door of render. Declarations, file names and command lines may contain
// anything, and a terminal or the program behind a build's log may read the output.
type guard struct {
	w    io.Writer
	door func([]byte) []byte
	rest []byte // of a line that has not ended
	text []byte // memory for whole lines
}

// guarded guards text that is written in whole lines, unless people read it.
func guarded(w io.Writer) io.Writer {
	if isTerminal(w) {
		return w
	}
	return &guard{w: w, door: render.Guard}
}

// findingsText writes findings to standard error.
func findingsText(stderr io.Writer, r *render.Findings) error {
	if !isTerminal(stderr) {
		return render.FindingsText(stderr, r, styleOf(stderr))
	}
	g := &guard{w: stderr, door: wrapping(stderr, render.GuardTerminal)}
	if err := render.FindingsText(g, r, styleOf(stderr)); err != nil {
		return err
	}
	return g.end()
}

func (g *guard) Write(p []byte) (int, error) {
	end := bytes.LastIndexByte(p, '\n') + 1
	if end == 0 {
		g.rest = append(g.rest, p...)
		return len(p), nil
	}
	text := p[:end]
	if len(g.rest) > 0 {
		g.text = append(append(g.text[:0], g.rest...), text...)
		text = g.text
	}
	_, err := g.w.Write(g.door(text))
	g.rest = append(g.rest[:0], p[end:]...)
	return len(p), err
}

// end passes on a last line without an end.
func (g *guard) end() error {
	if len(g.rest) == 0 {
		return nil
	}
	_, err := g.w.Write(g.door(g.rest))
	g.rest = nil
	return err
}
