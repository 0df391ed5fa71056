package observe

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// hubUser is a user of the portal's own list.
type hubUser struct {
	ID      string   `json:"id"`
	Name    string   `json:"displayName"`
	Account string   `json:"accountName"`
	Roles   []string `json:"roles"`
	Role    string   `json:"role"`
	Status  string   `json:"status"`
	Type    string   `json:"userType"`
	Support bool     `json:"isSupportContact"`
	Csm     bool     `json:"isCsm"`
	Global  bool     `json:"isGlobalSupportContact"`
	Read    bool     `json:"isReadOnlyContact"`
}

var hubHeads = heads{
	"id": {"id"}, "name": {"displayname"}, "account": {"accountname"}, "roles": {"roles"}, "role": {"role"},
	"support": {"issupportcontact"}, "csm": {"iscsm"}, "global": {"isglobalsupportcontact"},
	"read":   {"isreadonlycontact"},
	"status": {"status"}, "type": {"usertype"}, "workspace": {"workspacename", "workspace"},
}

const hubHelp = "permc import services-hub --how says how to save the list of users"

func readServicesHub(b *builder, files []Input) error {
	b.o.Effective = true
	lists := map[int32][]listing{} // by workspace
	for i := range files {
		if !files[i].looksJSON() {
			if err := b.hubCSV(&files[i], int32(i), lists); err != nil {
				return err
			}
			continue
		}
		if err := b.hubJSON(&files[i], int32(i), lists); err != nil {
			return err
		}
	}
	for _, scope := range slices.Sorted(maps.Keys(lists)) {
		if !b.sameListings(b.o.Scopes[scope].Title(), lists[scope]) {
			b.o.Areas = slices.DeleteFunc(b.o.Areas, func(a Area) bool { return a.Scope == scope })
		}
	}
	return nil
}

// hubScope returns the workspace that a list is about: as it was named for the file, or as the file is called. A name
// without a slash is the customer.
func (b *builder) hubScope(in *Input, workspace string, at Place) int32 {
	about := b.opts.scopeOf(in.Name)
	if workspace == "" {
		workspace = stem(in.Name)
	}
	switch {
	case strings.Contains(about, "/"):
		return b.scope(Scope{Path: []string{about}, Place: at})
	case about != "":
		return b.scope(Scope{Path: []string{about, workspace}, Place: at})
	}
	return b.scope(Scope{Path: []string{workspace}, Place: at})
}

func (b *builder) hubJSON(in *Input, file int32, lists map[int32][]listing) error {
	scope := b.hubScope(in, "", Place{file, 1})
	people := listing{file: file}
	var u hubUser
	l, err := b.readList(in, file, []string{"values"}, func(next *listReader, at Place) error {
		if err := next.decode(at, &u); err != nil {
			return err
		}
		if u.ID == "" && u.Account == "" {
			return b.refuse(at, hubHelp, "a user has neither id nor accountName")
		}
		people.who = append(people.who, b.hubUser(&u, scope, at))
		return nil
	})
	if err != nil {
		return err
	}
	if l.atName == "" {
		return b.refuse(Place{file, 1}, hubHelp, "no list of users of Services Hub: it has no values")
	}
	if b.hubComplete(l, file) {
		lists[scope] = append(lists[scope], people)
		b.o.Areas = append(b.o.Areas, Area{Roles: true, Grants: true, Users: true, Scope: scope, Group: None})
	}
	return nil
}

// hubComplete reports whether a list has all users with all that they hold. It notes what is missing.
func (b *builder) hubComplete(l *list, file int32) bool {
	complete := true
	switch n, ok := l.number("totalCount"); {
	case !ok:
		complete = false
		b.gap(Place{file, 1}, hubHelp, "totalCount is missing: the list may be cut")
	case n != l.n:
		complete = false
		b.gap(Place{file, 1}, "save the list with a larger top", "%d of %d users are in the file", l.n, n)
	}
	var more struct {
		Failed *bool `json:"AadGroupsErrorInfo"`
	}
	if raw := l.head["additionalInformation"]; raw != nil {
		_ = json.Unmarshal(raw, &more) // another shape has no such error
	}
	if more.Failed != nil && *more.Failed {
		complete = false
		b.gap(Place{file, 1}, "load the page again until the portal can read the groups of Entra",
			"what comes through Entra groups is missing (AadGroupsErrorInfo)")
	}
	return complete
}

// hubUser adds a user with what they have in a workspace, and returns the holder.
func (b *builder) hubUser(u *hubUser, scope int32, at Place) Holder {
	b.logins = append(b.logins[:0], u.Account)
	p := Person{ID: u.ID, Logins: b.logins, Name: u.Name, State: parseState(u.Status), Home: None, Place: at}
	who := Holder{b.person(p), None}
	all := b.names[:0]
	for i := range len(u.Roles) + 1 {
		role := u.Role
		if i < len(u.Roles) {
			role = u.Roles[i]
		}
		if role = strings.TrimSpace(role); role != "" {
			all = append(all, role)
			b.entry(Entry{Holder: who, Thing: b.thing(hubThing(role)), Scope: scope, Place: at})
		}
	}
	for _, x := range []struct {
		is   bool
		what string
	}{{u.Support, "support-contact"}, {u.Csm, "csam"}, {u.Global, "isGlobalSupportContact"},
		{u.Read, "isReadOnlyContact"}} {
		if x.is {
			all = append(all, x.what)
			b.entry(Entry{Holder: who, Thing: b.thing(named{what: x.what, either: true, above: true}), Scope: scope,
				Place: at})
		}
	}
	b.allOf(who, scope, all, at)
	b.names = all
	return who
}

// hubTable reads a table of a public tool. It leaves Microsoft's users out.
type hubTable struct {
	*builder
	in    *Input
	file  int32
	lists map[int32]*listing // by workspace
}

func (b *builder) hubCSV(in *Input, file int32, lists map[int32][]listing) error {
	sheets, err := b.tables(in, file)
	if err != nil {
		return err
	}
	t := &hubTable{b, in, file, map[int32]*listing{}}
	defer func() {
		for scope, l := range t.lists {
			lists[scope] = append(lists[scope], *l)
		}
	}()
	for _, s := range sheets {
		found, err := hubHeads.each(b, s.Rows, file, t.row, "account", "roles|role")
		if err != nil {
			return err
		}
		if found && len(t.lists) == 0 {
			t.listOf(b.hubScope(in, "", Place{file, 1})) // nobody is there
		}
		if found {
			return nil
		}
	}
	return b.refuse(Place{file, 1}, hubHelp, "no heading with accountName and roles")
}

// listOf returns the list of a workspace.
func (t *hubTable) listOf(scope int32) *listing {
	if t.lists[scope] == nil {
		except := []string{"microsoft.com"}
		t.lists[scope] = &listing{file: t.file, except: except}
		t.o.Areas = append(t.o.Areas, Area{Roles: true, Grants: true, Users: true, Scope: scope, Group: None,
			Except: except})
	}
	return t.lists[scope]
}

func (t *hubTable) row(r *record) error {
	is := func(field string) bool { return parseState(r.get(field)) == Enabled }
	scope := t.hubScope(t.in, r.get("workspace"), r.Place)
	list := t.listOf(scope)
	u := hubUser{ID: r.get("id"), Name: r.get("name"), Account: r.get("account"), Role: r.get("role"),
		Status: r.get("status"), Roles: splitCell(r.get("roles"), ",;|"), Support: is("support"), Csm: is("csm"),
		Global: is("global"), Read: is("read")}
	if u.ID == "" && u.Account == "" {
		t.gap(r.Place, "take the row out, or export again", "the row names nobody")
		return nil
	}
	list.who = append(list.who, t.hubUser(&u, scope, r.Place))
	return nil
}
