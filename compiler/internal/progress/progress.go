// Package progress counts how far a run has come, for whoever shows it.
package progress

import "sync/atomic"

// Meter counts what is done of one step after the other. A nil Meter counts
// nothing.
type Meter struct {
	step        atomic.Pointer[string]
	done, total atomic.Int64
	read        atomic.Int64
}

// Start begins a step, such as "reading files", of so many parts.
func (m *Meter) Start(step string, total int) {
	if m == nil {
		return
	}
	m.done.Store(0)
	m.total.Store(int64(total))
	m.step.Store(&step)
}

// Add counts parts that are done.
func (m *Meter) Add(n int) {
	if m != nil {
		m.done.Add(int64(n))
	}
}

// AddRead counts bytes that were read. They are those of all steps.
func (m *Meter) AddRead(n int) {
	if m != nil {
		m.read.Add(int64(n))
	}
}

// Read returns how many bytes were read.
func (m *Meter) Read() int64 { return m.read.Load() }

// Now returns the step, or "" before the first, and its progress.
func (m *Meter) Now() (step string, done, total int64) {
	if s := m.step.Load(); s != nil {
		step = *s
	}
	return step, m.done.Load(), m.total.Load()
}
