package resolve

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

func (b *policyBinder) findDomains() {
	b.domains = map[string]policy.Domain{}
	affiliations := describedIDs(b.catalog.Affiliations)
	for _, d := range b.declared.Domains {
		if len(affiliations) == 0 {
			b.errorf("schema", d.Name.Pos, "this product has no affiliations, so a domain cannot imply one")
			continue
		}
		b.oneOf("affiliation", []policy.Ref{d.Affiliation}, affiliations)
		key := foldID(d.Name.Name)
		if first, twice := b.domains[key]; twice {
			b.fail(diag.Stopf("schema", d.Name.Pos, "domain %q is listed twice",
				d.Name.Name).WithRelated(first.Name.Pos, "first here"))
		}
		b.domains[key] = d
	}
}

// chunk is how many users a worker takes at a time.
const chunk = 256

// bindUsers reads and binds all users, on every core. Findings are rare and expensive to word: if
// there is one, everything is done again in order.
func (b *policyBinder) bindUsers() {
	n := b.declared.Users.Len()
	b.affiliations = describedIDs(b.catalog.Affiliations)
	b.opts.Progress.Start("reading users", n)
	if b.mayStream(n) {
		if b.stream(n) {
			return
		}
		b.opts.Progress.Start("reading users", n)
	}
	if b.mayPass() {
		b.own.from, b.own.to = b.opts.Own(n)
		if b.mayLeaveOut() && b.bindOwn(n) {
			return
		}
		b.opts.Progress.Start("reading users", n)
	}
	users := b.makeUsers(n)
	var workers []*policyBinder
	var failed atomic.Bool
	parallel.Chunks(n, chunk, func() func(from, to int) {
		w, r := b.worker(), b.declared.Users.Reader()
		workers = append(workers, w)
		return func(from, to int) {
			if !failed.Load() && !w.bindSome(r, users, from, to) {
				failed.Store(true)
			}
			b.opts.Progress.Add(to - from)
		}
	})
	if failed.Load() {
		b.bindSome(b.declared.Users.Reader(), users, 0, n)
	}
	b.takeWorkers(workers)
	b.policy.ForeignIDs = b.foreign
	b.distinct()
}

// makeUsers makes users to bind.
func (b *policyBinder) makeUsers(n int) []policy.User {
	users := hugepage.Make[policy.User](n)
	b.policy.Users = hugepage.Make[*policy.User](n)
	for i := range users {
		b.policy.Users[i] = &users[i]
	}
	return users
}

// takeWorkers takes over what workers have noted about users.
func (b *policyBinder) takeWorkers(workers []*policyBinder) {
	for _, w := range workers {
		b.joins = append(b.joins, w.joins...)
		b.dangling = append(b.dangling, w.dangling...)
		b.identified = append(b.identified, w.identified...)
		b.listed = append(b.listed, w.listed...)
		maps.Copy(b.broken, w.broken)
		b.mergeUnlisted(w.unlistedOf)
		b.unfolded = b.unfolded || w.unfolded
		b.foreign = b.foreign || w.foreign
	}
}

// worker returns a binder of users for one goroutine.
func (b *policyBinder) worker() *policyBinder {
	w := *b
	w.unlisted, w.identified, w.spare, w.listed, w.facts = nil, nil, spare{}, nil, factCache{}
	w.near, w.among, w.valuesOf, w.listedNames, w.allowed = nil, nil, nil, nil, nil
	if n := b.declared.Users.Len(); n > 10*chunk {
		w.roomy = min(n, 1<<17) // 13 MiB at most
	}
	w.broken, w.fitting = map[string]bool{}, map[policy.LevelSet][]*policy.Scope{}
	return &w
}

// bindSome binds some of the users, and reports whether there were no findings.
func (b *policyBinder) bindSome(r policy.UserReader, users []policy.User, from, to int) bool {
	var d policy.DeclaredUser
	ok := true
	for i := from; i < to; i++ {
		ok = r.Read(i, &d) && ok
		if b.own.lacks(i) {
			b.passingUser(&d, &users[i], nil)
		} else {
			b.user(&d, &users[i])
		}
		if !isFolded(users[i].ID) {
			b.unfolded = true
			b.foreign = b.foreign || isForeign(users[i].ID)
		}
		b.unfolded = b.unfolded || i > from && users[i].ID == users[i-1].ID
	}
	return ok && len(b.faults) == 0
}

func (b *policyBinder) user(d *policy.DeclaredUser, u *policy.User) {
	u.Pos = d.ID.Pos // write first: reading fresh memory before writing to it costs twice
	*u = policy.User{ID: d.ID.Name, Name: d.Name, Invited: d.Invited, Disabled: d.Status.Name == "disabled",
		Pos: d.ID.Pos}
	b.affiliation(d, u)
	b.userAttributes(d, u)
	if len(d.IDs) > 0 {
		u.IDs = b.identities("user", u.ID, d.IDs)
	}
	u.Entries = b.entries(d.Entries, u.ID, "")
	for _, m := range d.Groups {
		b.joinsGroup(u, m)
	}
	if d.Home.Given() {
		u.Home = b.home(d.Home)
		b.bindToHome(u.Home, u.Entries, false)
	}
}

// distinct finds ids that differ only in case. Users are sorted by id, so ids without capitals can
// only be equal next to each other.
func (b *policyBinder) distinct() {
	b.plain = !b.unfolded
	for i := chunk; i < len(b.policy.Users); i += chunk { // workers have compared the ids within chunks
		b.plain = b.plain && b.policy.Users[i].ID != b.policy.Users[i-1].ID
	}
	if b.plain {
		return
	}
	again := false
	for _, u := range b.policy.Users {
		again = !b.indexUser(u) || again
	}
	if again {
		b.respell()
	}
}

// indexUser keeps, of several spellings of an id, the one that is declared first.
// It returns false if there is another spelling.
func (b *policyBinder) indexUser(u *policy.User) bool {
	id := b.catalog.UserKey(u.ID)
	first := b.users[id]
	if first != nil && first.Invited != u.Invited {
		b.twice(first, u)
		return true
	}
	if first == nil || u.Pos.Before(first.Pos) {
		b.users[id] = u
	}
	return first == nil
}

// respell notes the users that are declared in another spelling, too. They are one
// user, for which the project is loaded again.
func (b *policyBinder) respell() {
	b.spellings = map[string]string{}
	for _, u := range b.policy.Users {
		if right := b.users[b.catalog.UserKey(u.ID)]; right.ID != u.ID && right.Invited == u.Invited {
			b.spellings[u.ID] = right.ID
		}
	}
}

// isFolded reports whether an id is ASCII that folds to itself.
func isFolded(id string) bool {
	for i := range len(id) {
		if c := id[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// isForeign reports whether an id has characters outside ASCII.
func isForeign(id string) bool {
	return strings.IndexFunc(id, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0
}

// find returns the user with an id, or nil.
func (b *policyBinder) find(id string) *policy.User {
	if len(b.users) == 0 {
		for _, u := range b.policy.Users {
			b.users[b.catalog.UserKey(u.ID)] = u
		}
	}
	return b.users[b.catalog.UserKey(id)]
}

func (b *policyBinder) twice(first, u *policy.User) {
	if u.Pos.Before(first.Pos) {
		first, u = u, first
	}
	d := diag.Stopf("schema", u.Pos, "%s is listed under both users and invitations", diag.Quote(u.ID)).
		WithHelp("keep the user, and remove the invitation if it was accepted")
	d.User = u.ID
	b.fail(d.WithRelated(first.Pos, "%s here", diag.Quote(first.ID)))
}

// affiliation sets a user's affiliation from its field or its domain.
func (b *policyBinder) affiliation(d *policy.DeclaredUser, u *policy.User) {
	known := b.affiliations
	if len(known) == 0 {
		if d.Affiliation.Given() {
			b.fail(diag.Stopf("schema", d.Affiliation.Pos,
				"this product has no affiliations").WithHelp("remove the field").
				WithEdit(diag.DropField, "removed affiliation"))
		}
		return
	}
	var implied policy.Domain
	ok := false
	if at := strings.LastIndexByte(u.ID, '@'); at >= 0 && len(b.domains) > 0 {
		implied, ok = b.domains[foldID(u.ID[at+1:])]
	}
	switch {
	case d.Affiliation.Given():
		u.Affiliation = d.Affiliation.Name
		if i := slices.Index(known, u.Affiliation); i >= 0 {
			u.Affiliation = known[i] // share one string
		} else {
			b.unknown("affiliation", d.Affiliation, known)
		}
		if ok && implied.Affiliation.Name != u.Affiliation {
			f := diag.Stopf("schema", d.Affiliation.Pos, "affiliation %s contradicts %s, which the domain implies",
				diag.Quote(u.Affiliation), diag.Quote(implied.Affiliation.Name)).
				WithRelated(implied.Name.Pos, "domain here").WithHelp("correct one of them")
			f.User = u.ID
			b.fail(f)
		}
	case ok:
		u.Affiliation = implied.Affiliation.Name
	default:
		b.noAffiliation(d, u)
	}
}

func (b *policyBinder) noAffiliation(d *policy.DeclaredUser, u *policy.User) {
	help := "add `affiliation`, one of: " + strings.Join(b.affiliations, ", ")
	if _, domain, ok := strings.Cut(u.ID, "@"); ok {
		help += "; or give one to everybody of " + domain + " under `domains`"
	}
	f := diag.Stopf("schema", d.ID.Pos, "user %s has no affiliation", diag.Quote(u.ID)).WithHelp("%s", help)
	f.User = u.ID
	b.fail(f)
}

// defaults gives the default role to users without an assignment, if the product does so.
func (b *policyBinder) defaults() {
	for _, u := range b.policy.Users {
		b.defaultFor(u)
	}
}

func (b *policyBinder) defaultFor(u *policy.User) {
	role := b.catalog.Default
	if role == nil || !b.catalog.DefaultForAll || u.Invited || b.broken[u.ID] || hasAssignment(u.Entries) {
		return
	}
	for _, m := range u.Memberships {
		if b.broken["group:"+m.Group.ID] || hasAssignment(m.Group.Entries) {
			return
		}
	}
	before := len(b.faults)
	scope := b.scopeFor(policy.Ref{}, role.Levels, u.Pos)
	for i := before; i < len(b.faults); i++ {
		b.faults[i].User = u.ID
		b.faults[i].Message = "user " + diag.Quote(u.ID) + " has no role, so the product gives " + diag.Quote(role.ID) +
			": " + b.faults[i].Message
		if strings.HasPrefix(b.faults[i].Help, "use one of") {
			b.faults[i].Help = "give the user a role on a scope; " + b.faults[i].Help
		}
	}
	if scope != nil {
		u.Default = &policy.Entry{Role: role, Scope: scope, ByDefault: true, Pos: u.Pos}
	}
}

// hasAssignment reports whether an entry assigns a role.
func hasAssignment(list []policy.Entry) bool {
	return slices.ContainsFunc(list, func(e policy.Entry) bool { return e.Role != nil })
}
