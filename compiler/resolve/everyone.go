package resolve

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// declareEveryone makes the built-in groups that are named without being declared.
func (b *policyBinder) declareEveryone() {
	name := func(r policy.Ref) {
		if slices.Contains(b.builtIn, r.Name) && b.groups[r.Name] == nil {
			g := &policy.Group{ID: r.Name, Pos: r.Pos, Undeclared: true}
			b.groups[g.ID] = g
			b.policy.Groups = append(b.policy.Groups, g)
		}
	}
	for i := range b.declared.Groups {
		for _, m := range b.declared.Groups[i].Members {
			if id, ok := strings.CutPrefix(m.Name, "group:"); ok {
				name(policy.Ref{Name: id, Pos: m.Pos})
			}
		}
	}
	for i := range b.declared.Groups {
		for _, r := range b.declared.Groups[i].Owners {
			if id, ok := strings.CutPrefix(r.Name, "group:"); ok {
				name(policy.Ref{Name: id, Pos: r.Pos})
			}
		}
	}
	for i := range b.declared.Waivers {
		name(b.declared.Waivers[i].Group)
	}
	for i := range b.declared.Expects {
		name(b.declared.Expects[i].Group)
	}
}

// checkEveryone checks the declaration of a group whose id is reserved: it only says what such a group has.
func (b *policyBinder) checkEveryone(d *policy.DeclaredGroup) {
	affiliation, ok := policy.CutEveryone(d.ID.Name)
	if !ok {
		return
	}
	switch {
	case !slices.Contains(b.builtIn, d.ID.Name):
		f := b.unknown("affiliation", policy.Ref{Name: affiliation, Pos: d.ID.Pos},
			describedIDs(b.catalog.Affiliations))
		f.Group, f.Wrong = d.ID.Name, d.ID.Name
		f.Message += ": groups that begin with everyone: are built in, one for each affiliation"
		if len(b.catalog.Affiliations) == 0 {
			f.Help = "this product has no affiliations, so give the group another name"
		}
		if f.Right != "" {
			f.Right = policy.Everyone + ":" + f.Right
			f.Help = "did you mean " + diag.Quote(f.Right) + "?"
		}
		return
	case d.MembersAt.IsValid() || len(d.Members) > 0:
		f := isBuiltIn(d.ID.Name,
			cmp.Or(d.MembersAt, d.ID.Pos)).WithHelp("remove members; if the group is another one, give it another name")
		b.fail(f)
	case d.Kind.Given():
		b.fail(isBuiltIn(d.ID.Name, d.Kind.Pos).WithHelp("remove kind").WithEdit(diag.DropField, "removed kind"))
	case d.Home.Given():
		b.fail(isBuiltIn(d.ID.Name, d.Home.Pos).WithHelp("remove home").WithEdit(diag.DropField, "removed home"))
	}
	b.everyone = true
}

// isBuiltIn starts the finding about what a built-in group cannot have.
func isBuiltIn(id string, pos policy.Pos) diag.Finding {
	who := "all users"
	if affiliation, _ := policy.CutEveryone(id); affiliation != "" {
		who = "all users of affiliation " + diag.Quote(affiliation)
	}
	f := diag.Stopf("schema", pos, "group %q is built in: it has %s, and only these", id, who)
	f.Group = id
	return f
}

// takeIn makes users members of a built-in group.
func (b *policyBinder) takeIn(n *nesting) {
	b.everyone = true
	for _, u := range b.policy.Users {
		if n.group.TakesIn(u) {
			n.add(member{u, u.Pos, nil})
		}
	}
}

// unknownGroup reports the name of a group that does not exist.
func (b *policyBinder) unknownGroup(r policy.Ref) *diag.Finding {
	d := b.unknown("group", r, b.groupIDs(r.Name))
	if name, ok := strings.CutPrefix(r.Name, "group:"); ok && b.groups[name] != nil {
		d.Help, d.Right = "leave out group: here", name
	}
	return d
}

// groupIDs returns the ids of the groups that a name may mean: the built-in ones only if it is like them.
func (b *policyBinder) groupIDs(name string) []string {
	if b.withBuiltIn == nil || len(b.allGroups) != len(b.groups) {
		b.allGroups = sortedKeys(b.groups)
		b.withBuiltIn = append(slices.Clone(b.allGroups), b.builtIn...)
		slices.Sort(b.withBuiltIn)
		b.withBuiltIn = slices.Compact(b.withBuiltIn)
	}
	if strings.HasPrefix(name, "every") {
		return b.withBuiltIn
	}
	return b.allGroups
}
