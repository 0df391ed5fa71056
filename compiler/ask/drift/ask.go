package drift

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/load/observe/match"
	"permc.dev/permc/compiler/policy"
)

// Options say how to compare.
type Options struct {
	Map   *observe.Map // or nil
	Scope string       // that the files are about, or ""
	Brief bool         // do not compile what extra entries give
}

// Ask compares a project with an observation. Gaps make the coverage smaller: whether that is allowed is for the
// caller to decide.
func Ask(ctx context.Context, p *compiler.Project, o *observe.Observation, opts Options) (*Drift, error) {
	c := newComparison(p.Policy, o, match.New(p.Policy, o, opts.Map, opts.Scope))
	c.brief = opts.Brief
	if d := p.Declared(); d != nil {
		c.domains = d.Domains
	}
	c.observe()
	c.compareSeen()
	c.compareDeclared()
	c.pair()
	c.compareStates()
	c.compareAttributes()
	c.doubt()
	c.finish()
	if opts.Brief {
		return c.out, nil
	}
	return c.out, weigh(ctx, p, c)
}

// seen is something that the files list.
type seen struct {
	observe.Place
	fact    int32 // index of its key and of its declaration in the facts
	person  int32 // or None: a group has it
	known   bool  // the holder is declared
	inherit observe.Inherit
	actions []string // shared until there are more
}

// sight joins something that the files list with its key.
type sight struct {
	*seen
	key
}

// holding is the holder of something that is there.
type holding struct {
	number int32 // of the holder's keys, or nowhere
	person int32 // or None
	known  bool  // the holder is declared
	name   string
}

type comparison struct {
	policy  *policy.Policy
	o       *observe.Observation
	match   *match.Match
	facts   *facts
	areas   []area
	domains []policy.Domain
	brief   bool
	out     *Drift

	seen      []seen                           // in the order of the files
	strangers map[int32]*policy.User           // undeclared, by person
	unknown   map[string]bool                  // names that are reported already
	unclear   map[string]string                // roles and permissions that the catalog does not have, by holder
	near      map[int32]string                 // the declared users nearest to strangers
	groupsOf  map[*policy.User][]*policy.Group // in the export
	ignored   map[key]bool                     // that the files list, and the map ignores
	unsure    map[key]bool                     // that an ambiguous name may mean; without a scope: on any
}

func newComparison(p *policy.Policy, o *observe.Observation, m *match.Match) *comparison {
	c := &comparison{
		policy: p, o: o, match: m,
		facts:     declared(p, o.Effective),
		seen:      hugepage.Make[seen](len(o.Entries) + len(o.Members))[:0],
		strangers: map[int32]*policy.User{},
		unknown:   map[string]bool{},
		unclear:   map[string]string{},
		near:      map[int32]string{},
		groupsOf:  map[*policy.User][]*policy.Group{},
		ignored:   map[key]bool{},
		unsure:    map[key]bool{},
		out: &Drift{Kind: o.Kind, Read: o.Read, AsOf: p.AsOf, Policy: p, Seen: o, People: len(o.People),
			Notes: slices.Clone(o.Notes)},
	}
	for _, g := range o.Gaps {
		at := o.Position(g.Place)
		c.out.Partial = append(c.out.Partial, fmt.Sprintf("%s:%d: %s", at.File, at.Line, g.What))
	}
	c.out.compared = c
	c.areas = areas(m, o)
	for i := range c.areas {
		if w := c.areas[i].words(p.Catalog); w != "" && !slices.Contains(c.out.Coverage, w) {
			c.out.Coverage = append(c.out.Coverage, w)
		}
	}
	return c
}

// observe finds the declared names of everything that is there.
func (c *comparison) observe() {
	for i := range c.o.Areas {
		if a := &c.o.Areas[i]; a.Scope != observe.None {
			c.scopeKnown(a.Scope, c.o.Scopes[a.Scope].Place)
		}
	}
	for i := range c.o.Members {
		c.observeMember(&c.o.Members[i])
	}
	for i := range c.o.Entries {
		c.observeEntry(&c.o.Entries[i])
	}
	for i := range c.match.People {
		if f := &c.match.People[i]; f.Of == nil && f.Ignored == nil && f.Ambiguous == "" {
			c.out.Strangers++
		}
	}
}

// add adds what is there. Of what is there twice, the wider one counts.
func (c *comparison) add(k key, x seen, who *holding) {
	x.fact, x.person, x.known = c.facts.place(k, who.number), who.person, who.known
	if have := c.seenAt(x.fact); have != nil {
		if len(x.actions) == 0 {
			have.actions = nil // all of them
		}
		for _, a := range x.actions {
			if len(have.actions) > 0 && !slices.Contains(have.actions, a) {
				have.actions = append(slices.Clip(have.actions), a)
			}
		}
		if x.inherit == observe.InheritMember {
			have.inherit = x.inherit
		}
		return
	}
	c.seen = append(c.seen, x)
	c.facts.there[x.fact] = int32(len(c.seen))
	if k.user != nil && k.in != nil {
		c.groupsOf[k.user] = append(c.groupsOf[k.user], k.in)
	}
}

// seenAt returns what the files have of a fact, or nil.
func (c *comparison) seenAt(fact int32) *seen {
	if at := c.facts.there[fact]; at > 0 {
		return &c.seen[at-1]
	}
	return nil
}

// isThere reports whether the files list a key.
func (c *comparison) isThere(k key) bool {
	i := c.facts.find(k)
	return i != nowhere && c.seenAt(i) != nil
}

// observeMember finds who is in which group.
func (c *comparison) observeMember(x *observe.Member) {
	in := c.match.Groups[x.In]
	if in.Of == nil {
		c.groupUnknown(x.In, x.Place)
		return
	}
	k, who, ok := c.holder(x.Holder, x.Place)
	if !ok {
		return
	}
	k.in = in.Of
	if c.skipsSeen(x.Holder, k, nil) {
		c.ignored[k] = true
		c.out.Ignored++
		return
	}
	c.add(k, seen{Place: x.Place}, &who)
}

func (c *comparison) observeEntry(e *observe.Entry) {
	k, who, ok := c.holder(e.Holder, e.Place)
	if !ok {
		return
	}
	levels, ok := c.thing(&k, e, &who)
	if !ok {
		return
	}
	on := c.match.On(e, levels)
	if on.Ignored != nil {
		c.out.Ignored++
		return
	}
	if on.Of == nil {
		for _, s := range on.Among {
			k.scope = s
			c.unsure[k] = true
		}
		c.entryNowhere(e, &who, on)
		return
	}
	k.scope = on.Of
	if c.skipsSeen(e.Holder, k, e) {
		c.ignored[k] = true
		c.out.Ignored++
		return
	}
	c.add(k, seen{Place: e.Place, actions: e.Actions, inherit: e.Inherit}, &who)
}

// thing adds the role or permission of an observed entry to its key, and returns the levels that it is for.
func (c *comparison) thing(k *key, e *observe.Entry, who *holding) (levels policy.LevelSet, ok bool) {
	role, permission := c.match.Thing(e.Thing)
	switch {
	case role.Ignored != nil || permission.Ignored != nil:
		c.out.Ignored++
		return levels, false
	case role.Of != nil:
		k.role = role.Of
		return role.Of.Levels, true
	case permission.Of != nil:
		k.permission = permission.Of
		return permission.Of.Levels, true
	}
	c.doubtThing(*k, role.Among, permission.Among)
	c.thingUnknown(e, who, cmp.Or(role.Ambiguous, permission.Ambiguous), slices.Concat(role.Near, permission.Near))
	return levels, false
}

// doubtThing notes what somebody may have by a name that fits several roles or permissions.
func (c *comparison) doubtThing(k key, roles []*policy.Role, permissions []*policy.Permission) {
	for _, k.role = range roles {
		c.unsure[k] = true
	}
	k.role = nil
	for _, k.permission = range permissions {
		c.unsure[k] = true
	}
}

func idOf(r *policy.Role) string {
	if r == nil {
		return ""
	}
	return r.ID
}

func permissionOf(p *policy.Permission) string {
	if p == nil {
		return ""
	}
	return p.ID
}

// report adds an item about a name, once.
func (c *comparison) report(x Item) {
	key := string(x.Class) + "\x00" + x.Foreign + "\x00" + x.Message
	if !c.unknown[key] {
		c.unknown[key] = true
		c.out.Items = append(c.out.Items, x)
	}
}

func (c *comparison) groupUnknown(i int32, at observe.Place) {
	g, f := &c.o.Groups[i], &c.match.Groups[i]
	name := cmp.Or(g.Name, g.ID)
	switch {
	case f.Ignored != nil:
		c.out.Ignored++
	case f.Ambiguous != "":
		c.report(Item{Class: Ambiguous, Foreign: name, Message: f.Ambiguous, Place: at,
			Help: "map it under groups in a map file"})
	default:
		c.report(Item{Class: Unmatched, Foreign: name, Message: fmt.Sprintf("no group %q is declared", name), Place: at,
			Help: match.Suggest(f.Near, "groups")})
	}
}

func (c *comparison) scopeKnown(i int32, at observe.Place) bool {
	s, f := &c.o.Scopes[i], &c.match.Scopes[i]
	switch {
	case f.Of != nil:
		return true
	case f.Ignored != nil:
		c.out.Ignored++
	case f.Ambiguous != "":
		c.report(Item{Class: Ambiguous, Foreign: s.Title(), Message: f.Ambiguous, Place: at,
			Help: "map it under scopes in a map file"})
	default:
		c.report(Item{Class: Unmatched, Foreign: s.Title(), Message: fmt.Sprintf("no scope %q is declared", s.Title()),
			Place: at,
			Help:  match.Suggest(f.Near, "scopes")})
	}
	return false
}

// thingUnknown reports a role or permission that the catalog does not have.
func (c *comparison) thingUnknown(e *observe.Entry, who *holding, ambiguous string, near []string) {
	what, list := "role", "roles"
	if e.Grant {
		what, list = "permission", "permissions"
	}
	if ambiguous != "" {
		c.report(Item{Class: Ambiguous, Foreign: e.What, Message: ambiguous, Place: e.Place,
			Help: "map it under " + list + " in a map file"})
		return
	}
	if k, _, ok := c.holder(e.Holder, e.Place); ok {
		c.unclear[subject(k)] = e.What
	}
	c.report(Item{Class: Unmatched, Foreign: e.What, Place: e.Place, Help: match.Suggest(near, list),
		Message: fmt.Sprintf("the catalog has no %s %q, which %s has", what, e.What, who.name)})
}

// entryNowhere reports an entry whose scope is not clear.
func (c *comparison) entryNowhere(e *observe.Entry, who *holding, on match.Found[policy.Scope]) {
	if e.Scope != observe.None {
		c.scopeKnown(e.Scope, e.Place)
		return
	}
	c.report(Item{Class: Ambiguous, Foreign: e.What, Message: fmt.Sprintf("where %s has %q: %s", who.name, e.What,
		on.Ambiguous),
		Place: e.Place, Help: "say which scope the file is about: --scope"})
}

// position returns the place of an item in the export.
func (d *Drift) Position(x *Item) policy.Position { return d.Seen.Position(x.Place) }

// finish sorts the items: the gravest class first, then by holder.
func (c *comparison) finish() {
	rank := map[Class]int{}
	for i, x := range Classes {
		rank[x] = i
	}
	slices.SortStableFunc(c.out.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank[a.Class], rank[b.Class]),
			cmp.Compare(cmp.Or(a.User, a.Group, a.Foreign), cmp.Or(b.User, b.Group, b.Foreign)),
			cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Permission, b.Permission),
			cmp.Compare(a.In, b.In), cmp.Compare(a.Message, b.Message))
	})
	for _, x := range c.match.Ended() {
		c.out.Notes = append(c.out.Notes, fmt.Sprintf("an ignore of the map file ended on %s, and counts no longer: %s",
			x.Ends, x.Reason))
	}
}
