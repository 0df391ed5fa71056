package reference_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// mainFile has all but entries and memberships that are written elsewhere. Its name comes first, so that the users'
// keys are those in it.
const mainFile = "0-main.json"

// patterns are globs with the files that they match, of those that are drawn.
var patterns = map[string][]string{
	"teams/**":       {"teams/a.json", "teams/sub/b.json"},
	"./teams/":       {"teams/a.json", "teams/sub/b.json"},
	"teams/*.json":   {"teams/a.json"},
	"*/sub":          {"teams/sub/b.json"},
	"**/b.json":      {"teams/sub/b.json", "b.json"},
	"b.json":         {"b.json"},
	"security/*":     {"security/c.json"},
	"*":              {mainFile, "teams/a.json", "teams/sub/b.json", "b.json", "security/c.json"},
	"?-main.json":    {mainFile},
	"Teams/**":       nil,
	"teams/a.json/*": nil,
}

func fileOf(name string) []string { return []string{cmp.Or(name, mainFile)} }

func (sel *Selector) asksWhere() bool { return sel != nil && len(sel.Files)+len(sel.ExceptFiles) > 0 }

// countsIn: "in a file that files matches, by default in any, and none that exceptFiles does".
func (sel *Selector) countsIn(file string) bool {
	matches := func(glob string) bool { return slices.Contains(patterns[glob], file) }
	return (sel.Files == nil || slices.ContainsFunc(sel.Files, matches)) && !slices.ContainsFunc(sel.ExceptFiles,
		matches)
}

// forbiddenIn lists the files in which a source of a matching row is written and counts.
func (pr project) forbiddenIn(p person, s place, sel *Selector) []string {
	found := map[string]bool{}
	for _, permission := range sorted(pr.Catalog.Permissions) {
		if !pr.selects(sel, p, s.path, permission) {
			continue
		}
		for _, source := range pr.sources(p, s, permission) {
			gives := slices.ContainsFunc(pr.left(p, s.path, permission, source.Actions), func(action string) bool {
				return selected(sel.Action, action)
			})
			if !gives || sel.Role != nil && !comesThrough(&Row{Via: []Source{source}}, sel.Role) {
				continue
			}
			for _, file := range source.files {
				if sel.countsIn(file) {
					found[file] = true
				}
			}
		}
	}
	return sorted(found)
}

// chain is one way into a group, and where its memberships are written.
type chain struct {
	stay
	files []string
}

func (pr project) chains(id, group string) []chain {
	if _, everyone := pr.everyone(group); everyone || pr.allAtHome(group) {
		if len(pr.ways(id, group)) == 0 {
			return nil
		}
		return []chain{{stay{}, fileOf("")}}
	}
	if pr.Groups[group] == nil {
		return nil // it is declared nowhere
	}
	var all []chain
	for _, m := range pr.Groups[group].Members {
		if m.Group != "" {
			for _, c := range pr.chains(id, m.plain()) {
				all = append(all, chain{m.during(c.stay), slices.Concat(c.files, fileOf(m.File))})
			}
		} else if pr.Catalog.sameUser(m.User, id) {
			all = append(all, chain{stay{m.Starts, m.Expires}, fileOf(m.File)})
		}
	}
	for _, m := range pr.person(id).Groups {
		if m.Group == group {
			all = append(all, chain{stay{m.Starts, m.Expires}, fileOf(m.File)})
		}
	}
	return all
}

// filesOfWays are those of all memberships by which somebody is in a group today.
func (pr project) filesOfWays(id, group string) (files []string) {
	for _, c := range pr.chains(id, group) {
		if pr.isNow(c.stay) {
			files = append(files, c.files...)
		}
	}
	return files
}

// filesOfDerived: "a derived permission is written where the roles, permissions and memberships are that its
// requirement names and that meet it; without any, where the user is declared".
func (pr project) filesOfDerived(p person, scope string, when *Requirement) []string {
	if files := pr.filesMeeting(p, scope, when); len(files) > 0 {
		return files
	}
	return fileOf("")
}

func (pr project) filesMeeting(p person, scope string, r *Requirement) (files []string) {
	def := defaults{role: "above", permission: "same"}
	for _, h := range pr.holds(p) {
		if h.role == r.Role && pr.stands(p, h.scope, cmp.Or(r.At, def.role), scope) && (r.Through == "" ||
			h.group == "") {
			files = append(files, h.files...)
		}
	}
	for _, s := range pr.places() {
		if r.Permission == "" || !pr.stands(p, s.path, cmp.Or(r.At, def.permission), scope) ||
			len(pr.endsAt(p, s, r)) == 0 {
			continue
		}
		for _, source := range pr.sources(p, s, r.Permission) {
			left := pr.left(p, s.path, r.Permission, source.Actions)
			if (r.Through == "" || source.Group == "") && len(left) > 0 && (len(r.Actions) == 0 ||
				containsAny(left, r.Actions)) {
				files = append(files, source.files...)
			}
		}
	}
	if r.Group != "" {
		files = append(files, pr.filesOfWays(p.id, r.Group)...)
	}
	for _, all := range r.AllOf {
		files = append(files, pr.filesMeeting(p, scope, all)...)
	}
	for _, any := range r.AnyOf {
		if _, met := pr.meets(p, scope, any, def); met {
			files = append(files, pr.filesMeeting(p, scope, any)...)
		}
	}
	return files
}

// file is that in which a finding says that something is written.
func (f Judged) file() string {
	for _, x := range f.Extent {
		if name, ok := strings.CutPrefix(x, "file:"); ok {
			return name
		}
	}
	return ""
}

// elsewhere draws where entries and memberships are written, and rules that ask for it.
func (g *gen) elsewhere() {
	where := func() string {
		return one(g.T, "file", []string{"", "teams/a.json", "teams/sub/b.json", "b.json", "security/c.json"})
	}
	entries := func(roles []Assignment, grants []Grant) {
		for i := range roles {
			roles[i].File = where()
		}
		for i := range grants {
			grants[i].File = where()
		}
	}
	for _, users := range []map[string]*User{g.Users, g.Invitations} {
		for _, id := range sorted(users) {
			u := users[id]
			entries(u.Roles, u.Grants)
			for i := range u.Groups {
				u.Groups[i].File = where()
			}
		}
	}
	for _, id := range sorted(g.Groups) {
		entries(g.Groups[id].Roles, g.Groups[id].Grants)
		for i := range g.Groups[id].Members {
			g.Groups[id].Members[i].File = where()
		}
	}
	for _, id := range []string{"where-a", "where-b", "where-c"}[:1+upTo(g.T, "rules", 2)] {
		sel := g.selector(g.fitting(g.Catalog.levelNames()))
		if kinds := one(g.T, "kinds", []string{"files", "except", "both"}); kinds != "except" {
			sel.Files = oneOrMore(g.T, "files", sorted(patterns))[:1]
		} else if sel.ExceptFiles = oneOrMore(g.T, "except", sorted(patterns)); kinds == "both" {
			sel.Files = Names{one(g.T, "files", sorted(patterns))}
		}
		set(&g.Rules, id, &Rule{Forbid: sel})
	}
}

// inFiles writes a declaration down, each entry and membership in its file.
func inFiles(d *Declaration) map[string]string {
	files := map[string]string{}
	for _, name := range []string{mainFile, "teams/a.json", "teams/sub/b.json", "b.json", "security/c.json"} {
		part := &Declaration{}
		if name == mainFile {
			whole := *d
			part = &whole
		}
		in := func(file string) bool { return cmp.Or(file, mainFile) == name }
		users := func(from map[string]*User) (to map[string]*User) {
			for id, u := range from {
				x := &User{}
				if name == mainFile {
					whole := *u
					x = &whole
				}
				x.Roles = keep(u.Roles, func(a Assignment) bool { return in(a.File) })
				x.Grants = keep(u.Grants, func(a Grant) bool { return in(a.File) })
				x.Groups = keep(u.Groups, func(j Join) bool { return in(j.File) })
				if name == mainFile || len(x.Roles)+len(x.Grants)+len(x.Groups) > 0 {
					set(&to, id, x)
				}
			}
			return to
		}
		part.Users, part.Invitations, part.Groups = users(d.Users), users(d.Invitations), nil
		for id, g := range d.Groups {
			x := &Group{}
			if name == mainFile {
				whole := *g
				x = &whole
			}
			x.Roles = keep(g.Roles, func(a Assignment) bool { return in(a.File) })
			x.Grants = keep(g.Grants, func(a Grant) bool { return in(a.File) })
			x.Members = keep(g.Members, func(m Member) bool { return in(m.File) })
			set(&part.Groups, id, x)
		}
		fields := generic(part).(map[string]any)
		if name != mainFile {
			delete(fields, "catalog")
		}
		if len(fields) > 0 {
			files[name] = compact(fields)
		}
	}
	return files
}

func keep[E any](list []E, wanted func(E) bool) (kept []E) {
	for _, x := range list {
		if wanted(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// The compiler and the reference agree on rules that ask where something is written.
func TestWhereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &gen{T: t, Declaration: &Declaration{Catalog: &Catalog{}}}
		g.everything()
		g.elsewhere()
		d, files := g.Declaration, inFiles(g.Declaration)
		want, got := slices.Compact(lines(Findings(d, today))), slices.Compact(lines(declared(d,
			check(t, files, today))))
		if strings.Join(want, "\n") != strings.Join(got, "\n") {
			t.Fatalf("want\n%s\ngot\n%s\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"), listing(files))
		}
	})
}
