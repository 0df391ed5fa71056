package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoGit is the error where there is no git command.
var ErrNoGit = errors.New("git cannot be run: no git in PATH; install it, or compare with a folder, as " +
	"in --against ./base")

// findGit finds the git command. Entries of PATH that are relative or lie in a
// repository under review do not count: a change could put a git there.
func findGit(tops ...string) (string, error) {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if !filepath.IsAbs(dir) || inAny(tops, dir) {
			continue
		}
		if name, err := exec.LookPath(filepath.Join(dir, "git")); err == nil {
			return name, nil
		}
	}
	return "", ErrNoGit
}

func inAny(tops []string, dir string) bool {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for _, top := range tops {
		if isWithin(top, filepath.Clean(dir)) {
			return true
		}
	}
	return false
}

// settings override what the repository's own configuration may say. Nothing in
// it runs a command, fetches an object or changes what an object is.
var settings = []string{
	"safe.bareRepository=explicit",
	"protocol.allow=never",
	"core.fsmonitor=false",
	"core.hooksPath=/dev/null",
	"core.attributesFile=/dev/null",
	"core.useReplaceRefs=false",
	"core.commitGraph=false", // it repeats what commits say, and might say otherwise
	"core.alternateRefsCommand=false",
	"core.sshCommand=false",
	"core.askPass=false",
	"core.pager=cat",
	"credential.helper=",
	"gc.auto=0",
	"maintenance.auto=false",
	"submodule.recurse=false",
}

// variables returns the environment for git. GIT_DIR is explicit, so git
// looks for no repository and needs no safe.directory; without the files of the
// user and the system, every machine reads the same.
func (r *Repository) variables() []string {
	list := []string{
		"GIT_DIR=" + r.dir,
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_REPLACE_OBJECTS=1",
		"GIT_GRAFT_FILE=/dev/null",
		"GIT_NO_LAZY_FETCH=1",
		"GIT_ALLOW_PROTOCOL=none", // for a git that does not know the line above
		"GIT_PROTOCOL_FROM_USER=0",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_ADVICE=0",
		"LC_ALL=C",
		"LANGUAGE=C",
	}
	if !r.Bare() {
		return append(list, "GIT_WORK_TREE="+r.top)
	}
	// What is being pushed is beside the other objects until a hook accepts it.
	if at := os.Getenv("GIT_QUARANTINE_PATH"); at != "" && r.quarantine(at) {
		objects := filepath.Join(r.dir, "objects")
		list = append(list, "GIT_OBJECT_DIRECTORY="+at, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+objects)
	}
	return list
}

// quarantine reports whether a directory is one that git itself made for a push.
func (r *Repository) quarantine(at string) bool {
	info, err := os.Lstat(at)
	return err == nil && info.IsDir() && filepath.IsAbs(at) &&
		sameFile(filepath.Dir(at), filepath.Join(r.dir, "objects"))
}

func (r *Repository) command(ctx context.Context, in io.Reader, args ...string) (*exec.Cmd, *bytes.Buffer) {
	all := []string{"--no-pager", "--literal-pathspecs"}
	for _, s := range settings {
		all = append(all, "-c", s)
	}
	c := exec.CommandContext(ctx, r.git, append(all, args...)...)
	c.Dir = r.top
	if r.Bare() {
		c.Dir = r.dir
	}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(strings.ToUpper(v), "GIT_") {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, r.variables()...)
	c.Stdin = in
	c.WaitDelay = 2 * time.Second
	said := &bytes.Buffer{}
	c.Stderr = said
	return c, said
}

// run runs git and returns what it writes.
func (r *Repository) run(ctx context.Context, in io.Reader, args ...string) ([]byte, error) {
	c, said := r.command(ctx, in, args...)
	out, err := c.Output()
	return out, r.failure(ctx, err, said)
}

// failure returns the error of a git run, in git's words if it wrote any.
func (r *Repository) failure(ctx context.Context, err error, said *bytes.Buffer) error {
	switch text := strings.TrimSpace(said.String()); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case text == "":
		return fmt.Errorf("git: %w", err)
	default:
		lines := strings.Split(text, "\n")
		return fmt.Errorf("git: %s", strings.Join(lines, "; "))
	}
}
