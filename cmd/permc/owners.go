package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/ask/approval"
	"permc.dev/permc/compiler/ask/diff"
)

// ownersFlags ask who must agree to a change, and whether they have.
type ownersFlags struct {
	show       bool
	approvedBy string
	authors    []string
	commit     string
}

func (o *ownersFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&o.show, "owners", false, "show which owners of the base must agree to the change, and why")
	f.Var(flags.Existing(&o.approvedBy), "approved-by",
		"exit 1 if too few owners approved the head commit, by this list or these answers of GitHub or GitLab; - is "+
			"standard input")
	f.Var(flags.Texts(&o.authors, "WHO"), "author",
		"who made the change, and may not approve it: a login such as gh:kim, an id or an address; may be repeated")
	f.Var(flags.Commit(&o.commit), "commit", "the commit that must be approved (default: the head of A...B)")
}

// question returns what to ask about owners, or nil.
func (o *ownersFlags) question(s *diff.Sides, outputs []flags.Output) (*diff.OwnersQuestion, error) {
	reviewers := slices.ContainsFunc(outputs, func(x flags.Output) bool { return x.Format == "reviewers" })
	if !o.show && o.approvedBy == "" && !reviewers {
		return nil, nil
	}
	q := &diff.OwnersQuestion{Authors: o.authors, Commit: o.commit}
	if q.Commit == "" {
		q.Commit = s.Commits.Head
	}
	if o.approvedBy == "" {
		return q, nil
	}
	if q.Commit == "" {
		return nil, usage("--approved-by: which commit must be approved? Compare A...B, or name it with --commit")
	}
	approvals, err := readApprovals(o.approvedBy)
	if err != nil {
		return nil, failed(err)
	}
	if len(q.Authors) == 0 && !approvals.Author {
		return nil, usage("--approved-by: who made the change? Name the author with --author, e.g. --author gh:kim")
	}
	if approvals.Head != "" && approvals.Head != q.Commit {
		return nil, failed(fmt.Errorf("the approvals are about commit %.12s, and the change is commit %.12s: "+
			"compare again", approvals.Head, q.Commit))
	}
	q.Approvals = approvals
	return q, nil
}

// readApprovals reads approvals from a file or from standard input.
func readApprovals(name string) (*approval.Approvals, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	a, err := approval.Read(in)
	if err != nil {
		return nil, &os.PathError{Op: "approvals", Path: name, Err: err}
	}
	return a, nil
}

// loginSystem returns the system whose logins a request for review needs: that of the build server.
func loginSystem() string {
	if os.Getenv("GITLAB_CI") != "" {
		return "gl"
	}
	return "gh"
}
