package main

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// lockedBuffer is written by the command while the test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// take waits until the output contains the text, and empties it.
func (l *lockedBuffer) take(t *testing.T, want string) {
	t.Helper()
	for range 3_000 {
		l.mu.Lock()
		got := l.b.String()
		if strings.Contains(got, want) {
			l.b.Reset()
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no %q in what was written: %s", want, l.b.String())
}

// TestWatch edits, breaks and repairs a project that is watched.
func TestWatch(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	user := `{"user": "ana@contoso.example", "affiliation": "customer", ` +
		`"roles": [{"role": "services-admin", "scope": "contoso"}]}`
	write("access.yaml", "product: services-hub\nscopes: {contoso: {scopes: {emea: {labels: [first]}}}}\n")
	write("users.jsonl", user+"\n")
	var out, errs lockedBuffer
	ended := make(chan int)
	go func() { ended <- run([]string{"check", "--watch", "--as-of", "2026-12-01"}, &out, &errs) }()
	out.take(t, "no findings: 1 user in 2 files")
	errs.take(t, "checked 1 user in")
	write("users.jsonl", user+"\n"+`{"user": "bo@contoso.example", "affiliation": "customer"}`+"\n")
	out.take(t, `"bo@contoso.example" has no access`)
	errs.take(t, "waiting")
	write("more.jsonl", "{")
	out.take(t, "not JSON")
	errs.take(t, "waiting")
	if err := os.Remove("more.jsonl"); err != nil {
		t.Fatal(err)
	}
	out.take(t, "2 users in 2 files")
	errs.take(t, "waiting")
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}
