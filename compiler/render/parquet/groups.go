package parquet

import (
	"bytes"
	"io"
	"runtime"

	library "github.com/parquet-go/parquet-go"

	"permc.dev/permc/compiler/internal/parallel"
)

// mostRows is how many rows a group has, but for the last one. A group is encoded as a whole, by itself.
const mostRows = 1 << 15

// groups writes rows in groups, which it encodes on several goroutines: that takes most of the time. A group that is
// full is encoded as a file of its own, from which its bytes are copied, in order.
type groups[T any] struct {
	out   *library.GenericWriter[T]
	rows  []T           // of the next group
	begun []*encoder[T] // in order
	spare []*encoder[T]
	work  parallel.Group
}

// encoder encodes one group after the other.
type encoder[T any] struct {
	writer *library.GenericWriter[T]
	text   bytes.Buffer
	rows   []T
	done   chan error
}

func newGroups[T any](w io.Writer, options []library.WriterOption) *groups[T] {
	return &groups[T]{out: library.NewGenericWriter[T](w, append(options, writerOptions...)...)}
}

// add adds rows, which it copies.
func (g *groups[T]) add(rows []T) error {
	for len(rows) > 0 {
		n := min(len(rows), mostRows-len(g.rows))
		g.rows, rows = append(g.rows, rows[:n]...), rows[n:]
		if len(g.rows) < mostRows {
			break
		}
		if err := g.begin(); err != nil {
			return err
		}
	}
	return nil
}

// begin begins to encode a group, once not too many are at work.
func (g *groups[T]) begin() error {
	if len(g.begun) >= runtime.GOMAXPROCS(0) {
		if err := g.finish(); err != nil {
			return err
		}
	}
	e := &encoder[T]{done: make(chan error, 1)}
	if n := len(g.spare); n > 0 {
		e, g.spare = g.spare[n-1], g.spare[:n-1]
	} else {
		e.writer = library.NewGenericWriter[T](&e.text, writerOptions...)
	}
	e.rows, g.rows = g.rows, e.rows[:0]
	g.begun = append(g.begun, e)
	g.work.Go(func() { e.done <- e.encode() })
	return nil
}

func (e *encoder[T]) encode() error {
	e.text.Reset()
	e.writer.Reset(&e.text)
	if _, err := e.writer.Write(e.rows); err != nil {
		return err
	}
	return e.writer.Close()
}

// finish waits for the group that was begun first, and writes it.
func (g *groups[T]) finish() error {
	e := g.begun[0]
	g.begun = g.begun[1:]
	select {
	case err := <-e.done:
		if err != nil {
			return err
		}
	case <-g.work.Broken():
		g.work.Wait()
	}
	f, err := library.OpenFile(bytes.NewReader(e.text.Bytes()), int64(e.text.Len()))
	if err != nil {
		return err
	}
	for _, group := range f.RowGroups() {
		if _, err := g.out.WriteRowGroup(group); err != nil {
			return err
		}
	}
	clear(e.rows)
	g.spare = append(g.spare, e)
	return nil
}

// close writes what is left.
func (g *groups[T]) close() error {
	for len(g.begun) > 0 {
		if err := g.finish(); err != nil {
			return err
		}
	}
	if _, err := g.out.Write(g.rows); err != nil {
		return err
	}
	return g.out.Close()
}
