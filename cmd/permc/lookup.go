package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// named holds the thing that a name on the command line names; one is set.
type named struct {
	user       *policy.User
	role       *policy.Role
	permission *policy.Permission
	group      *policy.Group // that the user is a member of, and stands for
}

// Kinds of names, as written before a name that is two things.
const (
	aUser       = "user"
	aRole       = "role"
	aPermission = "permission"
)

// lookUp resolves a name among some kinds. A name of none or of several is wrong usage; KIND:NAME says which of
// several is meant.
func lookUp(p *policy.Policy, name string, kinds ...string) (named, error) {
	hits := meanings(p, name, kinds)
	if kind, rest, ok := strings.Cut(name, ":"); ok && len(hits) == 0 && slices.Contains(kinds, kind) {
		hits = meanings(p, rest, []string{kind})
	}
	switch len(hits) {
	case 1:
		return hits[0], nil
	case 0:
		if exact, _ := titled(p, name, kinds); len(exact) == 1 {
			return exact[0], nil
		}
		what := strings.Join(kinds, " or ")
		help := cmp.Or(pathHelp(name, what), groupHelp(p, name), meant(p, name, kinds))
		return named{}, usage("%q: there is no such %s; %s", name, what, help)
	}
	var ways []string
	for _, kind := range kinds {
		ways = append(ways, fmt.Sprintf("%s:%s", kind, name))
	}
	return named{}, usage("%q is a %s; write %s", name, strings.Join(kinds, " and a "), strings.Join(ways, " or "))
}

// pathHelp helps if a file or folder is where a name goes, or returns "".
func pathHelp(name, what string) string {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return ""
	case info.IsDir():
		return "it is a folder: name a " + what + " before it"
	}
	return "it is a file: name a " + what + " before it"
}

// groupHelp helps if a name is that of a group, for commands that take group:GROUP, or returns "".
func groupHelp(p *policy.Policy, name string) string {
	if !slices.ContainsFunc(p.Groups, func(g *policy.Group) bool { return g.ID == name }) {
		return ""
	}
	return "it is a group: write group:" + name
}

// meanings returns everything that a name names, at most one of each kind.
func meanings(p *policy.Policy, name string, kinds []string) (list []named) {
	for _, kind := range kinds {
		var n named
		switch kind {
		case aUser:
			n.user = userNamed(p, name)
		case aRole:
			n.role, _ = p.Catalog.RoleNamed(name)
		case aPermission:
			n.permission, _ = p.Catalog.PermissionNamed(name)
		}
		if n != (named{}) {
			list = append(list, n)
		}
	}
	return list
}

func userNamed(p *policy.Policy, name string) *policy.User {
	key := p.Catalog.UserKey
	want := key(name)
	for _, u := range p.Users {
		if key(u.ID) == want {
			return u
		}
	}
	return nil
}

func candidates(p *policy.Policy, kinds []string) (ids []string) {
	for _, kind := range kinds {
		switch kind {
		case aUser:
			for _, u := range p.Users {
				ids = append(ids, u.ID)
			}
		case aRole:
			ids = append(ids, p.Catalog.RoleIDs()...)
		case aPermission:
			ids = append(ids, p.Catalog.PermissionIDs()...)
		}
	}
	return ids
}

// suggest suggests as diag.Suggest does, from lists that may be empty.
func suggest(name string, candidates []string) string {
	if help := diag.Suggest(name, candidates); help != "" {
		return help
	}
	return "this project has none"
}

// bound loads the project that a question is about. If it cannot be evaluated, there is no answer, and its findings go
// to standard error.
func (g *globals) bound(cmd *cobra.Command, paths []string) (*compiler.Project, error) {
	p, err := g.load(cmd, paths)
	if err != nil || p.Policy != nil {
		return p, err
	}
	return nil, g.stopped(cmd, p)
}

// stopped prints why a project cannot be evaluated.
func (g *globals) stopped(cmd *cobra.Command, p *compiler.Project) error {
	g.stopProgress()
	if err := findingsText(cmd.ErrOrStderr(), g.report(p, p.Stopped)); err != nil {
		return failed(err)
	}
	return exit{code: exitUnreadable}
}

// answer prints the findings about what was asked, if there are any, and then the answer, so that it stays in sight.
func (g *globals) answer(cmd *cobra.Command, p *compiler.Project, findings []diag.Finding, a *about, format string,
	write func(*output) error) error {
	g.stopProgress()
	if len(findings) > 0 {
		if err := g.findingsAbout(cmd, g.report(p, findings), a); err != nil {
			return err
		}
	}
	if err := writeOutput(cmd.OutOrStdout(), flags.Output{Format: format}, write); err != nil {
		return failed(err)
	}
	return nil
}

// findingsAbout prints the findings about what was asked, and counts the others in a line.
func (g *globals) findingsAbout(cmd *cobra.Command, r *render.Findings, a *about) error {
	if a.narrow() {
		own, others := a.split(r.Findings)
		rest := *r
		rest.Findings = others
		narrowed := *r
		narrowed.Findings, narrowed.Others = own, &rest
		r = &narrowed
	}
	stderr := cmd.ErrOrStderr()
	if err := findingsText(stderr, r); err != nil {
		return failed(err)
	}
	return nil
}
