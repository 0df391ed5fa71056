package html

import (
	"encoding/binary"
	"errors"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// SplitRows are the rows of the parts of a report.
type SplitRows struct {
	parts *report.Parts
	Of    []*Rows // by part
}

// NewSplitRows returns rows without a user.
func NewSplitRows(p *policy.Policy, parts *report.Parts) *SplitRows {
	s := &SplitRows{parts: parts}
	for range parts.List {
		s.Of = append(s.Of, NewRows(p))
	}
	return s
}

// frame is the length of the header before a user's text in a part: the part, and the number of bytes.
const frame = 8

// Worker returns a function that appends the rows of one user, part by part, and passes the access in each part to
// look. Each goroutine needs its own.
func (s *SplitRows) Worker(look func(part int, a *policy.Access)) func([]byte, *policy.Access) []byte {
	put, route := s.Of[0].Worker(), s.parts.Router()
	return func(b []byte, a *policy.Access) []byte {
		route(a, func(part int, a *policy.Access) {
			look(part, a)
			start := len(b)
			b = put(append(b, make([]byte, frame)...), a)
			binary.LittleEndian.PutUint32(b[start:], uint32(part))
			binary.LittleEndian.PutUint32(b[start+4:], uint32(len(b)-start-frame))
		})
		return b
	}
}

// Write takes the output of workers, in order.
func (s *SplitRows) Write(b []byte) error {
	for len(b) > 0 {
		part, n := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
		if err := s.Of[part].Write(b[frame : frame+n]); err != nil {
			return err
		}
		b = b[frame+n:]
	}
	return nil
}

// EachPage calls write for each page, on every core.
func EachPage(pages []*Page, write func(i int) error) error {
	errs := make([]error, len(pages))
	parallel.Each(len(pages), func(i int) { errs[i] = write(i) })
	return errors.Join(errs...)
}
