package load

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"permc.dev/permc/compiler/policy"
)

// readTwice reads all users of a text with the fast reader and by way of a tree. It returns how many
// the fast reader read, and the first difference.
func readTwice(t testing.TB, ext, text string) (straight int, diff string) {
	t.Helper()
	form, err := plainShape()
	if err != nil {
		t.Fatal(err)
	}
	x := splitters[ext]
	out, ok := x.split(1, text)
	if !ok {
		return 0, ""
	}
	var files policy.Files
	files.Add("x", []byte(text))
	u := &Users{files: &files, users: form.Field("users"), list: splitRecords(out, 1, x.recordKind)}
	r := u.reader()
	if r.fast == nil {
		t.Fatal("the schema has more than the fast reader can hold")
	}
	for i := range u.list {
		rec := &u.list[i]
		key := policy.Ref{Name: rec.ID, Pos: policy.Pos{File: rec.File, Off: rec.Key, End: rec.KeyEnd}}
		got := policy.DeclaredUser{ID: key}
		if !r.fast.read(&got, rec.Format, rec.File, text, *rec) {
			continue
		}
		straight++
		v, faults := r.value(i)
		if len(faults) > 0 {
			return straight, "the tree has findings: " + faults[0].Message
		}
		if v == nil {
			return straight, "the tree is left to the full reader"
		}
		var want policy.DeclaredUser
		decodeUser(&want, key, v, false)
		byPlace := func(a, b policy.DeclaredEntry) int { return int(a.Pos.Off - b.Pos.Off) }
		slices.SortStableFunc(got.Entries, byPlace)
		slices.SortStableFunc(want.Entries, byPlace)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			return straight, diff
		}
	}
	return straight, ""
}

// TestStraight mutates what people write, as TestScanData does: whatever the fast reader reads, the
// tree contains too, without findings.
func TestStraight(t *testing.T) {
	count, _ := strconv.Atoi(os.Getenv("PERMC_FUZZ"))
	if count == 0 {
		count = 5_000
	}
	for _, ext := range []string{".json", ".jsonl", ".csv"} {
		t.Run(ext[1:], func(t *testing.T) {
			pool, straight := append(dataSeeds(t, ext), straightSeeds[ext]...), straightSeeds[ext]
			seed, _ := strconv.Atoi(os.Getenv("PERMC_FUZZ_SEED"))
			r := rand.New(rand.NewPCG(uint64(seed), 7))
			all := 0
			for range count {
				from := pool[r.IntN(len(pool))]
				if r.IntN(2) == 0 {
					from = straight[r.IntN(len(straight))]
				}
				text := garble(r, from, pool[r.IntN(len(pool))])
				n, diff := readTwice(t, ext, text)
				if all += n; diff != "" {
					keepData(t, ext, text, diff)
				}
			}
			t.Logf("%d users of %d texts were read fast", all, count)
			if all*20 < count {
				t.Error("more should be read fast")
			}
		})
	}
}

// straightSeeds have a user with every field that the fast reader knows.
var straightSeeds = map[string][]string{
	".json": {`{"users": {
  "ana@c.example": {"name": "Ana", "affiliation": "customer", ` +
		`"roles": [{"role": "r", "scope": "c/w"}, {"scope": "c"}], "grants": []},
  "bo@c.example": {"grants": [{"permission": "p", "scope": "c/w", "actions": ["view", "export"], ` +
		`"starts": "2026-01-01", "expires": "2026-12-31", "reason": "Covers", "ticket": "T-1"}]},
  "cem@c.example": {"groups": ["night", {"group": "on-call", ` +
		`"starts": "2026-01-01", "expires": "2026-12-31", "reason": "Lead", "ticket": "T-2"}]}
}}`,
		`{"users":{"a":{"groups":["g",{"group":"h"}]}}}`,
		`{"users":{"a":{"roles":[{"role":"r"}]},"b":{"grants":[{"permission":"p","actions":["use"]}]},` +
			`"c":{"attributes":{"licenses":["x"]}}}}`,
		`{"users":{"a":{"attributes":{"licenses":["x","y"],"site":[]},"ids":{"entra":"0a1b","hr":["17","18"]},` +
			`"roles":[{"role":"r"}]}}}`},
	".jsonl": {`{"user": "ana@c.example", "name": "Ana", "affiliation": "customer", ` +
		`"roles": [{"role": "r", "scope": "c/w", "expires": "2026-12-31"}]}
{"grants": [{"permission": "p", "actions": ["view"]}, {"permission": "q", "reason": "Covers", "ticket": "T-1"}], ` +
		`"user": "bo@c.example"}
{"user":"cem@c.example","groups":["night",{"group":"on-call","expires":"2026-12-31"}]}
{"user":"dan@c.example","attributes":{"licenses":["x","y"]},"ids":{"entra":"0a1b","hr":["17"]}}
`},
	".csv": {"user,affiliation,role,permission,scope,actions,starts,expires,reason,ticket\n" +
		"ana@c.example,customer,r,,c/w,,2026-01-01,2026-12-31,Covers,T-1\n" +
		"ana@c.example,customer,,p,c,view;export,,,,\nbo@c.example,,,,,,,,,\ncem@c.example,microsoft,r,,,,,,,\n",
		"permission,user\np,a\nq,a\np,b\n",
		"user,name,role,group,starts,expires,reason\nana@c.example,Ana,r,,,,\nana@c.example,Ana,,night,,,\n" +
			"ana@c.example,,,on-call,2026-01-01,2026-12-31,Lead\nbo@c.example,Bo,,night,,,\n",
		"user,attr:licenses,id:entra,role,attr:site,id:hr\na,x;y,0a1b,r,,17;18\na,z,0a1b,q,n,\nb,x,,,,\nc,,2c,,s ; t,19\n"},
}
