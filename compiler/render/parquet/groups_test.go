package parquet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	library "github.com/parquet-go/parquet-go"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// manyRows returns a project with rows for several groups: somebody reaches all workspaces.
func manyRows(t *testing.T) *compiler.Project {
	t.Helper()
	var b strings.Builder
	b.WriteString("product: services-hub\ndomains: {microsoft.example: microsoft}\n" +
		"users:\n  max@microsoft.example:\n    roles: [{role: csam, scope: contoso}]\n" +
		"scopes:\n  contoso:\n    scopes:\n")
	for i := range 8000 {
		fmt.Fprintf(&b, "      w%04d: {}\n", i)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.yaml"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return project(t, dir)
}

// TestGroups reads back a table of several groups, whose bytes do not depend on the number of cores.
func TestGroups(t *testing.T) {
	p := manyRows(t)
	var want []string
	_, err := p.Visit(context.Background(), func() func(*policy.Access) {
		return func(a *policy.Access) {
			for i := range a.Rows {
				want = append(want, a.Rows[i].Scope.Path+" "+a.Rows[i].Permission.ID)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	raw := bytesOf(t, p)
	rows, err := library.Read[row](bytes.NewReader(raw), int64(len(raw)))
	if err != nil || len(rows) != len(want) {
		t.Fatalf("%d rows, want %d: %v", len(rows), len(want), err)
	}
	for i := range rows {
		if got := rows[i].Scope + " " + rows[i].Permission; got != want[i] {
			t.Fatalf("row %d is of %s, want %s", i, got, want[i])
		}
	}
	f, err := library.OpenFile(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.RowGroups()); n != (len(want)+mostRows-1)/mostRows || n < 3 {
		t.Errorf("%d groups of %d rows", n, len(want))
	}
	runtime.GOMAXPROCS(3)
	if !bytes.Equal(raw, bytesOf(t, p)) {
		t.Error("another number of cores gives other bytes")
	}
}

// TestDiskFillsUp checks that an error is returned wherever it comes.
func TestDiskFillsUp(t *testing.T) {
	p := manyRows(t)
	full, size := errors.New("no space left"), len(bytesOf(t, p))
	for n := range 4 {
		left := n * size / 4
		w := writerFunc(func(b []byte) (int, error) {
			if left -= len(b); left < 0 {
				return 0, full
			}
			return len(b), nil
		})
		if _, err := Write(context.Background(), w, &render.TableJob{Project: p}); !errors.Is(err, full) {
			t.Errorf("full after %d quarters: got %v", n, err)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
