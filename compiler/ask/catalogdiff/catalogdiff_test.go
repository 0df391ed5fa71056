package catalogdiff_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/catalogdiff"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/resolve"
	"permc.dev/permc/schema"
)

// checkDiff checks that the difference of two catalogs is complete: applied to the
// old one it gives the new one, and back.
func checkDiff(t *testing.T, before, after *policy.Catalog) *catalogdiff.Diff {
	t.Helper()
	d := catalogdiff.Compare(before, after)
	got, err := catalogdiff.Apply(catalogdiff.Items(before), d.Changes)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(catalogdiff.Items(after), got); diff != "" {
		t.Fatalf("the difference applied is not the new catalog (-want +got):\n%s", diff)
	}
	return d
}

// TestShipped compares every shipped catalog with every other.
func TestShipped(t *testing.T) {
	loaded := map[string]*policy.Catalog{}
	for _, name := range schema.Catalogs() {
		loaded[name] = shipped(t, name)
	}
	for a, before := range loaded {
		for b, after := range loaded {
			d := checkDiff(t, before, after)
			if same := before.Product == after.Product && before.Version == after.Version; same != d.Equal() {
				t.Errorf("%s and %s: equal is %t, with %d changes", a, b, d.Equal(), len(d.Changes))
			}
		}
	}
}

func shipped(t *testing.T, name string) *policy.Catalog {
	t.Helper()
	c, err := compiler.Catalog(&policy.Files{}, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestMutated compares shipped catalogs with mutated ones, and those with each other.
func TestMutated(t *testing.T) {
	rounds := 16
	if testing.Short() {
		rounds = 10
	}
	names := schema.Catalogs()
	for seed := range uint64(rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 15))
			name := names[r.IntN(len(names))]
			before := mutated(t, r, name)
			after := mutated(t, r, name)
			checkDiff(t, before, after)
			checkDiff(t, shipped(t, name), after)
			if d := checkDiff(t, after, after); !d.Equal() {
				t.Errorf("a catalog differs from itself: %v", d.Changes)
			}
		})
	}
}

// mutated is a shipped catalog with random changes that leave it sound.
func mutated(t *testing.T, r *rand.Rand, name string) *policy.Catalog {
	t.Helper()
	var files policy.Files
	d, err := load.Shipped(&files, name)
	if err != nil {
		t.Fatal(err)
	}
	c, faults := resolve.Catalog(d, nil)
	for range 1 + r.IntN(8) {
		next := policy.Moved(d, 0)
		mutate(r, next)
		if to, f := resolve.Catalog(next, nil); len(f) == 0 {
			d, c = next, to
		}
	}
	if len(faults) > 0 {
		t.Fatal(faults[0].Message)
	}
	return c
}

// mutate makes one change, which the catalog may not survive.
func mutate(r *rand.Rand, c *policy.DeclaredCatalog) {
	role := &c.Roles[r.IntN(len(c.Roles))]
	p := &c.Permissions[r.IntN(len(c.Permissions))]
	var cell *policy.DeclaredCell
	if len(role.Cells) > 0 {
		cell = &role.Cells[r.IntN(len(role.Cells))]
	}
	text := fmt.Sprintf("text %d", r.IntN(5))
	switch n := r.IntN(18); {
	case n < 6 && cell == nil:
	case n == 0:
		i := r.IntN(len(role.Cells))
		role.Cells = append(role.Cells[:i], role.Cells[i+1:]...)
	case n == 1:
		cell.Depth, cell.Reach, cell.Own = policy.Ref{},
			policy.DeclaredReach{Kind: []string{"self", "subtree", "tree"}[r.IntN(3)]}, r.IntN(2) == 0
	case n == 2:
		cell.Confidence, cell.Inferred, cell.Derived = "", text, ""
	case n == 3:
		cell.Confidence, cell.Inferred, cell.Derived = "", "", ""
	case n == 4:
		cell.Sources = []policy.Ref{c.Sources[r.IntN(len(c.Sources))].ID}
	case n == 5:
		cell.Note = text
	case n == 6:
		role.Title = text
	case n == 7:
		i := r.IntN(len(c.Roles))
		c.Roles = append(c.Roles[:i], c.Roles[i+1:]...)
	case n == 8:
		p.Grantable = !p.Grantable
	case n == 9:
		p.Sensitivity = []string{"", "low", "high", "critical"}[r.IntN(4)]
	case n == 10:
		p.Conditions = []policy.Condition{{ID: "condition-" + text[5:], Text: text}}
	case n == 11:
		role.Limited, role.Affiliations = !role.Limited, nil
	case n == 12 && len(c.Rules) > 0:
		c.Rules[r.IntN(len(c.Rules))].Message = text
	case n == 13 && len(c.Rules) > 0:
		i := r.IntN(len(c.Rules))
		c.Rules = append(c.Rules[:i], c.Rules[i+1:]...)
	case n == 14 && len(c.UserAttributes) > 0:
		a := &c.UserAttributes[r.IntN(len(c.UserAttributes))]
		a.Values = append(a.Values, policy.Ref{Name: "value-" + text[5:]})
	case n == 15:
		c.Labels = []policy.Described{{ID: policy.Ref{Name: "label-" + text[5:]}, Title: text}}
	case n == 16:
		c.Notes = append(c.Notes, text)
	case n == 17:
		p.When = &policy.DeclaredRequirement{Role: role.ID, At: []string{"same", "tree", "above"}[r.IntN(3)],
			Hint: text}
	}
}
