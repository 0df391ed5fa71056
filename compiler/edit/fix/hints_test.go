package fix_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"permc.dev/permc/compiler/edit/fix"
)

// done lists what the edits say that help lines ask for, by the formats in which one of the archives must have it.
var done = map[string]string{
	`put "1234" in quotes`:     "cue yaml json jsonl",
	`put .* in brackets`:       "cue yaml json jsonl",
	`put roles in a list`:      "cue yaml json jsonl",
	`removed home`:             "cue yaml json jsonl",
	`removed affiliation`:      "cue yaml json jsonl csv",
	`removed kind`:             "cue yaml json",
	`listed "view" once`:       "cue yaml json jsonl csv",
	`put .* in quotes`:         "cue yaml",
	`wrote .* as a mapping`:    "yaml json",
	`used one line for each`:   "csv",
	`emptied column scope`:     "csv",
	`ended the row with empty`: "csv",
	`separated the cells`:      "csv",
	`removed a line ---`:       "yaml",
	`removed the directive`:    "yaml",
	`removed the tag`:          "yaml",
	`indented with spaces`:     "yaml",
	`indented the line by`:     "yaml",
	`added the colon after`:    "yaml",
	`added the space after`:    "yaml",
	`added "]"`:                "yaml",
	`added "\\""`:              "yaml",
	`renamed ".*" to "2029-12`: "cue yaml json jsonl csv",
	`renamed "until" to "exp`:  "yaml",
	`removed the comment`:      "cue yaml",
	`removed the waiver of`:    "cue yaml json",
	`removed the review of`:    "cue yaml json",
	`removed the severity`:     "cue",
	`removed the correction`:   "cue",
	`removed the grant of`:     "yaml",
	`removed .* user's groups`: "cue",
	`renamed "le\\u200be"`:     "yaml",
}

// TestEveryHint checks that fix makes each edit that a help line asks for, in every format. TestFix compares what the
// edits change.
func TestEveryHint(t *testing.T) {
	paths, err := filepath.Glob("../../../testdata/fix/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(string(data), "-- said.txt --\n")
		text, _, _ = strings.Cut(text, "-- diff.txt --\n")
		said.WriteString(text)
	}
	for text, formats := range done {
		for format := range strings.FieldsSeq(formats) {
			if !regexp.MustCompile(`(?m)\.` + format + `:[0-9:]+ ` + text).MatchString(said.String()) {
				t.Errorf("no archive in which fix %s in a .%s file", text, format)
			}
		}
	}
}

// choices are help lines that read like an edit, but leave something to decide.
var choices = []string{
	"keep the user, and remove",     // which of the two
	"remove the group here, and",    // the home is not known
	"remove members, and say home",  // the same
	"remove members; if the group",  // it may be another group
	"remove match, or",              // either
	"remove what lets the user",     // or a waiver
	"put a colon ",                  // or the name is a reference
	"write // in its place",         // CUE that does not parse is not edited
	"write %s:",                     // the same
	"remove one of",                 // which one
	"remove the user, or",           // either
	"remove the group, or",          // either
	"remove the action, or",         // either
	"remove it, or",                 // either
	"remove them from group",        // or from the group
	"remove values",                 // of a catalog that is being written
	"remove reach: they count",      // the same
	"remove it: %q comes with",      // the same
	"remove product; set catalog",   // two edits
	"move ",                         // where to
	"put a cell with %q in quotes",  // which cell
	"write the ",                    // which
	"write each one under its name", // what it is called
	"write {",                       // an example
	"write it in ",                  // where to
	"remove the entry, or",          // fix removes it, and so it does a membership
	"remove the membership, or",
	"remove the review, or",       // the names may be misspelt
	"write its value into",        // what it is
	"write both in the same form", // in which
	"write each user ",            // under its id, or on one line
	"write %s if it has all",      // or another name
	"write a team",                // which
	"write a ",                    // an example
}

// asks matches help lines that ask for an edit.
var asks = regexp.MustCompile("(?:WithHelp\\(|[hH]elp:? *:?= |[hH]elp, \\S+ = )[\"`]((?:remove|put|list it " +
	"once|rename|write|end it|leave|move|indent|separate) ?[^\"`]*)")

// TestNoHintForgotten finds help lines that ask for an edit, and no code beside them that says which.
func TestNoHintForgotten(t *testing.T) {
	for _, dir := range []string{"load", "load/shape", "resolve", "silence", "lint/rules"} {
		paths, err := filepath.Glob("../../" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range asks.FindAllSubmatchIndex(data, -1) {
				help := string(data[m[2]:m[3]])
				rule := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(path), ".go"), "_", "-")
				isChoice := slices.Contains(fix.Removed, rule) ||
					slices.ContainsFunc(choices, func(s string) bool { return strings.HasPrefix(help, s) })
				beside := string(data[max(0, m[0]-300):min(len(data), m[1]+400)])
				if !isChoice && !regexp.MustCompile(`Edit|Right`).MatchString(beside) {
					t.Errorf("%s: %q: give the finding an edit, or list the help among the choices", path, help)
				}
			}
		}
	}
}
