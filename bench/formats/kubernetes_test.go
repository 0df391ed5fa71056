package formats

import (
	"os"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"
)

// TestKubernetes reads the jobs of docs/scale into the types of the API, which have every field that a job may have.
func TestKubernetes(t *testing.T) {
	text, err := os.ReadFile("../../docs/scale/kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	documents := strings.Split(string(text), "\n---\n")
	for _, d := range documents {
		var job batch.Job
		if err := yaml.UnmarshalStrict([]byte(d), &job); err != nil {
			t.Fatal(err)
		}
		checkJob(t, &job)
	}
	if len(documents) != 2 {
		t.Errorf("%d documents", len(documents))
	}
	wrong := strings.Replace(documents[0], "completions:", "completion:", 1)
	if err := yaml.UnmarshalStrict([]byte(wrong), &batch.Job{}); err == nil {
		t.Error("a field that no job has was read")
	}
}

// checkJob checks what the types cannot: names that must agree.
func checkJob(t *testing.T, job *batch.Job) {
	t.Helper()
	if job.APIVersion != "batch/v1" || job.Kind != "Job" || job.Name == "" {
		t.Errorf("%s %s %q is no job", job.APIVersion, job.Kind, job.Name)
	}
	pod := job.Spec.Template.Spec
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = v.PersistentVolumeClaim != nil
	}
	for _, c := range pod.Containers {
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				t.Errorf("%s: %s is no volume with a claim", job.Name, m.Name)
			}
		}
		for name, limit := range c.Resources.Limits {
			if request := c.Resources.Requests[name]; request.Cmp(limit) > 0 {
				t.Errorf("%s: requests more %s than its limit", job.Name, name)
			}
		}
	}
	if s := job.Spec; s.CompletionMode != nil && *s.CompletionMode == batch.IndexedCompletion &&
		(s.Completions == nil || s.Parallelism == nil || *s.Parallelism > *s.Completions) {
		t.Errorf("%s: an indexed job needs completions, and as many pods at most", job.Name)
	}
	if p := job.Spec.PodFailurePolicy; p != nil && pod.RestartPolicy != "Never" {
		t.Errorf("%s: a pod failure policy needs restartPolicy: Never", job.Name)
	}
}
