package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/testing/ptest"
)

var permc string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "permc-beam-")
	if err != nil {
		panic(err)
	}
	permc = filepath.Join(dir, "permc")
	build := exec.Command("go", "build", "-o", permc, "./cmd/permc")
	build.Dir, build.Stderr = "../..", os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	code := ptest.MainRetWithDefault(m, "prism")
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

const day = "2026-12-01"

// TestShards compares the table and the findings of the pipeline with those of one run.
func TestShards(t *testing.T) {
	generated := filepath.Join(t.TempDir(), "generated")
	execute(t, "..", "go", "run", "./cmd/gen", "--users", "2000", "--format", "jsonl", "--out", generated)
	for name, project := range map[string]string{
		"hub":       "../../examples/services-hub",
		"dynamics":  "../../examples/dynamics-365-customer-service",
		"generated": generated,
	} {
		for _, shards := range []int{1, 5} {
			t.Run(fmt.Sprint(name, shards), func(t *testing.T) {
				out := filepath.Join(t.TempDir(), "table")
				v, code := pipe(t, options{Project: project, Output: out, Shards: shards})
				var table []byte
				for _, p := range v.Parts {
					text := readFile(t, p.Address)
					if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != p.SHA256 ||
						int64(len(text)) != p.Bytes {
						t.Errorf("%s is not as the verdict says", p.Address)
					}
					table = append(table, text...)
				}
				want, wantCode := execute(t, ".", permc, "compile", "-f", "jsonl", "--as-of", day, project)
				if len(want) == 0 || !bytes.Equal(table, want) {
					t.Errorf("%d bytes, one run has %d", len(table), len(want))
				}
				found, _ := execute(t, ".", permc, "check", "-f", "json", "--as-of", day, project)
				if !bytes.Equal(readFile(t, out+"-findings.json"), found) {
					t.Error("the findings are not those of one run")
				}
				if code != wantCode {
					t.Errorf("exit code %d, one run has %d", code, wantCode)
				}
			})
		}
	}
}

// TestFlags adds the flags to those of all runners, which have none of the same name.
func TestFlags(t *testing.T) {
	o := options{}
	o.flags(flag.CommandLine)
	if err := flag.Set("shards", "64"); err != nil || o.Shards != 64 {
		t.Errorf("%d shards: %v", o.Shards, err)
	}
}

// TestArchive runs on a project in a tar file, as git archive writes one.
func TestArchive(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.tar")
	text := readFile(t, "../../examples/call-manager/tenants.yaml")
	writeArchive(t, file, tar.Header{Name: "access/access.yaml", Typeflag: tar.TypeReg}, text)
	out := filepath.Join(t.TempDir(), "table")
	v, _ := pipe(t, options{Project: file, Output: out, Shards: 2})
	if len(v.Parts) != 2 {
		t.Errorf("%d parts", len(v.Parts))
	}
	for _, h := range []tar.Header{
		{Name: "../outside.yaml", Typeflag: tar.TypeReg},
		{Name: "/tmp/outside.yaml", Typeflag: tar.TypeReg},
		{Name: "link", Linkname: "/etc", Typeflag: tar.TypeSymlink},
	} {
		writeArchive(t, file, h, nil)
		if err := unpack(t.Context(), file, t.TempDir()); err == nil {
			t.Errorf("%s was unpacked", h.Name)
		}
	}
}

// TestNoTable runs on a project with an error that stops the table: there are findings, and no part.
func TestNoTable(t *testing.T) {
	dir := t.TempDir()
	text := "product: call-manager\nscopes: {acme: {}}\nusers:\n  ana@acme.example: {roles: [{role: ownr}]}\n"
	if err := os.WriteFile(filepath.Join(dir, "access.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "table")
	v, code := pipe(t, options{Project: dir, Output: out, Shards: 3})
	if code != 3 || len(v.Parts) != 0 || !strings.Contains(string(readFile(t, out+"-findings.json")), "ownr") {
		t.Errorf("exit code %d, %d parts", code, len(v.Parts))
	}
}

// TestUsage refuses what cannot be run, before or in the pipeline.
func TestUsage(t *testing.T) {
	for _, o := range []options{
		{Output: "x", Shards: 1},
		{Project: "x", Output: "x"},
		{Project: filepath.Join(t.TempDir(), "missing"), Output: filepath.Join(t.TempDir(), "x"), Shards: 1},
	} {
		o.Permc, o.AsOf, o.Format = permc, day, "jsonl"
		if code, err := run(t.Context(), o); err == nil || code < 2 {
			t.Errorf("%+v: exit code %d, %v", o, code, err)
		}
	}
}

// pipe runs the pipeline, and returns the verdict and the exit code.
func pipe(t *testing.T, o options) (v verdict, code int) {
	t.Helper()
	o.Permc, o.AsOf, o.Format = permc, day, "jsonl"
	code, err := run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(readFile(t, o.Output+"-verdict.json"), &v); err != nil {
		t.Fatal(err)
	}
	return v, code
}

func writeArchive(t *testing.T, file string, h tar.Header, text []byte) {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	h.Size, h.Mode = int64(len(text)), 0o644
	if err := w.WriteHeader(&h); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), os.WriteFile(file, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// execute runs a command, and returns what it prints and its exit code, which may be that of findings.
func execute(t *testing.T, dir, name string, args ...string) (stdout []byte, code int) {
	t.Helper()
	var messages bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stderr = dir, &messages
	out, err := cmd.Output()
	if code = cmd.ProcessState.ExitCode(); err != nil && code != 1 {
		t.Fatalf("%s: %v\n%s", name, err, messages.Bytes())
	}
	return out, code
}
