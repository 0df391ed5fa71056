package parquet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	library "github.com/parquet-go/parquet-go"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

func project(t *testing.T, path string) *compiler.Project {
	t.Helper()
	asOf, _ := policy.ParseDate("2026-12-01")
	p, err := compiler.Load(context.Background(),
		compiler.Options{Paths: []string{path}, AsOf: asOf, Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatal(err, p.Stopped)
	}
	return p
}

func bytesOf(t *testing.T, p *compiler.Project) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Write(context.Background(), &b, &render.TableJob{Project: p}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// jsonRow is a row of `-f jsonl`.
type jsonRow struct {
	ViaOmitted                                          int32
	User, Status, Affiliation, Scope, Level, Permission string
	Confidence                                          string
	Actions                                             []string
	Withheld                                            []withheld
	Access                                              string
	Conditions                                          []string
	Expires                                             string
	Via                                                 []struct {
		Kind, Role, From, Group, Permission, Scope string
		Actions                                    []string
		Access, Expires                            string
		Position                                   struct {
			File         string
			Line, Column int32
		}
	}
}

func (j *jsonRow) row(t *testing.T) row {
	x := row{j.User, j.Status, j.Affiliation, j.Scope, j.Level, j.Permission, j.Actions, j.Withheld, j.Access,
		j.Conditions, nil, date(t, j.Expires), j.ViaOmitted, j.Confidence}
	for _, v := range j.Via {
		x.Via = append(x.Via, via{v.Kind, v.Role, v.From, v.Group, v.Permission, v.Scope, v.Actions, v.Access,
			date(t, v.Expires), v.Position.File, v.Position.Line, v.Position.Column})
	}
	return x
}

func date(t *testing.T, text string) *int32 {
	if text == "" {
		return nil
	}
	d, err := policy.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return daysSince1970(d)
}

// TestReadBack compares the rows of the file with those of `-f jsonl`.
func TestReadBack(t *testing.T) {
	for _, name := range []string{"services-hub", "call-manager", "dynamics-365-customer-service", "own-product"} {
		p := project(t, "../../../examples/"+name)
		var want []row
		collect := lines(func(line []byte) {
			var j jsonRow
			if err := json.Unmarshal(line, &j); err != nil {
				t.Fatal(err)
			}
			want = append(want, j.row(t))
		})
		job := &render.TableJob{Project: p}
		if _, err := render.WriteTable(context.Background(), collect, job, "jsonl", false, nil); err != nil {
			t.Fatal(err)
		}
		raw := bytesOf(t, p)
		got, err := library.Read[row](bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || len(got) == 0 {
			t.Errorf("%s: %d rows (-jsonl +parquet):\n%s", name, len(got), diff)
		}
	}
}

// lines passes each written line to a function.
type lines func([]byte)

func (f lines) Write(b []byte) (int, error) {
	for line := range bytes.Lines(b) {
		f(line)
	}
	return len(b), nil
}

// TestMetadata reads the metadata of the file.
func TestMetadata(t *testing.T) {
	p := project(t, "../../../examples/services-hub")
	raw := bytesOf(t, p)
	f, err := library.OpenFile(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"permc.version": "1", "permc.product": "services-hub",
		"permc.as-of": "2026-12-01", "permc.catalog": p.Policy.Catalog.Version} {
		if got, _ := f.Lookup(key); got != want || want == "" {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	text, _ := f.Lookup("permc.inputs")
	var inputs []struct{ File, SHA256 string }
	if err := json.Unmarshal([]byte(text), &inputs); err != nil || len(inputs) != 5 || len(inputs[0].SHA256) != 64 {
		t.Errorf("inputs are %s: %v", text, err)
	}
}

// TestSameBytes checks that the output does not depend on chance or the number of cores.
func TestSameBytes(t *testing.T) {
	p := project(t, "../../../examples/services-hub")
	first := bytesOf(t, p)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 3 {
		if !bytes.Equal(first, bytesOf(t, p)) {
			t.Fatal("another run gives other bytes")
		}
	}
}

// TestFullDisk checks that a write error is returned.
func TestFullDisk(t *testing.T) {
	full := errors.New("no space left")
	p := project(t, "../../../examples/services-hub")
	if _, err := Write(context.Background(), failing{full}, &render.TableJob{Project: p}); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ error }

func (f failing) Write([]byte) (int, error) { return 0, f.error }

var _ io.Writer = failing{}
