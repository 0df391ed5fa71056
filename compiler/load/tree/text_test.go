package tree_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// TestText writes and reads random trees, with places in any order.
func TestText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b tree.Builder
		drawValue(t, &b, 0)
		text := tree.Format(b.Nodes)
		for _, shift := range []int32{0, 3} {
			got, ok := tree.Parse(text, shift)
			if !ok {
				t.Fatalf("cannot be read:\n%s", text)
			}
			if diff := cmp.Diff(shiftFiles(b.Nodes, shift), got); diff != "" {
				t.Fatalf("(-written +read):\n%s\n%s", diff, text)
			}
		}
	})
}

// TestBrokenText reads texts that Format does not write.
func TestBrokenText(t *testing.T) {
	for _, text := range []string{
		"", "\n", "0\"null\"\n0\"null\"\n", "[\n}\n[\n}\n", "}\n", "{\n", "{}\n", "{\n}\n}\n", "x\n", `s"a"`, "s\n",
		"[\"a\"\n]\n", "s\"a\n", "s\"a\"b\"\n",
		"s1\"a\"\n", "s1:2\"a\"\n", "s1:2:x\"a\"\n", "s-1:2:3\"a\"\n", "s9999999999:2:3\"a\"\n", "s100000:2:3\"a\"\n",
	} {
		if v, ok := tree.Parse(text, 0); ok {
			t.Errorf("%q is read as %v", text, v)
		}
	}
}

func drawValue(t *rapid.T, b *tree.Builder, depth int) {
	kind := tree.Kind(rapid.IntRange(0, int(tree.Struct)).Draw(t, "kind"))
	if kind < tree.List {
		b.Scalar(kind, rapid.String().Draw(t, "text"), drawPos(t))
		return
	}
	b.Open(kind, drawPos(t))
	for range rapid.IntRange(0, max(0, 3-depth)).Draw(t, "length") {
		if kind == tree.Struct {
			b.Key(rapid.String().Draw(t, "key"), drawPos(t))
		}
		drawValue(t, b, depth+1)
	}
	b.Close(0)
}

func drawPos(t *rapid.T) policy.Pos {
	if rapid.IntRange(0, 4).Draw(t, "nowhere") == 0 {
		return policy.Pos{}
	}
	off := uint32(rapid.IntRange(0, 1000).Draw(t, "offset"))
	return policy.Pos{
		File: int32(rapid.IntRange(1, 3).Draw(t, "file")),
		Off:  off,
		End:  off + uint32(rapid.IntRange(0, 50).Draw(t, "length")),
	}
}

func shiftFiles(t tree.Tree, by int32) tree.Tree {
	t = append(tree.Tree(nil), t...)
	for i := range t {
		if t[i].Pos.File > 0 {
			t[i].Pos.File += by
		}
	}
	return t
}
