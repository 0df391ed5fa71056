//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// writeErrors makes errors of writing of what would be signals: a pipe whose
// reader has gone, and a file that is as large as it may be. Programs that permc
// starts get them as ever.
func writeErrors() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE, syscall.SIGXFSZ)
}
