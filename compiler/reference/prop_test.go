package reference_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The compiler and the reference agree on the table.
func TestSameTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		out := compile(t, inOneFile(d), today)
		equal(t, d, "rows", texts(named(Table(d, today), out.Rows)), texts(out.Rows))
	})
}

// named leaves out of rows the sources that permc does not name. "A row names about 20 of its sources
// at most: one of each kind, those that determine its actions, records and expiry, then the first in
// order. It says how many are left out."
func named(rows, written []Row) []Row {
	for i := range min(len(rows), len(written)) {
		if written[i].ViaOmitted == 0 {
			continue
		}
		line, names := rows[i], sourceNames(written[i].Via)
		line.Via = slices.DeleteFunc(slices.Clone(line.Via), func(s Source) bool { return !names[s.String()] })
		if line.concludes(rows[i]) {
			rows[i] = line
		}
	}
	return rows
}

// alike returns the rows of two projects in which the same sources are written at other places: of a row that names
// only some of its sources, those that both name.
func alike(a, b []Row) (x, y []Row) {
	a, b = slices.Clone(a), slices.Clone(b)
	for i := range min(len(a), len(b)) {
		if a[i].ViaOmitted > 0 && b[i].ViaOmitted > 0 {
			a[i].Via, b[i].Via = nil, nil
		}
	}
	return named(slices.Clone(a), b), named(slices.Clone(b), a)
}

func sourceNames(sources []Source) map[string]bool {
	names := map[string]bool{}
	for _, s := range sources {
		names[s.String()] = true
	}
	return names
}

// concludes reports whether the sources of a line say of it what all of its sources say.
func (r Row) concludes(all Row) bool {
	same := func(action string) bool {
		access, expires := r.ofAction(action)
		wantAccess, wantExpires := all.ofAction(action)
		return access == wantAccess && expires == wantExpires
	}
	for _, s := range all.Via {
		hasKind := slices.ContainsFunc(r.Via, func(x Source) bool { return x.Kind == s.Kind })
		if !hasKind || slices.ContainsFunc(s.Actions, func(a string) bool { return !same(a) }) {
			return false
		}
	}
	return weakest(r.Via, r.Actions) == weakest(all.Via, all.Actions)
}

// They agree on the entries that are rejected.
func TestSameRejected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		out := compile(t, inOneFile(d), today)
		equal(t, d, "rejected", lines(RejectedEntries(d, today)), lines(out.Rejected))
	})
}

// They agree on what the declared rules find.
func TestSameFindings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		equal(t, d, "findings", slices.Compact(lines(Findings(d, today))),
			slices.Compact(lines(declared(d, check(t, inOneFile(d), today)))))
	})
}

// They agree if there are so many rules that permc looks up those about a user.
func TestSameFindingsOfMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		ids := sorted(d.Rules)
		for _, id := range ids {
			for i := range 80 / len(ids) {
				d.Rules[fmt.Sprintf("%s-%d", id, i)] = d.Rules[id]
			}
		}
		equal(t, d, "findings", slices.Compact(lines(Findings(d, today))),
			slices.Compact(lines(declared(d, check(t, inOneFile(d), today)))))
	})
}

// They agree on what the built-in rules find.
func TestSameLint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		equal(t, d, "findings", lines(Lint(d, today)), lines(builtIn(d, check(t, inOneFile(d), today))))
	})
}

// Neither the file a value stands in nor its place in a list matters, and the
// same files give the same bytes.
func TestSplitAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		files := split(t, pieces(d))
		once, _, _ := execute(t, files, "compile", "--as-of", today)
		again, _, _ := execute(t, files, "compile", "--as-of", today)
		if string(once) != string(again) {
			t.Fatalf("two runs differ on\n%s", listing(files))
		}
		whole, parts := compile(t, inOneFile(d), today), compile(t, files, today)
		one, many := alike(whole.Rows, parts.Rows)
		if diff := cmp.Diff(texts(one), texts(many)); diff != "" {
			t.Fatalf("rows of one file and of many (-one +many):\n%s\n%s", diff, listing(files))
		}
	})
}

// Repetition does not matter.
func TestRepetition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		once := pieces(d)
		repeated := slices.DeleteFunc(some(t, "repeated", once), func(piece any) bool {
			// The lists of a repeated rule are joined, and an action named twice is an error, and so is a path.
			return piece.(map[string]any)["catalog"] != nil || isBrokenTwice(piece.(map[string]any)["rules"])
		})
		files := split(t, slices.Concat(once, repeated))
		one, many := alike(compile(t, inOneFile(d), today).Rows, compile(t, files, today).Rows)
		equal(t, d, "rows", texts(one), texts(many))
		equal(t, d, "findings", slices.Compact(lines(declared(d, check(t, inOneFile(d), today)))),
			slices.Compact(lines(declared(d, check(t, files, today)))))
	})
}

// isBrokenTwice reports whether a piece has a list of actions or a path, however deep.
func isBrokenTwice(piece any) bool {
	switch x := piece.(type) {
	case map[string]any:
		for k, v := range x {
			if k == "actions" || k == "path" || isBrokenTwice(v) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(x, isBrokenTwice)
	}
	return false
}

// A deny always wins, and nothing else takes an action.
func TestDenyWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		pr := project{Declaration: d, asOf: today}
		for _, row := range compile(t, inOneFile(d), today).Rows {
			p := pr.person(row.User)
			for _, action := range row.Actions {
				if rules := pr.deniedBy(p, row.Scope, row.Permission, action); len(rules) > 0 {
					t.Fatalf("%v denies %s of\n%v", rules, action, row)
				}
			}
			for _, w := range row.Withheld {
				if !slices.Contains(pr.deniedBy(p, row.Scope, row.Permission, w.Action), w.Rule) {
					t.Fatalf("%s does not deny %s of\n%v", w.Rule, w.Action, row)
				}
			}
		}
	})
}
