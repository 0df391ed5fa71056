// Package importer writes a declaration of what exports of a system say, as far as a project does not declare it yet.
package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/load/observe/match"
	"permc.dev/permc/compiler/policy"
)

// Options say what to import, and into what.
type Options struct {
	compiler.Options
	Product string            // of a new project
	Project *compiler.Project // or nil: a new one
	Map     *observe.Map
	Scope   string // that the files are about, or ""
	Format  string // "yaml", "cue", "jsonl" or "csv"
	Path    string // of the file to write, which findings of YAML name, or ""
}

// Result is what to write, and what remains.
type Result struct {
	Text     []byte         // of the format
	Rest     []byte         // in YAML: what users cannot say, for formats of users alone; or nil
	NeedRest bool           // without Rest, something of Text is not declared
	Entries  int            // that are written
	Users    int            // with them
	Left     []drift.Item   // what is not written, because it is not clear
	Notes    []string       // what is written in another way than in the files
	Findings []diag.Finding // of the project with what is written
	Project  *compiler.Project
}

// NeedScope is the error of an export that does not name the outermost scopes.
type NeedScope struct{ Level, Name string }

func (n *NeedScope) Error() string {
	return fmt.Sprintf("the files do not say which %s %q is in: add --scope %s", n.Level, n.Name,
		strings.ToUpper(n.Level))
}

// Import compares an observation with a project, and writes what it lacks.
func Import(ctx context.Context, o *observe.Observation, opts Options) (*Result, error) {
	i := &importer{ctx: ctx, o: o, opts: opts, doc: &document{scopes: &node{}}, refused: map[string]string{}}
	base, err := i.base()
	if err != nil {
		return nil, err
	}
	if err := i.addScopes(base.Policy); err != nil {
		return nil, err
	}
	i.addGroups(base.Policy)
	i.addDomains(base.Policy)
	p, err := i.with(i.doc.yaml())
	if err != nil {
		return nil, err
	}
	if p.Policy == nil {
		return &Result{Findings: p.Stopped, Project: p}, nil
	}
	d, err := drift.Ask(ctx, p, o, drift.Options{Map: opts.Map, Scope: opts.Scope, Brief: true})
	if err != nil {
		return nil, err
	}
	out := &Result{}
	i.fill(d, out)
	return out, i.write(out)
}

type importer struct {
	ctx  context.Context
	o    *observe.Observation
	opts Options
	doc  *document
	was  *compiler.Project // before the import

	notes   []string
	refused map[string]string // why names of groups and scopes cannot be declared

	homes *match.Match // of the scopes alone, once it is asked for

	members map[string]bool // roles that members of teams have as if they were theirs, once it is asked for
}

// base returns the project to add to, or one that has the product alone.
func (i *importer) base() (*compiler.Project, error) {
	if i.opts.Project != nil {
		i.was = i.opts.Project
		return i.was, nil
	}
	if i.opts.Product == "" {
		return nil, errors.New("no project here, and no --product")
	}
	i.doc.product = i.opts.Product
	p, err := i.load(map[string][]byte{"access.yaml": []byte("product: " + quote(i.opts.Product) + "\n")})
	if err != nil {
		return nil, err
	}
	if p.Policy == nil {
		return nil, errors.New(p.Stopped[0].Message)
	}
	i.was = p
	return p, nil
}

// load reads a project in memory.
func (i *importer) load(files map[string][]byte) (*compiler.Project, error) {
	opts := i.opts.Options
	opts.Paths, opts.FS = []string{"."}, load.InMemory(files)
	return compiler.Load(i.ctx, opts)
}

// with returns the project with one more file.
func (i *importer) with(text []byte) (*compiler.Project, error) {
	files := map[string][]byte{}
	if i.opts.Project != nil {
		for _, f := range i.opts.Project.Files.Own() {
			if !f.Shipped {
				files[f.Path()] = f.Raw()
			}
		}
	}
	if len(text) == 0 {
		return i.load(files)
	}
	name := filepath.ToSlash(i.opts.Path) // findings name it, unless the project ignores it or it is in another format
	if i.opts.Format == "yaml" && filepath.Ext(name) != "" && fs.ValidPath(name) && files[name] == nil {
		files[name] = text
		if p, err := i.load(files); err == nil && hasFile(p, name) {
			return p, nil
		}
		delete(files, name)
	}
	files[freeName(files)] = text
	return i.load(files)
}

// hasFile reports whether a file is one of a project's declarations.
func hasFile(p *compiler.Project, name string) bool {
	return p.Files != nil && slices.ContainsFunc(p.Files.Own(), func(f *policy.File) bool { return f.Path() == name })
}

// freeName returns a name that no file has.
func freeName(files map[string][]byte) string {
	name := "imported.yaml"
	for n := 2; files[name] != nil; n++ {
		name = fmt.Sprintf("imported-%d.yaml", n)
	}
	return name
}

// addGroups declares the groups that the project does not have.
func (i *importer) addGroups(p *policy.Policy) {
	m := match.New(p, i.o, i.opts.Map, i.opts.Scope)
	mapped, given := observe.NewLookup(i.opts.names().Groups, policy.Fold), i.groupsGiven()
	for j := range i.o.Groups {
		f, g := &m.Groups[j], &i.o.Groups[j]
		if f.Of != nil || f.Ambiguous != "" || f.Ignored != nil || g.Kind == "business-unit" && !given[int32(j)] {
			continue
		}
		id := g.Name
		if id == "" {
			id = g.ID
		}
		if to := mapped.Find(g.ID, g.Name); len(to) == 1 {
			id = to[0]
		}
		if why := refuseName(id); why != "" {
			i.refused[cmp.Or(g.Name, g.ID)] = why
			continue
		}
		x := group{id: id}
		if g.Kind != "" && slices.ContainsFunc(p.Catalog.GroupKinds,
			func(k policy.GroupKind) bool { return k.ID == g.Kind }) {
			x.kind = g.Kind
		}
		if g.Home != observe.None && p.Catalog.Home != nil {
			x.home = i.scopePath(m, g.Home)
		}
		i.doc.addGroup(x)
	}
}

// groupsGiven returns the groups that have roles or permissions. The system makes a team of each business unit, which
// has all of its people and mostly nothing else: one that gives nothing need not be declared.
func (i *importer) groupsGiven() map[int32]bool {
	given := map[int32]bool{}
	for j := range i.o.Entries {
		if e := &i.o.Entries[j]; e.Person == observe.None {
			given[e.Group] = true
		}
	}
	return given
}

func (o *Options) names() *observe.Map {
	if o.Map == nil {
		return &observe.Map{}
	}
	return o.Map
}

// addDomains says which people are of which affiliation, where the product tells them apart.
func (i *importer) addDomains(p *policy.Policy) {
	if len(p.Catalog.Affiliations) == 0 {
		return
	}
	known := map[string]bool{}
	if i.opts.Project != nil {
		if d := i.opts.Project.Declared(); d != nil {
			for _, x := range d.Domains {
				known[policy.Fold(x.Name.Name)] = true
			}
		}
	}
	mapped := observe.NewLookup(i.opts.names().Affiliations, policy.Fold)
	for j := range i.o.People {
		person := &i.o.People[j]
		id := idOf(person)
		domain := policy.Fold(id[strings.LastIndexByte(id, '@')+1:])
		if !strings.Contains(id, "@") || known[domain] || !isDomain(domain) {
			continue
		}
		if to := mapped.Find(domain, id); len(to) == 1 {
			i.doc.domains = append(i.doc.domains, [2]string{domain, to[0]})
			known[domain] = true
		} else if a := i.o.Affiliation(domain); a != "" {
			i.doc.domains = append(i.doc.domains, [2]string{domain, a})
			known[domain] = true
		}
	}
	slices.SortFunc(i.doc.domains, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
}

// idOf returns the id under which a person is declared.
func idOf(p *observe.Person) string {
	if len(p.Logins) == 0 {
		return p.Title()
	}
	return cmp.Or(match.Guest(p.Logins[0]), p.Logins[0])
}

// fill adds what the comparison found and the project lacks.
func (i *importer) fill(d *drift.Drift, out *Result) {
	users, ids, said := map[string]*user{}, i.newUserIDs(d), map[string]bool{}
	for j := range d.Items {
		x := &d.Items[j]
		if x.Class != drift.Extra || x.Pos.IsValid() {
			if x.Class != drift.Missing && x.Class != drift.Off && !i.addTeamOnly(d, x) {
				out.Left = append(out.Left, i.explain(*x))
			}
			continue
		}
		if no := ids.refuse(x, i.userID(x.User)); no != nil {
			if !said[no.Message] {
				said[no.Message] = true
				out.Left = append(out.Left, *no)
			}
			continue
		}
		out.Entries++
		e := entry{role: x.Role, permission: x.Permission, scope: x.Scope, actions: x.Actions}
		if x.Group != "" {
			if x.In != "" {
				in := i.doc.groupNamed(x.In)
				in.members = append(in.members, "group:"+x.Group)
			} else {
				g := i.doc.groupNamed(x.Group)
				g.entries = append(g.entries, e)
			}
			continue
		}
		u := users[x.User]
		if u == nil {
			u = i.user(d, x)
			users[x.User] = u
			i.doc.users = append(i.doc.users, u)
		}
		if x.In != "" {
			u.groups = append(u.groups, x.In)
		} else {
			u.entries = append(u.entries, e)
		}
	}
	out.Users, out.Notes = len(users), i.notes
	i.doc.sort()
	i.doc.imported = &imported{from: i.o.Kind, read: i.o.Read.String(), files: i.o.Files}
}

// user returns a user to write. Of one who is declared already, only what is given is new.
func (i *importer) user(d *drift.Drift, x *drift.Item) *user {
	u := &user{id: x.User}
	if x.Declared || x.Person == observe.None {
		return u
	}
	p := &i.o.People[x.Person]
	u.id = i.userID(x.User)
	u.name = i.nameOf(p, u.id)
	u.disabled = p.State == observe.Disabled
	if p.Home != observe.None && d.Policy.Catalog.Home != nil {
		if i.homes == nil {
			i.homes = match.New(d.Policy, &observe.Observation{Scopes: i.o.Scopes}, i.opts.Map, i.opts.Scope)
		}
		u.home = i.scopePath(i.homes, p.Home)
	}
	return u
}

// write encodes the document, and checks the project with it.
func (i *importer) write(out *Result) (err error) {
	out.Text, out.Rest, err = i.doc.encode(i.opts.Format)
	if err != nil {
		return err
	}
	d := i.doc
	out.NeedRest = len(out.Rest) > 0 && (d.product != "" ||
		len(d.scopes.sub)+len(d.domains)+len(d.groups)+len(d.teamOnly) > 0)
	p, err := i.with(i.doc.yaml())
	if err != nil {
		return err
	}
	out.Project = p
	out.Findings, err = p.Findings(i.ctx)
	return err
}
