package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// job is what the test uses of a Job of Kubernetes.
type job struct {
	Kind string
	Spec struct {
		CompletionMode           string `yaml:"completionMode"`
		Completions, Parallelism int
		Template                 struct {
			Spec struct{ Containers []struct{ Args []string } }
		}
	}
}

// TestKubernetes runs what the pods of docs/scale/kubernetes.yaml run, and compares with one run.
func TestKubernetes(t *testing.T) {
	text, err := os.ReadFile("../../docs/scale/kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	project, err := filepath.Abs("../../examples/services-hub")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("out/states", 0o777); err != nil {
		t.Fatal(err)
	}
	var compile, merge job
	docs := yaml.NewDecoder(bytes.NewReader(text))
	for _, j := range []*job{&compile, &merge} {
		if err := docs.Decode(j); err != nil || j.Kind != "Job" {
			t.Fatalf("not a job: %v", err)
		}
	}
	n := compile.Spec.Completions
	if compile.Spec.CompletionMode != "Indexed" || n < 2 || compile.Spec.Parallelism != n {
		t.Errorf("not an indexed job of several pods: %+v", compile.Spec)
	}
	pod := func(j *job, index int) (stdout string, code int) {
		var args []string
		for _, a := range j.Spec.Template.Spec.Containers[0].Args {
			a = strings.ReplaceAll(a, "$(JOB_COMPLETION_INDEX)", strconv.Itoa(index))
			args = append(args, strings.NewReplacer("/out", "out", "/project", project).Replace(a))
		}
		var out, errs bytes.Buffer
		if code = run(args, &out, &errs); code > exitFindings {
			t.Fatalf("%v exits with %d: %s", args, code, &errs)
		}
		return out.String(), code
	}
	for i := range n {
		if _, code := pod(&compile, i); code != exitClean {
			t.Errorf("pod %d exits with %d", i, code)
		}
	}
	got, code := pod(&merge, 0)
	var want bytes.Buffer
	wanted := run([]string{"check", "--as-of=2026-12-01", project}, &want, &bytes.Buffer{})
	lines := slices.DeleteFunc(strings.SplitAfter(want.String(), "\n"), func(line string) bool {
		return strings.Contains(line, "permc fix")
	})
	if code != wanted || got != strings.Join(lines, "") {
		t.Errorf("merge exits with %d and prints\n%s\nwant %d and\n%s", code, got, wanted, &want)
	}
}
