package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
)

// commands returns every command that a user can type, and the root.
func commands(cmd *cobra.Command) (list []*cobra.Command) {
	list = append(list, cmd)
	for _, c := range cmd.Commands() {
		list = append(list, commands(c)...)
	}
	return list
}

// TestExamples parses the examples in the help of each command: the command exists and takes these flags and
// arguments.
func TestExamples(t *testing.T) {
	for _, c := range commands(root(&globals{}, io.Discard)) {
		if !c.HasExample() {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			checkExample(t, c, strings.Fields(line))
		}
	}
}

// checkExample parses one command line. An example of permc itself may be of any command.
func checkExample(t *testing.T, owner *cobra.Command, words []string) {
	t.Helper()
	top := root(&globals{}, io.Discard)
	if len(words) == 0 || words[0] != "permc" {
		t.Fatalf("%s: %q is no command line of permc", owner.CommandPath(), words)
	}
	cmd, rest, err := top.Find(words[1:])
	if err != nil {
		t.Fatalf("%q: %v", words, err)
	}
	if owner.HasParent() && cmd.HasParent() && !strings.HasPrefix(cmd.CommandPath(), owner.CommandPath()) {
		t.Errorf("%q is an example of %s", words, owner.CommandPath())
	}
	cmd.InitDefaultHelpFlag()
	if err := cmd.ParseFlags(rest); err != nil {
		t.Errorf("%q: %v", words, err)
	}
	if err := flags.Check(cmd.Flags()); err != nil {
		t.Errorf("%q: %v", words, err)
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Errorf("%q: %v", words, err)
	}
}

// TestHelpInDocs compares the table at the head of docs/cli.md with help: the same groups, commands and order, in the
// same words.
func TestHelpInDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "/"), "|")
		if strings.HasPrefix(line, "PATH is") {
			break
		}
		if len(cells) != 4 {
			continue
		}
		if _, command, ok := strings.Cut(cells[1], "`permc "); ok {
			command, _, _ = strings.Cut(command, "`")
			name, _, _ := strings.Cut(command, " ")
			got = append(got, name+": "+strings.Trim(cells[2], " "))
		} else if head := strings.Trim(cells[1], " *-"); head != "" {
			got = append(got, head)
		}
	}
	var want []string
	top := root(&globals{}, io.Discard)
	for _, group := range groups {
		want = append(want, group.Title)
		for _, c := range top.Commands() {
			if c.GroupID == group.ID && !c.Hidden {
				want = append(want, c.Name()+": "+c.Short)
			}
		}
	}
	if g, w := strings.ReplaceAll(strings.Join(got, "\n"), "`", ""), strings.Join(want, "\n"); g != w {
		t.Errorf("docs/cli.md has\n%s\n\nhelp has\n%s", g, w)
	}
}
