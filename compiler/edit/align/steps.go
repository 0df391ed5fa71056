package align

import (
	"slices"

	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/policy"
)

// steps returns the edits: first of entries, whose places the next edits move, then of users.
func (a *planner) steps(fixes []*fix) (list []change.Step) {
	var entries, users change.Step
	w := &wanted{key: a.project.Policy.Catalog.UserKey, gone: map[policy.Pos]bool{}, set: map[policy.Pos]change.Field{},
		off: map[string]bool{}}
	for _, f := range fixes {
		entries.Cut = append(entries.Cut, f.cut...)
		entries.Set = append(entries.Set, f.set...)
	}
	for _, pos := range entries.Cut {
		w.gone[pos] = true
	}
	for _, x := range entries.Set {
		w.set[x.Pos] = x
	}
	if len(entries.Cut)+len(entries.Set) > 0 {
		entries.Want = w.declared(a.project.Declared())
		list = append(list, entries)
	}
	also := *w
	also.off = map[string]bool{}
	for _, f := range fixes {
		if u := f.disable; u != nil && !also.off[also.key(u.ID)] {
			users.Disable = append(users.Disable, u)
			also.off[also.key(u.ID)] = true
		}
	}
	if len(users.Disable) > 0 {
		users.Want = also.declared(a.project.Declared())
		list = append(list, users)
	}
	return list
}

// wanted is what a declaration is to be.
type wanted struct {
	key  func(string) string // of a user
	gone map[policy.Pos]bool
	set  map[policy.Pos]change.Field
	off  map[string]bool // users, by key
}

// declared returns the declaration with the edits made.
func (w *wanted) declared(was *policy.Declared) *policy.Declared {
	d := *was
	d.Users = editedUsers{d.Users, w}
	d.Groups = slices.Clone(d.Groups)
	for i := range d.Groups {
		g := &d.Groups[i]
		g.Entries = w.entries(slices.Clone(g.Entries))
		g.Members = w.members(slices.Clone(g.Members))
	}
	return &d
}

func (w *wanted) entries(list []policy.DeclaredEntry) []policy.DeclaredEntry {
	list = slices.DeleteFunc(list, func(e policy.DeclaredEntry) bool { return w.gone[e.Place()] })
	for i := range list {
		x, ok := w.set[list[i].Place()]
		switch {
		case !ok:
		case x.Name == "scope":
			list[i].Scope.Name = x.List[0]
		default:
			list[i].Actions = nil
			for _, name := range x.List {
				list[i].Actions = append(list[i].Actions, policy.Ref{Name: name})
			}
		}
	}
	return list
}

func (w *wanted) members(list []policy.DeclaredMember) []policy.DeclaredMember {
	return slices.DeleteFunc(list, func(m policy.DeclaredMember) bool { return w.gone[m.Pos] })
}

// editedUsers are users with the edits made.
type editedUsers struct {
	policy.DeclaredUsers
	wanted *wanted
}

func (u editedUsers) Reader() policy.UserReader {
	return editedReader{u.DeclaredUsers.Reader(), u.wanted}
}

type editedReader struct {
	policy.UserReader
	wanted *wanted
}

func (r editedReader) Read(i int, u *policy.DeclaredUser) bool {
	ok := r.UserReader.Read(i, u)
	u.Entries = r.wanted.entries(u.Entries)
	u.Groups = r.wanted.members(u.Groups)
	if !u.Invited && r.wanted.off[r.wanted.key(u.ID.Name)] {
		u.Status.Name = "disabled"
	}
	return ok
}
