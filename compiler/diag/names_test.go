package diag

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// nearestNaive compares a name with each candidate.
func nearestNaive(name string, candidates []string) string {
	if len(name) > mostCompared {
		return ""
	}
	want, best, at := foldName(name), "", 0
	limit := limitOf(want)
	for _, c := range candidates {
		d := countEdits(want, foldName(c))
		if d <= limit && (best == "" || d < at || d == at && c < best) {
			best, at = c, d
		}
	}
	if best == "" {
		return completeNaive(want, candidates)
	}
	return best
}

func onlyNaive(name string, candidates []string) (only string) {
	want := foldName(name)
	if len(name) > mostCompared {
		return ""
	}
	for _, c := range candidates {
		if c == only || countEdits(want, foldName(c)) > limitOf(want) {
			continue
		}
		if only != "" {
			return ""
		}
		only = c
	}
	if only == "" {
		return completeNaive(want, candidates)
	}
	return only
}

func completeNaive(want string, candidates []string) (found string) {
	for _, c := range candidates {
		if len(want) > 2 && strings.HasPrefix(foldName(c), want) {
			if found != "" {
				return ""
			}
			found = c
		}
	}
	return found
}

// countEdits returns how many insertions, deletions, replacements and swaps of neighbours turn a into b.
func countEdits(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j], rows[i][j-1], rows[i-1][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// TestNames: the index finds what comparing with everything finds.
func TestNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.StringMatching(`[ab]{1,8}`), rapid.StringMatching(`[a-c]{2}[a-e_ -]{3,14}`),
			rapid.StringMatching(`[A-D0-3]{1,7}@x\.example`), rapid.StringMatching(`“?[äéß中a]{1,9}"?`),
			rapid.StringMatching(`a{195,206}`), rapid.StringMatching(`[ab]{30,270}`))
		list := rapid.SliceOfN(word, 0, 16).Draw(t, "candidates")
		names := NewNames(list)
		for _, name := range rapid.SliceOfN(word, 1, 4).Draw(t, "names") {
			if got, want := names.Nearest(name), nearestNaive(name, list); got != want {
				t.Fatalf("nearest to %q: %q, want %q", name, got, want)
			}
			if got, want := names.Only(name), onlyNaive(name, list); got != want {
				t.Fatalf("only one near %q: %q, want %q", name, got, want)
			}
		}
	})
}

// TestNamesEdited: names that were edited a few times, among many.
func TestNamesEdited(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 1))
		list := drawNames(r, 150)
		names := NewNames(list)
		for range 100 {
			name := editName(r, list[r.IntN(len(list))], r.IntN(6))
			if got, want := names.Nearest(name), nearestNaive(name, list); got != want {
				t.Fatalf("nearest to %q: %q, want %q", name, got, want)
			}
			if got, want := names.Only(name), onlyNaive(name, list); got != want {
				t.Fatalf("only one near %q: %q, want %q", name, got, want)
			}
		}
	}
}

func drawNames(r *rand.Rand, n int) (list []string) {
	for range n {
		if r.IntN(2) == 0 {
			list = append(list, fmt.Sprintf("u%05d@contoso.example", r.IntN(20_000)))
			continue
		}
		list = append(list, fmt.Sprintf("%s.%s@contoso.example", drawWord(r), drawWord(r)))
	}
	return list
}

func drawWord(r *rand.Rand) string {
	b := make([]byte, 3+r.IntN(5))
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz"[r.IntN(26)]
	}
	return string(b)
}

func editName(r *rand.Rand, s string, edits int) string {
	for range edits {
		at := r.IntN(len(s) - 1)
		switch r.IntN(4) {
		case 0:
			s = s[:at] + s[at+1:]
		case 1:
			s = s[:at] + "x" + s[at:]
		case 2:
			s = s[:at] + "y" + s[at+1:]
		default:
			s = s[:at] + s[at+1:at+2] + s[at:at+1] + s[at+2:]
		}
	}
	return s
}

// BenchmarkNames looks for 5,000 unknown names among 20,000 that are sparse, or dense as numbers of employees are.
func BenchmarkNames(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, shape := range []string{"words", "numbers", "far numbers"} {
		var list, unknown []string
		for i := range 20_000 {
			list = append(list, fmt.Sprintf("%s.%s@contoso.example", drawWord(r), drawWord(r)))
			if shape != "words" {
				list[i] = fmt.Sprintf("u%05d@contoso.example", i)
			}
		}
		for i := range 5_000 {
			unknown = append(unknown, editName(r, list[i], 2))
			if shape == "far numbers" {
				unknown[i] = fmt.Sprintf("xq%03dz@contoso.exampla", i)
			}
		}
		b.Run(shape, func(b *testing.B) {
			for b.Loop() {
				names := NewNames(list)
				for _, u := range unknown {
					names.Nearest(u)
				}
			}
		})
	}
}
