// Package mapped lets programs look at files larger than memory: the system reads a page of a mapped file when it is
// looked at. Pages that were looked at count as memory of the process until it forgets them.
package mapped

import (
	"strings"
	"sync"
	"unsafe"
)

// Step is how much text to look at before forgetting it. Each time costs some microseconds.
const Step = 4 << 20

var (
	mu    sync.RWMutex
	files []string // all mapped files; they stay mapped until the process ends
)

// Open returns the bytes of a file, and false if the system cannot map it. They must not be written to.
func Open(fd uintptr, size int) ([]byte, bool) {
	data, ok := mapFile(fd, size)
	if ok {
		mu.Lock()
		defer mu.Unlock()
		files = append(files, unsafe.String(unsafe.SliceData(data), len(data)))
	}
	return data, ok
}

// Has reports whether a text is part of a mapped file.
func Has(text string) bool {
	mu.RLock()
	defer mu.RUnlock()
	for _, f := range files {
		if within(f, text) {
			return true
		}
	}
	return false
}

// within reports whether a text is a part of another one, at its place in memory.
func within(whole, part string) bool {
	from, at := uintptr(unsafe.Pointer(unsafe.StringData(whole))), uintptr(unsafe.Pointer(unsafe.StringData(part)))
	return from <= at && at+uintptr(len(part)) <= from+uintptr(len(whole))
}

// Forget gives up the memory of a text that is part of a mapped file. Whoever looks at it again makes the system read
// it again. It does nothing to other texts.
func Forget(text string) {
	if len(text) > 0 && Has(text) {
		forget(text)
	}
}

// Each calls f with a text in parts that end after a byte that begins no longer character, and forgets each one. It
// stops when f returns false. Texts that are not mapped are one part.
func Each(text string, f func(part string, from int) bool) {
	size := len(text)
	if Has(text) {
		size = Step
	}
	for from := 0; from < len(text); {
		to := min(from+size, len(text))
		for to < len(text) && to > from+1 && text[to]&0xC0 == 0x80 {
			to--
		}
		if !f(text[from:to], from) {
			return
		}
		if to-from < len(text) {
			Forget(text[from:to])
		}
		from = to
	}
}

// IndexByte returns the first place of a byte in a text, or -1, and forgets what it looked at.
func IndexByte(text string, c byte) (at int) {
	at = -1
	Each(text, func(part string, from int) bool {
		if i := strings.IndexByte(part, c); i >= 0 {
			at = from + i
		}
		return at < 0
	})
	return at
}
