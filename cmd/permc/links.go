package main

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/render"
)

// commits locate the lines of the two sides on the web.
type commits diff.Commits

// commitID matches the object name of a commit.
var commitID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{7,64}$`) })

// links returns the web addresses of the files of both sides: below --link-base, or below the repository that the
// build server names.
func (c *commits) links(flag string) (render.Links, error) {
	host := findHost(flag)
	if host.address == "" {
		return render.Links{}, nil
	}
	address, err := render.LinkBase(host.address)
	switch {
	case err != nil && flag == "": // nobody asked for links
		return render.Links{}, nil
	case err != nil:
		return render.Links{}, usage("--link-base %q: %v", flag, err)
	}
	head := c.Head
	if head == "" && commitID().MatchString(host.sha) {
		head = host.sha
	}
	l := render.Links{Place: c.place}
	if strings.Contains(address, "/blob/") || strings.Contains(address, "/src/") {
		l.Head = address
		if head != "" && c.Base != "" && strings.Contains(address, head) {
			l.Base = strings.Replace(address, head, c.Base, 1)
		}
	} else {
		l.Head = address + host.separator + cmp.Or(head, "HEAD")
		if c.Base != "" {
			l.Base = address + host.separator + c.Base
		}
	}
	if c.Folders {
		l.Base = l.Head
	}
	return l, nil
}

// host says where a repository is on the web.
type host struct {
	address   string
	separator string // between the address and a commit
	sha       string // of the commit that the build server has checked out
}

// findHost returns what --link-base says, or else the build server.
func findHost(flag string) host {
	h := host{address: flag, separator: "/blob/", sha: os.Getenv("GITHUB_SHA")}
	if flag != "" {
		return h
	}
	if server, repo := os.Getenv("GITHUB_SERVER_URL"), os.Getenv("GITHUB_REPOSITORY"); server != "" && repo != "" {
		h.address = server + "/" + repo
	} else if project := os.Getenv("CI_PROJECT_URL"); project != "" {
		h = host{project, "/-/blob/", os.Getenv("CI_COMMIT_SHA")}
	}
	return h
}

// place returns the path of a file below the top of the repository, or "".
func (c *commits) place(name string) string {
	if c.Place != nil {
		at, err := c.Place(filepath.FromSlash(name))
		if err != nil {
			return ""
		}
		return at
	}
	top := os.Getenv("GITHUB_WORKSPACE")
	if top == "" {
		top = os.Getenv("CI_PROJECT_DIR")
	}
	if top == "" {
		return name
	}
	abs, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return ""
	}
	if name, err = filepath.Rel(top, abs); err != nil {
		return ""
	}
	return filepath.ToSlash(name)
}

// placeInRepository returns the path of a file below the top of its repository, wherever permc runs, or the name itself
// outside of one.
func placeInRepository(name string) string {
	abs, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return name
	}
	top := topOfRepository(filepath.Dir(abs))
	if rel, err := filepath.Rel(top, abs); top != "" && err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return name
}

// topOfRepository returns the folder that a build server names, or the nearest one with a .git, or "".
func topOfRepository(dir string) string {
	for _, top := range []string{os.Getenv("GITHUB_WORKSPACE"), os.Getenv("CI_PROJECT_DIR")} {
		if rel, err := filepath.Rel(top, dir); top != "" && err == nil && filepath.IsLocal(rel) {
			return top
		}
	}
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}
