package silence

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// TestMarkWaived: the index finds what comparing each waiver with each finding finds, in the order of the waivers.
func TestMarkWaived(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		waivers := rapid.SliceOfN(rapid.Custom(drawWaiver), 0, 8).Draw(t, "waivers")
		found := rapid.SliceOfN(rapid.Custom(drawFinding), 0, 12).Draw(t, "findings")
		wrong := make([]bool, len(waivers))
		for i := range wrong {
			wrong[i] = rapid.IntRange(0, 5).Draw(t, "wrong") == 0
		}
		plain, silenced := slices.Clone(found), markWaived(found, waivers, wrong)
		near := newNeighbours(found, silenced)
		for n, w := range waivers {
			if wrong[n] {
				continue
			}
			used := false
			var free []int
			for i := range plain {
				d := &plain[i]
				if d.Waiver == nil && d.Rule == w.Rule.Name && isAbout(w, d) {
					free = append(free, i)
				}
				if Waives(w, d) {
					d.Waiver, used = w, true
				}
			}
			if used != silenced.used[n] {
				t.Fatalf("waiver %d %+v is used: %t, want %t", n, w, silenced.used[n], used)
			}
			if got := near.before(n, w); !used && !slices.Equal(got, free) {
				t.Fatalf("waiver %d %+v is near %d, want %d", n, w, got, free)
			}
		}
		for i := range plain {
			if plain[i].Waiver != found[i].Waiver || (plain[i].Waiver == nil) != (silenced.first[i] == math.MaxInt) {
				t.Fatalf("finding %d %+v is waived by %+v, want %+v", i, found[i], found[i].Waiver, plain[i].Waiver)
			}
		}
	})
}

func drawName(t *rapid.T, kind string) string {
	return rapid.SampledFrom([]string{"", kind + "a", kind + "A", kind + "b"}).Draw(t, kind)
}

func drawWaiver(t *rapid.T) *policy.Waiver {
	ref := func(kind string) policy.Ref { return policy.Ref{Name: drawName(t, kind)} }
	w := &policy.Waiver{DeclaredWaiver: policy.DeclaredWaiver{Rule: ref("rule"), User: ref("user"),
		Group: ref("group"), Role: ref("role"), Permission: ref("permission"), Scope: ref("scope")}}
	w.Expires = policy.Date(rapid.IntRange(1, 3).Draw(t, "expires"))
	return w
}

func drawFinding(t *rapid.T) diag.Finding {
	d := diag.Finding{Rule: drawName(t, "rule"), User: drawName(t, "user"), Group: drawName(t, "group"),
		Role: drawName(t, "role"), Permission: drawName(t, "permission"), Scope: drawName(t, "scope"),
		ExactUser: rapid.Bool().Draw(t, "exact"), From: policy.Date(rapid.IntRange(0, 3).Draw(t, "from"))}
	for i := range rapid.IntRange(0, 3).Draw(t, "things") {
		d.Things = append(d.Things, diag.Thing{Role: drawName(t, "role"), Permission: drawName(t, "permission"),
			Scope: drawName(t, fmt.Sprintf("scope%d", i)[:5])})
	}
	return d
}
