package review

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// surveyor finds what items give, for one goroutine.
type surveyor struct {
	leading
	given  map[*Item]*given
	shared map[sources][]policy.Row // rows of the user at hand with many sources
	lists  int                      // of sources, so far
	sums   []sum                    // of the list at hand
}

// sources is a list of the sources of a permission, which rows on several scopes may share.
type sources struct {
	first      *policy.Via
	permission *policy.Permission
}

// manySources is from how many sources on it pays off to see which rows share the list.
const manySources = 8

// sum is what some rows are by a source with some actions and records.
type sum struct {
	records policy.Records
	actions policy.Actions
	count   int
	hashes  uint64
}

// given is what an item gives to the users of one goroutine.
type given struct {
	rows     *hashes // of scope, permission and actions; nil for most that one user alone has
	count    int     // of rows
	sum      uint64  // of their hashes
	list     int     // the last list of sources that it was in
	sums     uint64  // by which of that, of the first 64
	people   int
	last     *policy.User
	critical map[string]bool
	most     string
	in       bool
}

// hashes is a set. Most are small: a list takes less memory.
type hashes struct {
	few  []uint64
	many map[uint64]bool // nil: they are few
}

func (g *given) addRow(h uint64) {
	if g.rows == nil {
		g.rows = &hashes{}
	}
	g.rows.add(h)
}

func (x *hashes) add(h uint64) {
	const most = 8
	switch {
	case x.many != nil:
		x.many[h] = true
	case slices.Contains(x.few, h):
	case len(x.few) < most:
		x.few = append(x.few, h)
	default:
		x.many = map[uint64]bool{h: true}
		for _, y := range x.few {
			x.many[y] = true
		}
		x.few = nil
	}
}

// all iterates over the set, or nil, in no order.
func (x *hashes) all() iter.Seq[uint64] {
	if x == nil {
		return func(func(uint64) bool) {}
	}
	if x.many != nil {
		return maps.Keys(x.many)
	}
	return slices.Values(x.few)
}

// Worker returns a function that examines the access of users. Each goroutine needs its own.
func (s *Survey) Worker() func(*policy.Access) {
	w := &surveyor{leading: leading{Survey: s}, given: map[*Item]*given{},
		shared: map[sources][]policy.Row{}}
	s.mu <- struct{}{}
	s.workers = append(s.workers, w)
	<-s.mu
	return w.user
}

func (w *surveyor) user(a *policy.Access) {
	clear(w.shared)
	for i := range a.Rows {
		r := &a.Rows[i]
		if len(r.Via) < manySources {
			w.note(a.User, r.Via, a.Rows[i:i+1])
			continue
		}
		at := sources{&r.Via[0], r.Permission}
		w.shared[at] = append(w.shared[at], *r)
	}
	for _, rows := range w.shared {
		w.note(a.User, rows[0].Via, rows)
	}
}

// note notes the sources of some rows of one permission, which have them all.
func (w *surveyor) note(u *policy.User, list []policy.Via, rows []policy.Row) {
	w.lists++
	w.sums = w.sums[:0]
	in := slices.ContainsFunc(rows, func(r policy.Row) bool { return w.in(&r) })
	for i := range list {
		v := &list[i]
		w.sourcesOf(u, v, func(x *Item) {
			g := w.given[x]
			if g == nil {
				g = &given{}
				w.given[x] = g
			}
			switch i := w.sumOf(rows, v); {
			case x.User != nil && i < 64: // nobody else has it
				g.addOwn(&w.sums[i], w.lists, 1<<i)
			case len(rows) == 1:
				g.addRow(w.sums[i].hashes)
			default:
				for j := range rows {
					g.addRow(uint64(hashOf(&rows[j], v)))
				}
			}
			g.note(u, rows[0].Permission, v, in)
		})
	}
}

// sumOf returns the number of the sum of rows by one of their sources.
func (w *surveyor) sumOf(rows []policy.Row, v *policy.Via) int {
	for i := range w.sums {
		if s := &w.sums[i]; s.records == v.Records && s.actions == v.Actions {
			return i
		}
	}
	s := sum{records: v.Records, actions: v.Actions, count: len(rows)}
	for i := range rows {
		s.hashes ^= uint64(hashOf(&rows[i], v))
	}
	w.sums = append(w.sums, s)
	return len(w.sums) - 1
}

// addOwn adds the sum of rows by a source to what only one user has, unless it was added. Rows are in one list of
// sources alone.
func (g *given) addOwn(s *sum, list int, bit uint64) {
	if g.list != list {
		g.list, g.sums = list, 0
	}
	if g.sums&bit == 0 {
		g.sums |= bit
		g.sum ^= s.hashes
		g.count += s.count
	}
}

// note notes who has a permission by a source, and how grave that is.
func (g *given) note(u *policy.User, p *policy.Permission, v *policy.Via, in bool) {
	if g.last != u {
		g.last = u
		g.people++
	}
	sensitivity := p.SensitivityOf(v.Actions)
	if sensitivity == "critical" {
		if g.critical == nil {
			g.critical = map[string]bool{}
		}
		g.critical[p.ID] = true
	}
	g.most = policy.Graver(g.most, sensitivity)
	g.in = g.in || in
}

// hashOf returns the hash of a row by one of its sources.
func hashOf(r *policy.Row, v *policy.Via) hash {
	return newHash().text(r.Scope.Path).byte(0).text(r.Permission.ID).byte(0).byte(byte(v.Records)).number(uint64(v.Actions))
}

// hash is an FNV-1a hash of 64 bits, which sheets have in short: it must not change.
type hash uint64

func newHash() hash { return 14695981039346656037 }

func (h hash) byte(b byte) hash { return (h ^ hash(b)) * 1099511628211 }

func (h hash) text(s string) hash {
	for i := range len(s) {
		h = h.byte(s[i])
	}
	return h
}

func (h hash) number(n uint64) hash {
	for shift := 56; shift >= 0; shift -= 8 {
		h = h.byte(byte(n >> shift))
	}
	return h
}

// Finish adds up what the workers found, and returns the items that the sheet is about. It notes the findings that
// are about an item.
func (s *Survey) Finish(found []diag.Finding) []*Item {
	all := map[*Item]*given{}
	for _, w := range s.workers {
		for x, g := range w.given {
			if all[x] == nil {
				all[x] = g
				continue
			}
			all[x].join(g)
		}
	}
	for _, x := range s.Items {
		x.fill(all[x])
	}
	s.noteFindings(found)
	return slices.DeleteFunc(slices.Clone(s.Items), func(x *Item) bool { return !s.selects(x) })
}

func (g *given) join(o *given) {
	for h := range o.rows.all() {
		g.addRow(h)
	}
	if g.critical == nil {
		g.critical = o.critical
	} else {
		maps.Copy(g.critical, o.critical)
	}
	g.people, g.count, g.sum = g.people+o.people, g.count+o.count, g.sum^o.sum
	g.most, g.in = policy.Graver(g.most, o.most), g.in || o.in
}

// close counts the rows, when there are no more to come.
func (g *given) close() {
	for h := range g.rows.all() {
		g.sum ^= h
		g.count++
	}
	g.rows = nil
}

func (x *Item) fill(g *given) {
	if g == nil {
		return
	}
	g.close()
	x.Rows, x.People, x.Critical, x.Sensitivity = g.count, g.people, slices.Sorted(maps.Keys(g.critical)), g.most
	x.print, x.in = uint32(g.sum^g.sum>>32), g.in
}

// selects reports whether a sheet is about an item: whatever gives nothing is on the sheet of the whole table alone.
func (s *Survey) selects(x *Item) bool {
	if m := s.made; m != nil {
		switch {
		case m.Reviewer == Unassigned && len(x.By) > 0,
			m.Reviewer != "" && m.Reviewer != Unassigned && !slices.Contains(x.By, m.Reviewer):
			return false
		case m.choosesRows():
			return x.in
		}
	}
	return true
}

// Unassigned selects the items for which nobody is named to decide.
const Unassigned = "nobody"

// notesOf are the rules whose findings suggest a decision; those that are true suggest to remove the entry.
var notesOf = map[string]bool{"redundant-assignment": true, "redundant-grant": true, "redundant-membership": true,
	"duplicate-assignment": true, "duplicate-grant": true, "duplicate-membership": true, "expired": true,
	"deprecated-permission": true, "not-grantable": true, "wrong-level": true, "wrong-affiliation": true,
	"invalid-period": true, "expires-soon": false, "denied-action": false, reviewDue: false}

// reviewDue is the rule about what nobody has confirmed for too long.
const reviewDue = "review-due"

// noteFindings notes the open findings about items, and groups that give nothing.
func (s *Survey) noteFindings(found []diag.Finding) {
	at := map[policy.Pos][]*Item{}
	for _, x := range s.Items {
		for _, p := range x.Spots {
			at[p] = append(at[p], x)
		}
		if x.Entry != nil {
			at[x.Entry.StartsAt()] = append(at[x.Entry.StartsAt()], x)
			at[x.Entry.EndsAt()] = append(at[x.Entry.EndsAt()], x)
		}
		if x.Terms != nil {
			at[x.Terms.EndsAt] = append(at[x.Terms.EndsAt], x)
		}
	}
	delete(at, policy.Pos{})
	for i := range found {
		d := &found[i]
		drop, about := notesOf[d.Rule]
		if !about || d.Silenced() {
			continue
		}
		for _, x := range at[d.Pos] {
			if d.User == "" || x.User == nil || s.userKey(d.User) == s.userKey(x.User.ID) {
				x.note(drop, x.describeNote(d.Rule))
			}
		}
	}
	for _, x := range s.Items {
		if x.Kind == MemberItem && x.Rows == 0 && !givesAny(x.Into) {
			x.note(false, "unused group")
		}
	}
}

// describeNote returns the words for a finding.
func (x *Item) describeNote(rule string) string {
	switch {
	case rule != reviewDue:
		return strings.ReplaceAll(rule, "-", " ")
	case x.Last == nil:
		return "never confirmed"
	}
	return "confirmation overdue"
}

// givesAny reports whether a group, or one that it is in, has an entry.
func givesAny(g *policy.Group) bool {
	return len(g.Entries) > 0 || slices.ContainsFunc(g.Outer(), func(m policy.Membership) bool {
		return len(m.Group.Entries) > 0
	})
}

func (x *Item) note(drop bool, text string) {
	x.Drop = x.Drop || drop
	if !slices.Contains(x.Notes, text) {
		x.Notes = append(x.Notes, text)
	}
}

// Suggested says what to look at, or "".
func (x *Item) Suggested() string {
	text := strings.Join(x.Notes, ", ")
	if x.Drop {
		return "remove: " + text
	}
	return text
}

// reviewersOf returns who should decide about an item: the owners of the group or else those of the nearest scope
// that names any, without people who have the item themselves.
func (s *Survey) reviewersOf(x *Item) []string {
	group, scope := x.Into, x.Scope
	if group == nil && x.User == nil {
		group = x.Group
	}
	if group != nil {
		if list := s.others(x, s.ownersOf(group)); len(list) > 0 {
			return list
		}
		if scope == nil {
			scope = group.Home
		}
	}
	for ; scope != nil; scope = scope.Parent {
		var list []string
		for _, name := range [...]string{"owner", "owners"} {
			list = append(list, scope.Attributes[name]...)
		}
		if list = s.others(x, s.usersNamed(list)); len(list) > 0 {
			return list
		}
	}
	return nil
}

// others returns the ids of users who do not have the item.
func (s *Survey) others(x *Item, list []*policy.User) (ids []string) {
	for _, u := range list {
		if !x.benefits(func(v *policy.User) bool { return v == u }) && !u.Waits() {
			ids = append(ids, u.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ownersOf returns the users who own a group: those of a group that owns it are all of its members.
func (s *Survey) ownersOf(g *policy.Group) (list []*policy.User) {
	for _, o := range g.Owners {
		name := o.User
		if o.Group != "" {
			name = "group:" + o.Group
		}
		list = append(list, s.usersNamed([]string{name})...)
	}
	return list
}

// usersNamed returns the users with some ids, and those in groups written as group:ID.
func (s *Survey) usersNamed(names []string) (list []*policy.User) {
	for _, name := range names {
		if id, ok := strings.CutPrefix(name, "group:"); ok {
			if g := s.groups[id]; g != nil {
				list = append(list, g.Users...)
			}
		} else if u := s.users[s.userKey(name)]; u != nil {
			list = append(list, u)
		}
	}
	return list
}
