package reference_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Several spellings of one user are one user and a warning; the spelling that is declared first counts.
func TestSpellings(t *testing.T) {
	respelled := 0
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		if d.Catalog.UserIDs == "exact" {
			return
		}
		doc := map[string]any{}
		for _, piece := range pieces(d) {
			doc = merge(doc, respell(t, piece.(map[string]any)))
		}
		names := firstSpellings(doc)
		files := map[string]string{"project.json": compact(doc)}
		out := compile(t, files, today)
		want := Table(d, today)
		for i := range want {
			if first := names[strings.ToLower(want[i].User)]; first != "" {
				want[i].User = first
			}
		}
		slices.SortStableFunc(want, func(x, y Row) int { return strings.Compare(x.User, y.User) })
		if diff := cmp.Diff(texts(named(want, out.Rows)), texts(out.Rows)); diff != "" {
			t.Fatalf("(-one spelling +several):\n%s\n%s", diff, listing(files))
		}
		respelled += warnsOfSpellings(t, d, doc, files)
	})
	if respelled == 0 {
		t.Error("nobody has several spellings")
	}
}

// respell writes the user of a piece in another way, or not.
func respell(t *rapid.T, piece map[string]any) map[string]any {
	people, ok := piece["users"].(map[string]any)
	if !ok {
		return piece
	}
	id := sorted(people)[0]
	to := one(t, "spelling", []string{id, id, strings.ToUpper(id), strings.ToLower(id)})
	return map[string]any{"users": map[string]any{to: people[id]}}
}

// firstSpellings are those that count, by the id without case.
func firstSpellings(doc map[string]any) map[string]string {
	first := map[string]string{}
	people, _ := doc["users"].(map[string]any)
	for _, id := range sorted(people) { // as JSON writes them
		if key := strings.ToLower(id); first[key] == "" {
			first[key] = id
		}
	}
	return first
}

// warnsOfSpellings compares the warnings with the spellings that are not the first, and counts them.
func warnsOfSpellings(t *rapid.T, d *Declaration, doc map[string]any, files map[string]string) int {
	people, _ := doc["users"].(map[string]any)
	n := len(people) - len(d.Users)
	found := 0
	for _, f := range check(t, files, today).Findings {
		if f.Rule == "two-spellings" {
			found++
		}
	}
	if found != n {
		t.Fatalf("%d other spellings, %d warnings\n%s", n, found, listing(files))
	}
	return n
}
