package main

import (
	"testing"

	"permc.dev/permc/compiler"
)

func TestProgressLine(t *testing.T) {
	var m compiler.Progress
	m.Start("reading files", 0)
	if got, want := progressLine(m.Now()), "reading files …"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	m.Start("flattening users", 200)
	m.Add(50)
	if got, want := progressLine(m.Now()), "flattening users: 50 of 200 (25 %)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	(*compiler.Progress)(nil).Start("nobody looks", 1)
}
