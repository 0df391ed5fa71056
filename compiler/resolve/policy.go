package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/progress"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

// Options hold what a policy depends on besides the declaration.
type Options struct {
	AsOf     policy.Date
	Today    policy.Date // no decision is later; zero: AsOf
	BuiltIn  []string    // ids of the built-in rules
	Stopping []string    // those that stop the table
	Progress *progress.Meter

	AllFaults bool // no limit of diag.Most

	// Own returns which of n users are this process's work: from the first index to before the second. Nil: all.
	Own   func(n int) (from, to int)
	Whole bool // with Own: the checks of the policy as a whole are this process's work, too
	Asked bool // with Own: users are looked up who may be another process's work

	MostKept int             // how many users a policy may keep if it can do without; 0: all
	Passing  func(users int) // called with their number if the policy keeps no users; or nil
}

// Bind binds a declaration, whose users may change later, to its catalog. A policy with findings must not be used.
func Bind(d *policy.Declared, c *policy.Catalog, opts Options) (*Binding, []diag.Finding) {
	b := &policyBinder{declared: d, catalog: c, opts: opts, users: map[string]*policy.User{}, broken: map[string]bool{}}
	b.all, b.files = opts.AllFaults, d.Files
	b.policy = &policy.Policy{Files: d.Files, Product: d.Product, Catalog: c, AsOf: opts.AsOf,
		Today: max(opts.Today, opts.AsOf), HorizonDays: 30, LookAhead: d.HorizonDays,
		Severities: map[string]string{}, ScopeByPath: map[string]*policy.Scope{}, CatalogName: d.CatalogName(),
		CatalogAge: d.CatalogAge,
		Report:     d.Report}
	if d.HorizonDays >= 0 {
		b.policy.HorizonDays = d.HorizonDays
	}
	b.scopes()
	b.findDomains()
	b.declareGroups()
	b.policy.External = b.policy.ListExternal()
	b.external = b.policy.External
	b.bindUsers()
	b.bindGroups()
	b.identifiedTwice()
	b.defaults()
	b.rules()
	b.settings()
	b.waivers()
	b.reviews()
	b.expectations()
	b.gates()
	b.ownerships()
	b.policy.Dangling = b.sortDangling()
	b.policy.Spelled, b.policy.Elsewhere = d.Spelled, d.Elsewhere
	b.policy.Unlisted, b.policy.UnlistedOf = slices.Concat(c.Unlisted, b.unlisted), b.unlistedOf
	return &Binding{b.policy, b}, diag.NameExternal(b.policy.External, b.faults)
}

type policyBinder struct {
	binder
	declared     *policy.Declared
	catalog      *policy.Catalog
	policy       *policy.Policy
	opts         Options
	users        map[string]*policy.User // by folded id, filled on first use
	groups       map[string]*policy.Group
	joins        []join // memberships that users declare
	dangling     []policy.Dangling
	domains      map[string]policy.Domain
	fitting      map[policy.LevelSet][]*policy.Scope
	ids          []string // user ids, filled on first use
	allPaths     []string // scope paths, likewise
	roles        []string // ids of roles, likewise
	permissions  []string // ids of permissions, likewise
	allGroups    []string // ids of groups, likewise
	withBuiltIn  []string // the same with the built-in ones
	plain        bool     // all ids fold to themselves
	affiliations []string
	room         []policy.Entry // memory for entries to come
	roomy        int            // how many entries to allocate at a time
	spare        spare
	facts        factCache
	details      []policy.Detail
	own          span           // the users whose entries are kept
	listed       []*policy.User // see policy.Others
	actionRoom   []policy.NamedAction
	unlistedOf   map[*policy.User][]policy.Unlisted
	builtIn      []string                   // ids of the built-in groups
	everyone     bool                       // there is one of them
	byHome       bool                       // a group has those as members who are at home where it is
	unfolded     bool                       // a bound id does not fold to itself, or repeats the previous one
	foreign      bool                       // a bound id has characters outside ASCII
	lastScope    *policy.Scope              // looked up last
	allowed      map[policy.LevelSet]string // see allowedOf
	scopeRoom    []policy.Scope
	scopeDetails []policy.ScopeDetail
	spellings    map[string]string // of users that are declared in another spelling, too
	broken       map[string]bool   // users and group:ids with an entry that could not be bound
}

func (b *policyBinder) hasGroup(id string) bool {
	return b.groups[id] != nil || slices.Contains(b.builtIn, id)
}

func foldID(id string) string { return policy.Fold(id) }

func (b *policyBinder) rules() {
	n := &nameBinder{binder: &b.binder, catalog: b.catalog, policy: b.policy, hasGroup: b.hasGroup,
		groupIDs: b.groupIDs}
	spellRules(b.catalog, &b.catalog.Rules)
	spellRules(b.catalog, &b.declared.Rules)
	for i := range b.catalog.Rules {
		b.policy.Rules = append(b.policy.Rules, n.rule(&b.catalog.Rules[i], true))
	}
	taken := map[string]bool{}
	for _, r := range b.policy.Rules {
		taken[r.ID] = true
	}
	for i := range b.declared.Rules {
		d := &b.declared.Rules[i]
		if taken[d.ID.Name] || slices.Contains(b.opts.BuiltIn, d.ID.Name) {
			b.fail(diag.Stopf("schema", d.ID.Pos,
				"rule %q already exists: a shipped or built-in rule cannot be redefined", d.ID.Name).
				WithHelp("choose another id"))
		}
		b.policy.Rules = append(b.policy.Rules, n.rule(d, false))
	}
	slices.SortStableFunc(b.policy.Rules, func(x, y *policy.Rule) int { return strings.Compare(x.ID, y.ID) })
	for _, r := range b.policy.Rules {
		if r.Deny != nil {
			b.policy.Denies = append(b.policy.Denies, r)
		}
		if r.Require != nil {
			n.checkGroups(r.Require.Needs)
		}
	}
	b.catalog.Conditions(n.checkGroups)
}

// ruleIDs returns the ids of all rules.
func (b *policyBinder) ruleIDs() (list []string) {
	for _, r := range b.policy.Rules {
		list = append(list, r.ID)
	}
	return append(list, b.opts.BuiltIn...)
}

// known reports a name in a waiver or expectation that does not exist.
func (b *policyBinder) known(kind string, r policy.Ref, ok bool, candidates func() []string) {
	if r.Given() && !ok {
		b.unknown(kind, r, candidates())
	}
}

// checkNames checks the names that waivers and expectations share.
func (b *policyBinder) checkNames(user, group, role, scope policy.Ref) {
	b.known("user", user, b.find(user.Name) != nil, b.userIDs)
	b.known("group", group, b.groups[group.Name] != nil, func() []string { return b.groupIDs(group.Name) })
	b.known("role", role, b.catalog.RoleByID[role.Name] != nil, b.roleIDs)
	b.known("scope", scope, b.policy.ScopeByPath[scope.Name] != nil, b.paths)
}

func (b *policyBinder) roleIDs() []string {
	if b.roles == nil {
		b.roles = b.catalog.RoleIDs()
	}
	return b.roles
}

func (b *policyBinder) permissionIDs() []string {
	if b.permissions == nil {
		b.permissions = b.catalog.PermissionIDs()
	}
	return b.permissions
}

func (b *policyBinder) userIDs() []string {
	if len(b.ids) != len(b.policy.Users) {
		b.ids = nil
		for _, u := range b.policy.Users {
			b.ids = append(b.ids, u.ID)
		}
	}
	return b.ids
}

func (b *policyBinder) waivers() {
	ids := b.ruleIDs()
	isRule, members := map[string]bool{}, map[*policy.Group][]*policy.User{}
	for _, id := range ids {
		isRule[id] = true
	}
	for i := range b.declared.Waivers {
		d := b.declared.Waivers[i]
		b.canonical(&d.Role, &d.Permission)
		b.known("rule", d.Rule, isRule[d.Rule.Name], func() []string { return ids })
		b.checkNames(d.User, d.Group, d.Role, d.Scope)
		b.known("permission", d.Permission, b.catalog.PermissionByID[d.Permission.Name] != nil, b.permissionIDs)
		w := &policy.Waiver{DeclaredWaiver: d}
		if d.User.Given() {
			if u := b.find(d.User.Name); u != nil {
				w.Beneficiaries = []*policy.User{u}
			}
		} else if g := b.groups[d.Group.Name]; g != nil {
			if members[g] == nil {
				members[g] = slices.Clone(g.Users)
			}
			w.Beneficiaries = slices.Clip(members[g])
		}
		w.Signed = b.isSomebody(signer.Read(d.Approver))
		b.policy.Waivers = append(b.policy.Waivers, w)
	}
	slices.SortStableFunc(b.policy.Waivers, func(x, y *policy.Waiver) int { return comparePos(x.Pos, y.Pos) })
}

// isSomebody reports whether a signature is an address or names a user. Anything else, such as "tbd",
// names nobody.
func (b *policyBinder) isSomebody(s signer.Signer) bool {
	return s.IsAddress() || !s.IsEmpty() && slices.ContainsFunc(b.policy.Users, s.Is)
}

func comparePos(a, b policy.Pos) int {
	if a.File != b.File {
		return int(a.File) - int(b.File)
	}
	return int(a.Off) - int(b.Off)
}

// gates checks the names of the gates' matchers.
func (b *policyBinder) gates() {
	b.policy.Gates = b.declared.Gates
	if old, now := b.declared.Gates, b.declared.MoreGates; now != nil {
		if !old.OldName.IsValid() {
			old, now = now, old
		}
		b.fail(diag.Stopf("schema", old.Pos, "%q and %q are two names of the same field", "review", "gates").
			WithRelated(now.Pos, "the other one").WithHelp("move everything to %q", "gates"))
	}
	if b.policy.Gates == nil {
		return
	}
	for i := range b.policy.Gates.Forbid {
		b.matcher(&b.policy.Gates.Forbid[i])
	}
	for i := range b.policy.Gates.ForbidPath {
		b.matcher(&b.policy.Gates.ForbidPath[i])
	}
}

// matcher checks the names of a matcher.
func (b *policyBinder) matcher(m *policy.Matcher) {
	b.canonical(&m.Role, &m.Permission)
	b.checkNames(m.User, policy.Ref{}, m.Role, m.Scope)
	b.known("group", m.Group, b.hasGroup(m.Group.Name), func() []string { return b.groupIDs(m.Group.Name) })
	if m.Level.Given() {
		b.levelSet([]policy.Ref{m.Level}, b.catalog.Levels)
	}
	if m.Affiliation.Given() {
		b.oneOf("affiliation", []policy.Ref{m.Affiliation}, describedIDs(b.catalog.Affiliations))
	}
	p := b.catalog.PermissionByID[m.Permission.Name]
	b.known("permission", m.Permission, p != nil, b.permissionIDs)
	if m.Action.Given() {
		b.gateAction(p, *m)
	}
}

// gateAction checks that an action belongs to the permission, or to any permission if none is named.
func (b *policyBinder) gateAction(p *policy.Permission, m policy.Matcher) {
	if p != nil {
		b.actions(p, []policy.Ref{m.Action})
		return
	}
	b.oneOf("action", []policy.Ref{m.Action}, b.allActions())
}

// allActions returns the actions of all permissions, sorted.
func (b *policyBinder) allActions() (all []string) {
	for _, p := range b.catalog.Permissions {
		all = append(all, p.Actions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (b *policyBinder) expectations() {
	for i := range b.declared.Expects {
		e := &b.declared.Expects[i]
		b.canonical(&e.Role, &e.Can, &e.Cannot)
		for j := range e.Only {
			b.canonical(&policy.Ref{}, &e.Only[j])
		}
		b.checkNames(e.User, e.Group, e.Role, e.Scope)
		if e.Affiliation.Given() {
			b.oneOf("affiliation", []policy.Ref{e.Affiliation}, describedIDs(b.catalog.Affiliations))
		}
		for _, r := range append([]policy.Ref{e.Can, e.Cannot}, e.Only...) {
			p := b.catalog.PermissionByID[r.Name]
			b.known("permission", r, p != nil, b.permissionIDs)
			if p != nil {
				b.actions(p, e.Actions)
			}
		}
		if e.IsOnly && len(e.Only) == 0 {
			b.oneOf("action", e.Actions, b.allActions())
		}
	}
	b.policy.Expects = b.declared.Expects
}
