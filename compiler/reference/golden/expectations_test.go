package golden_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/expect"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// TestExpectationsOnCores tests many users with one core and with several: who
// fails first, what is touched and the bytes are the same.
func TestExpectationsOnCores(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"access.json": string(servicesHub(3000)),
		"expect.yaml": `expect:
  - {affiliation: microsoft, cannot: health}
  - {affiliation: microsoft, cannot: view-all-support-cases, actions: [export]}
  - {affiliation: customer, can: health}
  - {cannot: customer-level-administrator, scope: c3}
  - {cannot: manage-users, asOf: "2026-01-01"}
  - {cannot: manage-users, asOf: "2028-01-01"}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one, result := expectations(t, dir)
	runtime.GOMAXPROCS(4)
	four, _ := expectations(t, dir)
	if diff := cmp.Diff(one, four); diff != "" {
		t.Errorf("cores matter (-one +four):\n%s", diff)
	}
	for _, o := range result.Outcomes {
		sorted := slices.IsSortedFunc(o.Misses, func(a, b expect.Miss) int {
			return strings.Compare(a.User.ID, b.User.ID)
		})
		if !sorted || len(o.Misses) != min(3, o.Failing) {
			t.Errorf("%s: %d of %d who fail are shown, in order: %v", &o, len(o.Misses), o.Failing, sorted)
		}
	}
	if result.Failed() == 0 || result.Failed() == len(result.Outcomes) {
		t.Errorf("%d of %d expectations fail: that tells little", result.Failed(), len(result.Outcomes))
	}
}

func expectations(t *testing.T, dir string) (text string, result *expect.Result) {
	t.Helper()
	day, _ := policy.ParseDate(asOf)
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatal(err, p.Stopped)
	}
	if result, err = expect.Ask(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := render.TestJSON(&b, &render.TestReport{Policy: p.Policy, Result: result}); err != nil {
		t.Fatal(err)
	}
	return b.String(), result
}
