package revision

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Unknown is the error for what names no revision, with the command that helps.
type Unknown struct{ Name, Why, Help string }

func (u *Unknown) Error() string {
	s := fmt.Sprintf("git knows no revision %q", u.Name)
	if u.Why != "" {
		s += ": " + u.Why
	}
	if u.Help != "" {
		s += "; help: " + u.Help
	}
	return s
}

// Ambiguous is the error for a name that means two things.
type Ambiguous struct{ Name, First, Second string }

func (a *Ambiguous) Error() string {
	return fmt.Sprintf("%q is ambiguous: it means %s or %s; help: write the one that you mean in full, such as %s",
		a.Name, a.First, a.Second, strings.TrimPrefix(a.Second, "object "))
}

// refWord is the name of a ref as most are, which a message may repeat in a
// command.
var refWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._/-]*$`)
})

var safeWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9._/@+:=-]+$`)
})

// quoteShell quotes a word for a POSIX shell.
func quoteShell(word string) string {
	if safeWord().MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// unknown says why a name names nothing here, as far as that is known.
func (r *Repository) unknown(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	u := &Unknown{Name: name}
	plain, _, relative := strings.Cut(name, "^")
	if !relative {
		plain, _, relative = strings.Cut(name, "~")
	}
	own, _ := r.refs(ctx, plain)
	remote, _ := r.refs(ctx, "refs/remotes/origin/"+plain)
	switch {
	case !refWord().MatchString(plain):
	case len(remote) > 0 && len(own) == 0 && !pseudo().MatchString(plain):
		u.Help = "write origin/" + name
	case !r.hasOrigin(ctx):
	case r.shallow && relative:
		u.Why, u.Help = "this clone is shallow", "git fetch --deepen=1"
	case r.shallow:
		u.Why, u.Help = "this clone is shallow", "git fetch --no-tags --depth=1 origin "+refspecOf(plain)
	case r.promises(ctx):
		u.Why, u.Help = "this clone is partial, and permc fetches nothing", "git fetch origin "+refspecOf(plain)
	case err == nil && !relative:
		u.Help = "git fetch origin " + refspecOf(plain)
	}
	return u
}

// refspecOf returns the refspec that fetches a name into a clone.
func refspecOf(name string) string {
	if hex().MatchString(name) || strings.HasPrefix(name, "refs/tags/") {
		return name
	}
	branch := name
	for _, p := range []string{"refs/heads/", "refs/remotes/origin/", "origin/"} {
		if b, ok := strings.CutPrefix(name, p); ok {
			branch = b
			break
		}
	}
	return "+refs/heads/" + branch + ":refs/remotes/origin/" + branch
}

// promises reports whether the clone is a partial one, whose missing objects
// git would fetch.
func (r *Repository) promises(ctx context.Context) bool {
	out, err := r.run(ctx, nil, "config", "--get-regexp", `^remote\..*\.promisor$|^extensions\.partialclone$`)
	return err == nil && len(out) > 0
}

func (r *Repository) hasOrigin(ctx context.Context) bool {
	_, err := r.run(ctx, nil, "config", "remote.origin.url")
	return err == nil
}

// missing rewords the error of a run that lacked an object.
func (r *Repository) missing(ctx context.Context, rev Revision, below []string, err error) error {
	if ctx.Err() != nil || !r.promises(ctx) {
		return err
	}
	args := []string{"git", "archive", "-o", "/dev/null", "--format=tar", rev.id()}
	for _, p := range below {
		if p == "." {
			args = args[:6]
			break
		}
		args = append(args, p)
	}
	for i, a := range args {
		args[i] = quoteShell(a)
	}
	return fmt.Errorf("this clone is partial and lacks files of %s, and permc fetches nothing; help: "+
		"from the top folder, run %s", rev.Name, strings.Join(args, " "))
}

func (rev Revision) id() string { return rev.tree }
