package load

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// The tests here compare the fast readers of JSON, JSON lines and CSV with the libraries: whatever a
// fast reader accepts, the library must accept and read the same.

// scanned returns what a fast reader reads, with its records put back.
func scanned(ext, text string) (tree.Tree, bool) {
	x := splitters[ext]
	out, ok := x.split(1, text)
	if !ok || len(findDuplicates(out.Rest)) > 0 {
		return nil, false
	}
	var files policy.Files
	files.Add("x", []byte(text))
	ids := map[string]bool{}
	for _, r := range out.Records {
		if ids[r.ID] && x.recordKind != inJSONLine && x.recordKind != inCSV {
			return nil, false // the loader leaves these to the library
		}
		ids[r.ID] = true
	}
	u := &Users{files: &files}
	t := u.withRecords(doc{source: &source{num: 1}, value: out.Rest, records: splitRecords(out, 1, x.recordKind)}, ids)
	return t, len(u.full) == 0
}

// library returns what the library reads.
func byLibrary(ext, text string) (tree.Tree, string) {
	var files policy.Files
	num := files.Add("x", []byte(text))
	s := &source{ext: ext, num: num}
	values, faults := parseFile(s, files.File(num), num)
	if len(faults) > 0 {
		return nil, faults[0].Message
	}
	if faults := findDuplicates(values[0]); len(faults) > 0 && ext != ".csv" && ext != ".jsonl" {
		return nil, faults[0].Message
	}
	return values[0], ""
}

// difference compares the two. The fast reader joins adjacent lines of one user, so both sides are
// joined.
func difference(ext, text string) (diff string, accepted bool) {
	got, ok := scanned(ext, text)
	if !ok {
		return "", false
	}
	want, fault := byLibrary(ext, text)
	if fault != "" {
		return "the library says: " + fault, true
	}
	if ext == ".csv" {
		joined, faults := mergeSources([]tree.Tree{got})
		wanted, more := mergeSources([]tree.Tree{want})
		if len(faults) != len(more) {
			return fmt.Sprint("faults differ: ", faults, more), true
		}
		got, want = joined, wanted
	}
	return cmp.Diff(want, got), true
}

var dataTokens = []string{`"`, `\`, `\u00e9`, `\ud800`, `\n`, "\n", "\r\n", "\r", "\t", " ", ",", ":", "{", "}", "[",
	"]", "{}", "[]", "null", "true", "fals",
	"0", "01", "-1", "1.5", "1e3", "12", `"user"`, `"users"`, `"a":1`, "é", "\u2028", "\u0085", "\ufeff", "\x00",
	"\x1f", "\x7f", ";", " ; ", "role", "grants", ",,", "''", "#"}

func garble(r *rand.Rand, text, other string) string {
	for range 1 + r.IntN(3) {
		i := r.IntN(len(text) + 1)
		j := min(len(text), i+r.IntN(12))
		switch r.IntN(6) {
		case 0:
			text = text[:i] + text[j:]
		case 1:
			text = text[:i] + dataTokens[r.IntN(len(dataTokens))] + text[i:]
		case 2:
			text = text[:i] + dataTokens[r.IntN(len(dataTokens))] + text[j:]
		case 3:
			text = text[:j] + text[i:]
		case 4:
			k := r.IntN(len(other) + 1)
			text = text[:i] + other[k:min(len(other), k+r.IntN(40))] + text[j:]
		default:
			lines := strings.SplitAfter(text, "\n")
			a, b := r.IntN(len(lines)), r.IntN(len(lines))
			lines[a], lines[b] = lines[b], lines[a]
			text = strings.Join(lines, "")
		}
	}
	return strings.ToValidUTF8(text, "?")
}

func dataSeeds(t testing.TB, want string) (seeds []string) {
	t.Helper()
	for _, dir := range []string{"../../examples", "../../testdata"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			if fileExt(name) == want {
				seeds = append(seeds, string(data))
			}
			if fileExt(name) == ".txtar" {
				for _, f := range txtar.Parse(data).Files {
					if fileExt(f.Name) == want {
						seeds = append(seeds, string(f.Data))
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if want == ".csv" {
		seeds = append(seeds, "user,attr:site,id:entra,role,attr:licenses,id:hr\n"+
			"a,n,0a1b,r,x;y,17;18\na,,0a1b,q,z,\nb,,,,x,\na,s,,,,19\n")
	}
	return append(seeds, map[string]string{
		".json": `{"product": "services-hub", "scopes": {"c": {"scopes": {"w": {"labels": ["first"]}}}},
"users": {
  "ana@c.example": {"name": "Ana \"A\" Díaz", "affiliation": "customer", ` +
			`"roles": [{"role": "r", "scope": "c/w"}], "grants": []},
  "bo@c.example": {"name": "Bo", "grants": [{"permission": "p", "scope": "c/w", ` +
			`"actions": ["view", "export"], "expires": "2026-12-31"}]}
}, "settings": {"horizon": "30d"}, "n": [1, 20, true, null]}`,
		".jsonl": `{"user": "ana@c.example", "name": "Ana", "roles": [{"role": "r", "scope": "c/w"}]}
{"affiliation": "customer", "user": "bo@c.example", "grants": [{"permission": "p"}]}

{"user":"bo@c.example","roles":[{}]}
`,
		".csv": "user,affiliation,status,home,role,permission,scope,actions,expires\r\n" +
			"ana@c.example,customer,active,,r,,c/w,,\r\n" +
			"ana@c.example,,active,c,,p,c/w,view; export,2026-12-31\n\n" +
			"bo@c.example, customer ,disabled,,,q, c/w ,, \n" +
			"ana@c.example,customer,,c,s,,c,,\n",
	}[want])
}

// TestScanData mutates what people write; PERMC_FUZZ sets how often.
func TestScanData(t *testing.T) {
	count, _ := strconv.Atoi(os.Getenv("PERMC_FUZZ"))
	if count == 0 {
		count = 5_000
	}
	for _, ext := range []string{".json", ".jsonl", ".csv"} {
		t.Run(ext[1:], func(t *testing.T) {
			pool := dataSeeds(t, ext)
			if _, ok := difference(ext, pool[len(pool)-1]); !ok {
				t.Error("the plainest text is not taken")
			}
			own, taken := len(pool), 0
			seed, _ := strconv.Atoi(os.Getenv("PERMC_FUZZ_SEED"))
			r := rand.New(rand.NewPCG(uint64(seed), 5))
			for range count {
				text := garble(r, pool[r.IntN(len(pool))], pool[r.IntN(len(pool))])
				diff, ok := difference(ext, text)
				if !ok {
					continue
				}
				taken++
				if diff != "" {
					keepData(t, ext, text, diff)
					continue
				}
				if len(text) > 4_000 {
					continue
				}
				if len(pool) < own+500 {
					pool = append(pool, text)
				} else {
					pool[own+r.IntN(500)] = text
				}
			}
			t.Logf("%d of %d taken", taken, count)
			if taken*20 < count {
				t.Error("more should be taken")
			}
		})
	}
}

// keepData fails the test and saves the text for FuzzData.
func keepData(t *testing.T, ext, text, diff string) {
	t.Helper()
	name := filepath.Join("testdata", "fuzz", "FuzzData", fmt.Sprintf("%.8x", sha256.Sum256([]byte(ext+text))))
	t.Errorf("%s: %q\n%s", name, text, diff)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, fmt.Appendf(nil, "go test fuzz v1\nstring(%q)\nstring(%q)\n", ext, text),
		0o644); err != nil {
		t.Fatal(err)
	}
}

// FuzzData compares the scanners with the libraries.
func FuzzData(f *testing.F) {
	for _, ext := range []string{".json", ".jsonl", ".csv"} {
		for _, text := range dataSeeds(f, ext) {
			f.Add(ext, text)
		}
	}
	f.Fuzz(func(t *testing.T, ext, text string) {
		if _, known := splitters[ext]; !known || strings.ToValidUTF8(text, "?") != text {
			return
		}
		if diff, _ := difference(ext, text); diff != "" {
			t.Error(diff)
		}
		if _, diff := readTwice(t, ext, text); diff != "" {
			t.Error(diff)
		}
	})
}
