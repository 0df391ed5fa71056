package scan

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParts checks that a text split in parts on several cores gives the same as on one, wherever the parts begin.
func TestParts(t *testing.T) {
	var lines, table strings.Builder
	table.WriteString("user,role,reason\r\n")
	for i := range 9_000 {
		id := fmt.Sprintf("user-%06d@contoso.example", i)
		pad := strings.Repeat("x", i%977)
		fmt.Fprintf(&lines, "{\"user\": %q, \"name\": %q}\n", id, pad)
		for n := range i%7 + 1 {
			fmt.Fprintf(&table, "%s,role-%d,%s\r\n%s", id, n, pad, strings.Repeat("\r\n", i%3))
		}
	}
	for name, split := range map[string]func() (*Split, bool){
		"jsonl": func() (*Split, bool) { return JSONLines(1, lines.String()) },
		"csv":   func() (*Split, bool) { return CSV(1, table.String()) },
	} {
		t.Run(name, func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			want, ok := split()
			if !ok || len(want.Records) != 9_000 {
				t.Fatalf("%v, %d records on one core", ok, len(want.Records))
			}
			for cores := 2; cores <= 5; cores++ {
				runtime.GOMAXPROCS(cores)
				if got, ok := split(); !ok || !cmp.Equal(want, got) {
					t.Errorf("%d cores: %v, %d records: %s", cores, ok, len(got.Records), cmp.Diff(want, got))
				}
			}
		})
	}
}
