package reference_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/fix"
	cuelayout "permc.dev/permc/compiler/edit/layout"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// Mending leaves the table as it is, today and later, and fewer findings. It
// keeps every comment that stands alone, and there is nothing left to mend.
func TestFixKeepsTheTable(t *testing.T) {
	var mended atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		stutter(t, d)
		files := laidOut(t, d)
		after, result := mend(t, files)
		mended.Add(int64(len(result.Done)))
		same := cmp.Diff(listing(files), listing(after)) == ""
		before := lines(check(t, files, today).Findings)
		now := lines(check(t, after, today).Findings)
		switch {
		case same != (len(result.Done) == 0):
			t.Fatalf("%d mended, and the files are the same: %v\n%s", len(result.Done), same, listing(files))
		case same:
			return
		case len(now) >= len(before) || !contained(now, before):
			t.Fatalf("findings (-before +after):\n%s\n%s", cmp.Diff(before, now), listing(files))
		}
		for _, day := range []string{today, "2026-06-16", "2026-06-21", "2027-02-01"} {
			if diff := cmp.Diff(grantsOf(compile(t, files, day)), grantsOf(compile(t, after, day))); diff != "" {
				t.Fatalf("rows on %s (-before +after):\n%s\n%s\n%s", day, diff, listing(files), listing(after))
			}
		}
		if was, is := lines(compile(t, files, today).Rejected), lines(compile(t, after, today).Rejected); !contained(is,
			was) {
			t.Fatalf("rejected (-before +after):\n%s\n%s", cmp.Diff(was, is), listing(files))
		}
		keepsComments(t, files, after)
		if again, _ := mend(t, after); listing(again) != listing(after) {
			t.Fatalf("a second run changes more (-once +twice):\n%s", cmp.Diff(listing(after), listing(again)))
		}
	})
	t.Logf("%d mended", mended.Load())
	if mended.Load() == 0 {
		t.Error("nothing was mended in all of this")
	}
}

// A name that is misspelt is put right, or left; it never becomes another one.
func TestFixPutsNamesRight(t *testing.T) {
	var renamed atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		files := laidOut(t, d)
		wrong := misspell(t, files)
		if _, _, exit := execute(t, wrong, "check", "--as-of", today); exit != 3 {
			return // still a name of something, or of nothing that matters
		}
		after, result := mend(t, wrong)
		if result.Project.Policy == nil {
			if listing(after) != listing(wrong) {
				t.Fatalf("edited to no avail:\n%s", cmp.Diff(listing(wrong), listing(after)))
			}
			return
		}
		renamed.Add(1)
		if diff := cmp.Diff(grantsOf(compile(t, files, today)), grantsOf(compile(t, after, today))); diff != "" {
			t.Fatalf("rows (-meant +mended):\n%s\n%s\n%s", diff, listing(wrong), listing(after))
		}
	})
	t.Logf("%d renamed", renamed.Load())
	if renamed.Load() == 0 {
		t.Error("nothing was renamed in all of this")
	}
}

// stutter says some entries twice.
func stutter(t *rapid.T, d *Declaration) {
	twice := func(roles *[]Assignment, grants *[]Grant) {
		*roles = append(*roles, some(t, "again", *roles)...)
		*grants = append(*grants, some(t, "again", *grants)...)
	}
	for _, id := range sorted(d.Users) {
		twice(&d.Users[id].Roles, &d.Users[id].Grants)
	}
	for _, id := range sorted(d.Groups) {
		twice(&d.Groups[id].Roles, &d.Groups[id].Grants)
		d.Groups[id].Members = append(d.Groups[id].Members, some(t, "again", d.Groups[id].Members)...)
	}
}

// laidOut writes a declaration down in several files.
func laidOut(t *rapid.T, d *Declaration) map[string]string {
	files := split(t, pieces(d))
	for _, name := range sorted(files) {
		delete(files, name)
	}
	docs := make([]map[string]any, 4)
	for _, piece := range pieces(d) {
		id, user := userOf(piece)
		cells, fits := csvCells(id, user)
		if fits && one(t, "csv", []bool{false, false, true}) {
			files["users.csv"] += csvLine(cells)
			continue
		}
		i := upTo(t, "document", len(docs)-1)
		docs[i] = merge(docs[i], piece)
	}
	if text := files["users.csv"]; text != "" {
		files["users.csv"] = strings.Join(csvColumns, ",") + "\n" + text
	}
	for i, doc := range docs {
		if doc == nil {
			continue
		}
		format := []string{"cue", "yaml", "yaml", "json"}[i]
		files[fmt.Sprintf("part-%d.%s", i, format)] = written(t, format, doc)
	}
	for _, name := range sorted(files) {
		switch one(t, "ends", []string{"", "", "crlf", "bom", "cut"}) {
		case "crlf":
			files[name] = strings.ReplaceAll(files[name], "\n", "\r\n")
		case "bom":
			files[name] = "\ufeff" + files[name]
		case "cut":
			files[name] = strings.TrimRight(files[name], "\n")
		}
	}
	return files
}

// mend runs fix on files, and is what they are then.
func mend(t *rapid.T, files map[string]string) (map[string]string, *fix.Result) {
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	day, _ := policy.ParseDate(today)
	r, err := fix.Project(context.Background(), fix.Options{Options: compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits}})
	if err != nil {
		t.Fatalf("%v\n%s", err, listing(files))
	}
	after := maps.Clone(files)
	for _, f := range r.Files {
		after[filepath.Base(f.Name)] = string(f.New)
	}
	for _, f := range r.Left {
		broken := strings.Contains(f.Text, "could not be evaluated") && !strings.Contains(f.Text, "expected at least 1")
		if broken || strings.Contains(f.Text, "not tried") || strings.Contains(f.Text, "written in a way") {
			t.Fatalf("%s:%d:%d: left: %s\n%s", filepath.Base(f.Pos.File), f.Pos.Line, f.Pos.Column, f.Text,
				listing(files))
		}
	}
	return after, r
}

func grantsOf(out Output) (all []string) {
	for _, row := range out.Rows {
		all = append(all, row.grants())
	}
	return all
}

// contained reports whether one sorted list is in another, as often.
func contained(few, many []string) bool {
	left := map[string]int{}
	for _, s := range many {
		left[s]++
	}
	for _, s := range few {
		if left[s]--; left[s] < 0 {
			return false
		}
	}
	return true
}

var comment = regexp.MustCompile(`(?://|#) (alone|inside|behind) \d+`)

// keepsComments: those that stand alone are all there.
func keepsComments(t *rapid.T, before, after map[string]string) {
	for name, text := range before {
		for _, c := range comment.FindAllString(text, -1) {
			if strings.Contains(c, "alone") && !slices.Contains(comment.FindAllString(after[name], -1), c) {
				t.Fatalf("%s lost %q (-before +after):\n%s", name, c, cmp.Diff(text, after[name]))
			}
		}
	}
}

// misspell takes a letter out of a name, in quotes or in a cell.
func misspell(t *rapid.T, files map[string]string) map[string]string {
	wrong := maps.Clone(files)
	name := one(t, "file", sorted(files))
	field := regexp.MustCompile(`"?(?:role|permission|scope|affiliation|expires|grants)"?: ?"?[a-z:/-]{4,}`)
	places := field.FindAllStringIndex(files[name], -1)
	if len(places) == 0 {
		return wrong
	}
	at := one(t, "place", places)
	text := files[name]
	end := at[1] - upTo(t, "letter", 1)
	wrong[name] = text[:end-1] + text[end:]
	return wrong
}

// The standard layout of CUE says the same, and stays as it is.
func TestFormatKeepsMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := generic(declarations().Draw(t, "declaration"))
		text := written(t, "cue", doc)
		out, err := cuelayout.CUE("project.cue", []byte(text))
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if again, err := cuelayout.CUE("project.cue", out); err != nil || string(again) != string(out) {
			t.Fatalf("once more (%v):\n%s", err, cmp.Diff(string(out), string(again)))
		}
		before, after := map[string]string{"project.cue": text}, map[string]string{"project.cue": string(out)}
		if diff := cmp.Diff(texts(compile(t, before, today).Rows), texts(compile(t, after, today).Rows)); diff != "" {
			t.Fatalf("(-before +after):\n%s\n%s", diff, text)
		}
		if lost, kept := comment.FindAllString(text, -1), comment.FindAllString(string(out), -1); !contained(lost,
			kept) {
			t.Fatalf("comments:\n%s\n%s", text, out)
		}
	})
}
