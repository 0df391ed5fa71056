package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler/policy"
)

// TestSplit: trees stay whole while they fit, a scope always, and every scope
// is in one part.
func TestSplit(t *testing.T) {
	r := &Report{Policy: &policy.Policy{}}
	tree := func(path string, rows ...int) {
		root := &policy.Scope{Path: path}
		list := []*policy.Scope{root}
		for i := range rows[1:] {
			list = append(list, &policy.Scope{Path: path + "/" + string(rune('a'+i)), Parent: root})
		}
		root.Children = list[1:]
		for i, s := range list {
			s.Index = len(r.Policy.Scopes)
			r.Policy.Scopes = append(r.Policy.Scopes, s)
			r.ScopeRows = append(r.ScopeRows, rows[i])
			r.Scopes = append(r.Scopes, Holders{Active: 1})
		}
	}
	tree("small", 1, 1)
	tree("other", 2, 2)
	tree("huge", 3, 99, 2, 5)
	tree("last", 4)
	parts := r.Split(10, 100)
	var got []string
	for _, p := range parts.List {
		var paths []string
		for _, s := range p.Scopes {
			paths = append(paths, s.Path)
		}
		got = append(got, strings.Join(paths, " "))
	}
	want := []string{"small small/a other other/a huge", "huge/a", "huge/b huge/c", "last"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	for i, s := range r.Policy.Scopes {
		if part := parts.List[parts.Of[i]]; !strings.Contains(" "+got[parts.Of[i]]+" ", " "+s.Path+" ") {
			t.Errorf("%s is said to be in %s", s.Path, part)
		}
	}
}
