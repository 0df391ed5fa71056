package review

import (
	"context"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Reviewed is the answer to a filled sheet.
type Reviewed struct {
	*Outcome
	Found []diag.Finding   // before the changes
	New   []diag.Finding   // after the changes
	Stops []diag.Finding   // errors that leave no table after the changes
	After *policy.Declared // the declaration after the changes

	Confirms []policy.DeclaredReview // of what is to be kept, if the sheet is of items; After has them
	Outdated []policy.Pos            // reviews to remove, since others replace them or what they confirm goes
	Trimmed  *policy.Declared        // After without Confirms
}

// Ask finds the lines that a filled sheet wants changed, and tries out how changing them affects everybody.
func Ask(ctx context.Context, p *compiler.Project, m *Match) (*Reviewed, error) {
	if p.Policy.Catalog.ExactUsers {
		m.sheet.tellApart()
	}
	found, err := p.Visit(ctx, func() func(*policy.Access) { return m.Worker().User })
	if err != nil {
		return nil, err
	}
	out := &Reviewed{Outcome: m.Outcome(listMemberships(p)), Found: found}
	out.Trimmed = removePlaces(p.Declared(), out.Places())
	out.After = out.Trimmed
	after, faults := p.Rebind(out.After, p.Policy.Catalog)
	if out.Stops = faults; len(faults) > 0 {
		return out, nil
	}
	effects, before, then, err := diff.Pairs(ctx, p, after, out.User)
	if err != nil {
		return nil, err
	}
	out.Settle(effects)
	out.New, _, _ = diff.Findings(before, then)
	return out, nil
}

// listMemberships returns a function that lists the groups that name a user and lead into a group, with positions.
func listMemberships(p *compiler.Project) Memberships {
	groups := map[string]*policy.Group{}
	for _, g := range p.Policy.Groups {
		groups[g.ID] = g
	}
	return membershipsInto(declaredMemberships(p, groups), p.Policy.Catalog.UserKey)
}

// declaredMemberships lists the groups that name each user, with positions.
func declaredMemberships(p *compiler.Project, groups map[string]*policy.Group) map[string][]policy.Membership {
	key := p.Policy.Catalog.UserKey
	named := map[string][]policy.Membership{}
	for i := range p.Declared().Groups {
		d := &p.Declared().Groups[i]
		for _, m := range d.Members {
			if !strings.HasPrefix(m.Name, "group:") {
				id := key(m.Name)
				named[id] = append(named[id], policy.Membership{Group: groups[d.ID.Name], Pos: m.Pos})
			}
		}
	}
	for _, g := range p.Policy.Groups {
		for _, j := range g.Joined {
			id := key(j.User.ID)
			named[id] = append(named[id], policy.Membership{Group: g, Pos: j.Pos})
		}
	}
	return named
}

// membershipsInto returns a function that finds memberships by where they lead.
func membershipsInto(named map[string][]policy.Membership, key func(string) string) Memberships {
	many := map[string]map[*policy.Group][]policy.Membership{}
	for id, list := range named {
		if len(list) >= policy.Long {
			many[id] = byOuter(list)
		}
	}
	return func(u *policy.User, into *policy.Group) (list []policy.Membership) {
		id := key(u.ID)
		if by := many[id]; by != nil {
			return by[into]
		}
		for _, m := range named[id] {
			if leadsTo(m.Group, into) {
				list = append(list, m)
			}
		}
		return list
	}
}

// byOuter lists memberships by all groups into which they lead.
func byOuter(list []policy.Membership) map[*policy.Group][]policy.Membership {
	by := map[*policy.Group][]policy.Membership{}
	for _, m := range list {
		by[m.Group] = append(by[m.Group], m)
		for _, o := range m.Group.Outer() {
			by[o.Group] = append(by[o.Group], m)
		}
	}
	return by
}

// removePlaces returns a declaration without the entries of users and groups, and the members of groups, at some
// positions.
func removePlaces(declared *policy.Declared, places map[policy.Pos]bool) *policy.Declared {
	d := *declared
	d.Users = remaining{d.Users, places}
	d.Groups = slices.Clone(d.Groups)
	for i := range d.Groups {
		g := &d.Groups[i]
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m policy.DeclaredMember) bool {
			return places[m.Pos]
		})
		g.Entries = slices.DeleteFunc(slices.Clone(g.Entries), func(e policy.DeclaredEntry) bool {
			return places[e.Place()]
		})
	}
	return &d
}

// remaining are users without the entries at some positions.
type remaining struct {
	policy.DeclaredUsers
	gone map[policy.Pos]bool
}

func (u remaining) Reader() policy.UserReader {
	return remainingReader{u.DeclaredUsers.Reader(), u.gone}
}

type remainingReader struct {
	policy.UserReader
	gone map[policy.Pos]bool
}

func (r remainingReader) Read(i int, u *policy.DeclaredUser) bool {
	ok := r.UserReader.Read(i, u)
	u.Entries = slices.DeleteFunc(u.Entries, func(e policy.DeclaredEntry) bool { return r.gone[e.Place()] })
	u.Groups = slices.DeleteFunc(u.Groups, func(m policy.DeclaredMember) bool { return r.gone[m.Pos] })
	return ok
}
