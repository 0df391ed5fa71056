package main

import (
	"fmt"
	"io"
	"time"

	"permc.dev/permc/compiler"
)

// showProgress shows the progress of a run on a terminal, from one second on. The returned function stops it and leaves
// the line empty.
func showProgress(w io.Writer, m *compiler.Progress) (stop func()) {
	if !isTerminal(w) {
		return func() {}
	}
	done, gone := make(chan bool), make(chan bool)
	go func() {
		defer close(gone)
		shown := false
		tick := time.NewTimer(time.Second)
		for {
			select {
			case <-tick.C:
				fmt.Fprintf(w, "\r\x1b[K%s", progressLine(m.Now()))
				shown = true
				tick.Reset(200 * time.Millisecond)
			case <-done:
				if shown {
					fmt.Fprint(w, "\r\x1b[K")
				}
				return
			}
		}
	}()
	return func() {
		close(done)
		<-gone
	}
}

func progressLine(step string, done, total int64) string {
	if total == 0 {
		return step + " …"
	}
	return fmt.Sprintf("%s: %d of %d (%d %%)", step, done, total, 100*done/total)
}
