package align

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// fix is the edit that settles one difference.
type fix struct {
	item    *drift.Item
	cut     []policy.Pos
	set     []change.Field
	disable *policy.User
}

type planner struct {
	project *compiler.Project
	drift   *drift.Drift
}

// fix returns the edit for a difference, or why there is none.
func (a *planner) fix(x *drift.Item) (f *fix, why string) {
	switch x.Class {
	case drift.Missing:
		return a.remove(x)
	case drift.Differs:
		return a.narrow(x)
	case drift.Off:
		return a.disable(x)
	case drift.Extra:
		return nil, "--fix declares nothing new: " + x.Help
	case drift.Kept, drift.Early:
		return nil, "the declaration says when: " + x.Help
	}
	return nil, "what it is here is not clear: " + x.Help
}

// remove returns the edit for what is declared and not there.
func (a *planner) remove(x *drift.Item) (*fix, string) {
	if x.Doubt != "" {
		return nil, fmt.Sprintf("the files have %q, which may be the same: if it is, map it", x.Doubt)
	}
	list := a.drift.Declares(x)
	if len(list) == 0 {
		return nil, "no entry says it: it comes through a group, or from the default role"
	}
	f := &fix{item: x}
	for _, w := range list {
		f.cut = append(f.cut, w.Pos)
	}
	return f, ""
}

// narrow returns the edit for what is declared in another way than it is there.
func (a *planner) narrow(x *drift.Item) (*fix, string) {
	list := a.drift.Declares(x)
	switch x.By {
	case drift.ByScope:
		return a.moveDown(x, list)
	case drift.ByActions:
		return a.lessActions(x, list)
	case drift.ByGroup:
		if id, _ := strings.CutPrefix(x.Seen, "group:"); a.givenThrough(x, id) && len(list) > 0 {
			return a.remove(x)
		}
		return nil, "--fix declares nothing new: declare it at the group, and remove it from the user"
	case drift.Directly:
		return nil, "--fix declares nothing new: " + x.Help
	}
	return nil, x.Help
}

// moveDown returns the edit for an entry that is on a scope within the declared one.
func (a *planner) moveDown(x *drift.Item, list []drift.Written) (*fix, string) {
	switch {
	case !x.Narrower():
		return nil, fmt.Sprintf("--fix declares nothing new, and it is on %s there", x.Seen)
	case len(x.There) > 1:
		return nil, fmt.Sprintf("it takes one entry for each of %s", x.Seen)
	case len(list) == 0:
		return nil, "no entry says it: it comes through a group, or from the default role"
	}
	f := &fix{item: x}
	for _, w := range list {
		f.set = append(f.set, change.Field{Pos: w.Pos, Name: "scope", List: []string{x.There[0].Path}})
	}
	return f, ""
}

// lessActions returns the edit for a grant of which fewer actions are there. Item.Actions are those.
func (a *planner) lessActions(x *drift.Item, list []drift.Written) (*fix, string) {
	if len(list) == 0 {
		return nil, "it comes through a group: narrow it there"
	}
	f := &fix{item: x}
	for _, w := range list {
		permission := w.Entry.Permission
		here := permission.Names(w.Entry.Actions)
		if len(here) == 0 {
			here = permission.Actions
		}
		there := slices.DeleteFunc(slices.Clone(here), func(name string) bool {
			return !slices.Contains(x.Actions, name)
		})
		switch {
		case len(there) == 0:
			f.cut = append(f.cut, w.Pos)
		case len(there) < len(here):
			f.set = append(f.set, change.Field{Pos: w.Pos, Name: "actions", List: there})
		}
	}
	return f, ""
}

// givenThrough reports whether a group gives the user of an item the same here, on the day.
func (a *planner) givenThrough(x *drift.Item, group string) bool {
	user, _ := x.Subject()
	for _, m := range user.Groups(a.drift.AsOf) {
		for i := range m.Group.Entries {
			e := &m.Group.Entries[i]
			in := policy.Period{Starts: e.Starts, Ends: e.Ends}
			if m.Group.ID == group && in.Covers(a.drift.AsOf) && e.FaultFor(user) == 0 && e.Scope.Path == x.Scope &&
				(e.Role != nil && e.Role.ID == x.Role || e.Permission != nil && e.Permission.ID == x.Permission) {
				return true
			}
		}
	}
	return false
}

// disable returns the edit for an account that is disabled there.
func (a *planner) disable(x *drift.Item) (*fix, string) {
	at, ok := a.project.Policy.FindUser(x.User)
	if !ok || a.project.Policy.Users[at].Disabled || a.drift.Seen.People[x.Person].State != observe.Disabled {
		return nil, "--fix declares nothing new: " + x.Help
	}
	return &fix{item: x, disable: a.project.Policy.Users[at]}, ""
}
