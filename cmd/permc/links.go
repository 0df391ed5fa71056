package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/render"
)

// commits locate the lines of the two sides on the web.
type commits diff.Commits

// commitID matches the object name of a commit.
var commitID = regexp.MustCompile(`^[0-9a-f]{7,64}$`)

// links returns the web addresses of the files of both sides: below --link-base, or below the repository that the
// build server names.
func (c *commits) links(flag string) (render.Links, error) {
	head, separator, address := c.Head, "/blob/", flag
	sha := os.Getenv("GITHUB_SHA")
	if server, repository := os.Getenv("GITHUB_SERVER_URL"), os.Getenv("GITHUB_REPOSITORY"); server != "" && repository != "" && flag == "" {
		address = server + "/" + repository
	} else if project := os.Getenv("CI_PROJECT_URL"); project != "" && flag == "" {
		address, separator, sha = project, "/-/blob/", os.Getenv("CI_COMMIT_SHA")
	}
	if address == "" {
		return render.Links{}, nil
	}
	address, err := render.LinkBase(address)
	if err != nil {
		if flag == "" { // nobody asked for links
			return render.Links{}, nil
		}
		return render.Links{}, usage("--link-base %q: %v", flag, err)
	}
	if head == "" && commitID.MatchString(sha) {
		head = sha
	}
	l := render.Links{Place: c.place}
	if strings.Contains(address, "/blob/") || strings.Contains(address, "/src/") {
		l.Head = address
		if head != "" && c.Base != "" && strings.Contains(address, head) {
			l.Base = strings.Replace(address, head, c.Base, 1)
		}
	} else {
		if head == "" {
			head = "HEAD"
		}
		l.Head = address + separator + head
		if c.Base != "" {
			l.Base = address + separator + c.Base
		}
	}
	if c.Folders {
		l.Base = l.Head
	}
	return l, nil
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
