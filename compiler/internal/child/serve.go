package child

import (
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
	"time"
)

// exitMemory is the exit code of a child at its limit of memory.
const exitMemory = 70

// deepStack limits the stack: a larger one means endless recursion.
const deepStack = 256 << 20

// Serve answers questions from in until it ends, which it does with the parent, within a limit of memory. It ends the
// process.
func Serve(in io.Reader, out io.Writer, memory uint64, answer func(question []byte) []byte) {
	// A terminal sends these to the parent as well, which ends this process.
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	limitMemory(memory)
	questions := make(chan []byte)
	go func() {
		for {
			question, err := readFrame(in)
			if err != nil {
				os.Exit(0)
			}
			questions <- question
		}
	}()
	for question := range questions {
		if writeFrame(out, answer(question)) != nil {
			os.Exit(0)
		}
	}
}

// limitMemory limits the memory of this process. The system refuses large requests if it can, and a check every few
// milliseconds finds the rest.
func limitMemory(memory uint64) {
	debug.SetMaxStack(deepStack)
	debug.SetGCPercent(300) // it ends before long, and close to the limit the collector takes no notice
	debug.SetMemoryLimit(int64(memory / 10 * 9))
	limitData(memory + memory/4)
	go func() {
		s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		for {
			time.Sleep(5 * time.Millisecond)
			metrics.Read(s)
			if s[0].Value.Uint64()-s[1].Value.Uint64() > memory {
				os.Exit(exitMemory)
			}
		}
	}()
}
