package render

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/edit/source"
)

// how lists the proposals that no rule forbids, or says why there are none.
func (t *explained) how() {
	n := 0
	for _, p := range t.How {
		if p.ForbiddenBy != "" {
			continue
		}
		if n++; n > shownProposals {
			continue
		}
		if n == 1 {
			t.title("how to get it")
			t.line(2, "Each option is verified and adds no error; least privilege first.")
		}
		t.proposal(n, &p)
	}
	if n > shownProposals {
		t.b.WriteByte('\n')
		t.line(2, "%d more with -f json.", n-shownProposals)
	}
	if n == 0 {
		t.impossible()
	} else if slices.ContainsFunc(t.How, t.applies) {
		t.b.WriteByte('\n')
		t.line(2, "--apply N makes one of these changes; with --diff, it only shows the edit.")
	}
	if t.Elsewhere {
		t.line(2, "There are more scopes: -s SCOPE picks one.")
	}
}

// applies reports whether --apply can make a proposal.
func (t *explained) applies(p explain.Proposal) bool {
	_, err := change.Steps(t.User, p.Changes)
	return p.ForbiddenBy == "" && err == nil
}

// impossible says why there is no proposal.
func (t *explained) impossible() {
	if t.Group != nil {
		return // no change is proposed for a group
	}
	t.title("how to get it")
	for _, b := range t.Blocks {
		text := b.Reason
		if b.Rule != "" {
			text = b.Rule + ": " + text
		}
		t.hanging("  "+t.Style.red("impossible: "), 4, text)
	}
}

func (t *explained) proposal(n int, p *explain.Proposal) {
	if n > 1 {
		t.b.WriteByte('\n')
	}
	for i, c := range p.Changes {
		head := "     "
		if i == 0 {
			head = fmt.Sprintf("%3d. ", n)
		}
		t.hanging(head, 7, c.String())
	}
	if t.Scope != nil && p.Scope != t.Scope {
		t.line(5, "grants it on %q", p.Scope.Path)
	}
	t.gains(p)
	for _, x := range change.Describe(t.Policy, t.User, p.Changes) {
		t.snippet(&x)
	}
}

// gains says what a proposal gives besides the permission in question.
func (t *explained) gains(p *explain.Proposal) {
	if p.Rows < 2 {
		return
	}
	text := Plural(p.Rows, "permission")
	if p.Critical > 0 {
		text += fmt.Sprintf(", %d critical", p.Critical)
	}
	if p.Excess() {
		t.hanging("     "+t.Style.red("far more than asked: "), 7, "grants "+text)
		return
	}
	t.line(5, "grants %s", text)
}

// snippet writes what to add, and where.
func (t *explained) snippet(x *change.Snippet) {
	file := t.Policy.Files.File(x.Pos.File).Name
	var to string
	switch {
	case x.Into == "attributes":
		to = "add to the attributes of the user at " + t.place(x.Pos)
	case x.Into != "":
		to = "add to " + x.Into + ", after " + t.place(x.Pos)
	case x.Top:
		to = "add at the end of " + file
	case source.SyntaxOf(file) == source.CSV:
		to = "add a line after " + t.place(x.Pos)
	case x.Group:
		to = "add to the group at " + t.place(x.Pos)
	default:
		to = "add to the user at " + t.place(x.Pos)
	}
	t.hanging("     ", 7, to+":")
	for _, line := range x.Text {
		body := strings.TrimLeft(line, " ")
		fmt.Fprintf(&t.b, "         %s%s\n", strings.Repeat(" ", len(line)-len(body)), t.Style.cyan(Safe(body)))
	}
}
