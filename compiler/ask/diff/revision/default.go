package revision

import (
	"context"
	"strings"
)

// Base is what to compare with if nobody named it.
type Base struct {
	Ref  string // in full, or "" where nothing is a safe guess
	What string // what this branch is, for people to read
}

// Name returns the ref as people write it.
func (b Base) Name() string {
	return strings.TrimPrefix(strings.TrimPrefix(b.Ref, "refs/remotes/"), "refs/heads/")
}

// Default finds the branch that a change will go to: the default branch of the upstream. On a work tree of a person,
// it is else the branch that the current one tracks, or else main or master. It is never the pushed copy of a branch
// other than these, as that has most of the change already, and never a branch that is itself checked out.
func (r *Repository) Default(ctx context.Context, upstreamOnly bool) Base {
	out, err := r.run(ctx, nil, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
	if full := strings.TrimSpace(string(out)); err == nil && full != "" {
		return Base{full, "the default branch of the upstream"}
	}
	if out, err = r.run(ctx, nil, "symbolic-ref", "--quiet", "HEAD"); err != nil || upstreamOnly {
		return Base{}
	}
	current := strings.TrimSpace(string(out))
	name := strings.TrimPrefix(current, "refs/heads/")
	main := name == "main" || name == "master"
	out, err = r.run(ctx, nil, "for-each-ref", "--format=%(upstream)", current)
	tracked := strings.TrimSpace(string(out))
	if err == nil && tracked != "" && (main || !strings.HasSuffix(tracked, "/"+name)) {
		return Base{tracked, "which " + name + " tracks"}
	}
	if main {
		return Base{}
	}
	if ref := r.onlyRef(ctx, "refs/remotes/origin/main", "refs/remotes/origin/master"); ref != "" {
		return Base{ref, "a branch of the upstream"}
	}
	return Base{r.onlyRef(ctx, "refs/heads/main", "refs/heads/master"), "the branch in this clone"}
}

// onlyRef returns the one of the refs that exists, or "" if none or more than one does.
func (r *Repository) onlyRef(ctx context.Context, refs ...string) string {
	out, err := r.run(ctx, nil, append([]string{"for-each-ref", "--format=%(refname)"}, refs...)...)
	if list := strings.Fields(string(out)); err == nil && len(list) == 1 {
		return list[0]
	}
	return ""
}
