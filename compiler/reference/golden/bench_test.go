package golden_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/xlsx"
)

// servicesHub is a project of n users over n/200 customers with 5 workspaces
// each: 4 % Microsoft users, up to 2 roles and 4 grants a user.
func servicesHub(n int) []byte {
	type entry = map[string]any
	r := rand.New(rand.NewPCG(1, 2))
	scopes, users := entry{}, entry{}
	customers := max(1, n/200)
	for i := range customers {
		workspaces := entry{"w0": entry{"labels": []string{"first"}}}
		for j := 1; j < 5; j++ {
			workspaces[fmt.Sprintf("w%d", j)] = entry{}
		}
		scopes[fmt.Sprintf("c%d", i)] = entry{"scopes": workspaces}
	}
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for i := range n {
		customer := fmt.Sprintf("c%d", i%customers)
		workspace := func() string { return fmt.Sprintf("%s/w%d", customer, r.IntN(5)) }
		microsoft := r.IntN(25) == 0
		roles, grants := []entry{}, []entry{}
		for range r.IntN(3) {
			switch {
			case microsoft:
				roles = append(roles, entry{"role": pick("csam", "incident-manager"), "scope": customer})
			case r.IntN(2) == 0:
				roles = append(roles, entry{"role": "workspace-administrator", "scope": workspace()})
			default:
				roles = append(roles, entry{"role": pick("services-admin", "global-administrator"), "scope": customer})
			}
		}
		for range r.IntN(5) {
			if r.IntN(4) == 0 {
				grants = append(grants, entry{"permission": pick("view-open-canvas", "manage-open-canvas",
					"view-engagement"), "scope": customer})
			} else {
				grants = append(grants, entry{"permission": pick("support-contact", "learning", "programs", "health",
					"shared-files", "customer-activity"), "scope": workspace()})
			}
		}
		users[fmt.Sprintf("user%d@%s.example", i, customer)] = entry{"name": fmt.Sprintf("User %d", i),
			"affiliation": map[bool]string{true: "microsoft", false: "customer"}[microsoft], "roles": roles,
			"grants": grants}
	}
	text, err := json.Marshal(entry{"product": "services-hub", "scopes": scopes, "users": users})
	if err != nil {
		panic(err)
	}
	return text
}

// TestCores compiles on one core and on several: the bytes are the same.
func TestCores(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("access.json", servicesHub(2_000), 0o644); err != nil {
		t.Fatal(err)
	}
	var want string
	for _, cores := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(cores)
		table, report := compile(t, asOf, "csv")
		runtime.GOMAXPROCS(before)
		got := table + findingsText(t, report)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("on %d cores the result differs from that on one", cores)
		}
	}
}

// TestWorkbookOnCores does so with a workbook that lists memberships that end on the same day: each core reads some.
func TestWorkbookOnCores(t *testing.T) {
	type entry = map[string]any
	t.Chdir(t.TempDir())
	users := entry{}
	for i := range 3_000 {
		users[fmt.Sprintf("user%d@contoso.example", i)] = entry{"affiliation": "customer",
			"groups": []entry{{"group": "readers", "expires": "2027-01-01"}}}
	}
	text, err := json.Marshal(entry{"product": "services-hub", "scopes": entry{"contoso": entry{}}, "users": users,
		"groups": entry{"readers": entry{"roles": []entry{{"role": "services-admin", "scope": "contoso"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("access.json", text, 0o644); err != nil {
		t.Fatal(err)
	}
	var want []byte
	for _, cores := range []int{1, 2, 7} {
		got := workbook(t, cores)
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("on %d cores the workbook differs from that on one", cores)
		}
	}
}

// workbook returns the workbook of the project in the working directory, made on some cores.
func workbook(t *testing.T, cores int) []byte {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	day, _ := policy.ParseDate(asOf)
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{"."}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatal(err, p.Stopped)
	}
	var b bytes.Buffer
	if _, err = xlsx.Write(context.Background(), &b, &render.TableJob{Project: p,
		Known: func([]diag.Finding) {}, Note: func(string) {}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// BenchmarkCompile is a whole run, files to CSV with all rules, of a project
// of JSON.
func BenchmarkCompile(b *testing.B) {
	day, _ := policy.ParseDate(asOf)
	for _, n := range []int{20, 10_000} {
		dir := b.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "access.json"), servicesHub(n), 0o644); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			rows := 0
			b.ReportAllocs()
			for b.Loop() {
				p, err := compiler.Load(context.Background(),
					compiler.Options{Paths: []string{dir}, AsOf: day, Limits: load.DefaultLimits})
				if err != nil || p.Policy == nil {
					b.Fatal(err, p.Stopped)
				}
				rows = 0
				t := render.NewTable(p.Policy, "csv", render.Filter{}, false)
				_, err = compiler.Each(context.Background(), p, t.User, func(text []byte) error {
					rows += bytes.Count(text, []byte{'\n'})
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows), "rows")
		})
	}
}
