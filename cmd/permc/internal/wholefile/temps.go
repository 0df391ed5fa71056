package wholefile

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// temp is something under a name that nobody knows, to be removed unless it
// takes another one.
type temp struct {
	folder *os.Root
	name   string
}

// writing are the temps that there are. While there are any, a signal that ends
// permc removes them first.
var writing struct {
	sync.Mutex
	temps   map[*temp]bool
	signals chan os.Signal
}

// placing is held while several files take their names, which no signal parts.
var placing sync.Mutex

func newTemp(folder *os.Root) *temp {
	t := &temp{folder, newName()}
	writing.Lock()
	defer writing.Unlock()
	if len(writing.temps) == 0 {
		writing.temps = map[*temp]bool{}
		writing.signals = make(chan os.Signal, 1)
		signal.Notify(writing.signals, endings()...)
		go awaitSignal(writing.signals)
	}
	writing.temps[t] = true
	return t
}

// endings are the signals that end permc. SIGHUP does not under nohup.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

func awaitSignal(signals chan os.Signal) {
	s, ok := <-signals
	if !ok {
		return
	}
	Abandon()
	if s == syscall.SIGHUP { // that nobody else waits for
		os.Exit(3)
	}
}

// Abandon removes everything that is being written. What has its name stays.
func Abandon() {
	placing.Lock()
	defer placing.Unlock()
	writing.Lock()
	defer writing.Unlock()
	for t := range writing.temps {
		_ = t.folder.RemoveAll(t.name)
	}
	endWriting()
}

// endWriting forgets all temps, and leaves signals to others.
func endWriting() {
	if len(writing.temps) > 0 {
		signal.Stop(writing.signals)
		close(writing.signals)
	}
	writing.temps = nil
}

// isOpen reports whether a temp is still there.
func (t *temp) isOpen() bool {
	writing.Lock()
	defer writing.Unlock()
	return writing.temps[t]
}

// forget says that a temp is no longer one.
func (t *temp) forget() {
	writing.Lock()
	defer writing.Unlock()
	if !writing.temps[t] {
		return
	}
	if len(writing.temps) == 1 {
		endWriting()
	}
	delete(writing.temps, t)
}

func (t *temp) remove() {
	if t.isOpen() {
		_ = t.folder.RemoveAll(t.name)
		t.forget()
	}
}
