package flags

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// everyKind defines a flag of each kind.
func everyKind() *pflag.FlagSet {
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.Var(Date(new(policy.Date)), "date", "")
	f.Var(Days(new(int)), "days", "")
	f.Var(LastDay(new(Until)), "until", "")
	f.Var(Number(new(int)), "number", "")
	f.Var(Duration(new(time.Duration), time.Second), "duration", "")
	f.Var(Size(new(uint64)), "size", "")
	f.Var(Share(new(float64)), "share", "")
	f.Var(WholeShare(new(int)), "whole", "")
	f.Var(Severity(new(string)), "severity", "")
	f.VarP(Choice(new(string), "FORMAT", "text", "text", "json"), "choice", "c", "")
	f.Var(Choices(new([]string), "RULE", "expired", "unused-group"), "choices", "")
	f.Var(File(new(string), ""), "file", "")
	f.Var(NewFile(new(string)), "new-file", "")
	f.VarP(Folder(new(string)), "folder", "C", "")
	f.Var(Base(new(string)), "base", "")
	f.Var(Address(new(string)), "address", "")
	f.Var(Text(new(string)), "text", "")
	f.Var(Texts(new([]string), "WHO"), "texts", "")
	f.Var(Existing(new(string)), "existing", "")
	f.Var(Exports(new([]Export), []string{"entra", "table"}), "exports", "")
	f.Var(AboutExports(new([]Export), []string{"entra", "table"}), "about", "")
	f.Var(Commit(new(string)), "commit", "")
	f.Var(User(new(string)), "user", "")
	f.Var(Actions(new([]string)), "actions", "")
	f.Var(Matchers(new([]diff.Matcher)), "matcher", "")
	f.VarP(Outputs(new([]Output), []string{"text", "json", "sarif"}), "output", "f", "")
	return f
}

// TestParse parses arguments of each kind. An error names the flag, and what is allowed.
const wantUntil = "use a date, e.g. 2026-12-31, or days, weeks, months or years from the first day, e.g. 90d, " +
	"12w, 3m or 1y"

func TestUntil(t *testing.T) {
	for _, test := range []struct{ first, until, want string }{
		{"2026-12-01", "2026-12-31", "2026-12-31"},
		{"2026-12-01", "90d", "2027-03-01"},
		{"2026-12-01", "2w", "2026-12-15"},
		{"2026-12-01", "3m", "2027-03-01"},
		{"2026-11-30", "3m", "2027-02-28"},
		{"2027-01-31", "1m", "2027-02-28"},
		{"2027-12-31", "2m", "2028-02-29"},
		{"2026-12-31", "12m", "2027-12-31"},
		{"2028-02-29", "1y", "2029-02-28"},
	} {
		u, err := parseUntil(test.until)
		if err != nil {
			t.Fatal(err)
		}
		first, err := policy.ParseDate(test.first)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.From(first).String(); got != test.want {
			t.Errorf("%s from %s is %s, want %s", test.until, test.first, got, test.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"--date 2026-12-31", ""},
		{"--days 60d", ""},
		{"--until 2026-12-31", ""},
		{"--until 3m", ""},
		{"--until 0m", `--until "0m": ` + wantUntil},
		{"--until m", `--until "m": ` + wantUntil},
		{"--until -3m", `--until "-3m": ` + wantUntil},
		{"--until 1000y", `--until "1000y": ` + wantUntil},
		{"--until 2026-02-30", `--until "2026-02-30": ` + wantUntil},
		{"--number 0", `--number "0": use a number from 1`},
		{"--days 60", ""},
		{"--days -1d", `--days "-1d": use a number of days up to 9999d, e.g. 60d`},
		{"--days 2w", `--days "2w": use a number of days up to 9999d, e.g. 60d`},
		{"--text x", ""},
		{"--date 2026-02-30", `--date "2026-02-30": use a date, e.g. 2026-12-31`},
		{"--date=", "--date is empty: leave it out, or give it a value"},
		{"--date", "--date needs a value: DATE"},
		{"--duration 1m", ""},
		{"--duration 0s", `--duration "0s": use a positive duration, e.g. 90s or 5m`},
		{"--duration 5", `--duration "5": use a positive duration, e.g. 90s or 5m`},
		{"--size 512MiB", ""},
		{"--size 0GiB", `--size "0GiB": use a size, e.g. 512MiB or 4GiB`},
		{"--size 4GB", `--size "4GB": use a size, e.g. 512MiB or 4GiB`},
		{"--size -1GiB", `--size "-1GiB": use a size, e.g. 512MiB or 4GiB`},
		{"--size 9999999999999GiB", `--size "9999999999999GiB": use a size, e.g. 512MiB or 4GiB`},
		{"--share 0.5%", ""},
		{"--share 101", `--share "101": use a percentage from 0 to 100, e.g. 5 or 0.5`},
		{"--whole 80%", ""},
		{"--whole 0.5", `--whole "0.5": use a whole percentage from 0 to 100, e.g. 80`},
		{"--severity never", ""},
		{"--severity=", "--severity is empty: leave it out, or give it a value"},
		{"--severity warnin", `--severity "warnin": did you mean "warning"? use one of error, warning, never`},
		{"-c xml", `-c "xml": use one of text, json`},
		{"--choice=", "-c: use one of text, json"},
		{"--choices expired --choices unused-group", ""},
		{"--choices expird", `--choices "expird": did you mean "expired"? use one of expired, unused-group`},
		{"--file=", ""},
		{"--new-file a", ""},
		{"--new-file /dev/stdout", `--new-file "/dev/stdout": name a file; standard output is for findings`},
		{"--folder=", "--folder is empty: leave it out, or give it a value"},
		{"--base a..b", ""},
		{"--base=", "--base is empty: leave it out, or give it a value"},
		{"--address https://github.com/contoso/access", ""},
		{"--address contoso", `--address "contoso": it must begin with https:// or http://; ` +
			`use the address of the repository, e.g. https://github.com/contoso/access`},
		{"--user=", ""},
		{"--matcher permission=a,sensitivity=high --matcher user=b", ""},
		{"--matcher sensitivity=hi",
			`--matcher "sensitivity=hi": sensitivity "hi": use one of low, medium, high, critical`},
		{"--exports entra=a.csv --exports entra=b=c.csv --exports table=t", ""},
		{"--exports tabel=a", `--exports "tabel=a": did you mean "table"? use one of entra, table: KIND=FILE`},
		{"--exports entra=", `--exports "entra=": name a file after the kind: entra=FILE`},
		{"--about a=b.yaml --about entra=c.yaml", ""},
		{"--about=", "--about is empty: leave it out, or give it a value"},
		{"-f text -f json=a -f sarif=b", ""},
		{"-f json=", `-f "json=": name a file after the =`},
		{"-f sari", `-f "sari": did you mean "sarif"? use one of text, json, sarif`},
		{"-f json -f text", "-f: only one format can go to standard output; write -f FORMAT=FILE for the others"},
		{"-f json=a -f sarif=./a", "-f: json=a and sarif=./a would be written to the same file"},
	} {
		f := everyKind()
		err := f.Parse(strings.Fields(test.line))
		if err != nil {
			err = DescribeError(nil, err)
		} else {
			err = Check(f)
		}
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %s\nwant: %s", test.line, got, test.want)
		}
	}
}

// TestRepeated parses a line twice, as completion does: the first argument replaces the default, and the others stay.
func TestRepeated(t *testing.T) {
	var outputs []Output
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.VarP(Outputs(&outputs, []string{"text", "json"}), "format", "f", "")
	for range 2 {
		if err := f.Parse([]string{"-f", "json"}); err != nil {
			t.Fatal(err)
		}
	}
	if len(outputs) != 2 || outputs[0].Format != "json" {
		t.Errorf("got %v", outputs)
	}
	if s, ok := f.Lookup("format").Value.(pflag.SliceValue); !ok || s.Replace([]string{"text"}) != nil ||
		len(outputs) != 1 {
		t.Errorf("got %v", outputs)
	}
}

// TestWords checks that help names the argument of each kind, and that completion works without a project.
func TestWords(t *testing.T) {
	none := func() *policy.Policy { return nil }
	everyKind().VisitAll(func(f *pflag.Flag) {
		v := f.Value.(Value)
		if word, _ := pflag.UnquoteUsage(f); word == "" || word != strings.ToUpper(word) {
			t.Errorf("--%s: help names the argument %q", f.Name, word)
		}
		v.Complete(none, "")
	})
	v := Matchers(new([]diff.Matcher))
	if list, _ := v.Complete(none, "role=a,sens"); len(list) != 4 || list[0] != "role=a,sensitivity=low" {
		t.Errorf("completes %q", list)
	}
}
