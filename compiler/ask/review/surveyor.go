package review

import (
	"iter"
	"maps"
	"slices"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// surveyor finds what items give, for one goroutine.
type surveyor struct {
	leading
	given  map[*Item]*given
	shared map[sources][]policy.Row // rows of the user at hand with many sources
	lists  int                      // of sources, so far
	sums   []sum                    // of the list at hand
	groups []*given                 // of groups, that the user at hand has
	again  *flatten.Flattener       // to look at somebody again
}

// sources is a list of the sources of a permission, which rows on several scopes may share.
type sources struct {
	list       policy.ViaList
	permission *policy.Permission
}

// sum is what some rows are by a source with some actions and records.
type sum struct {
	records policy.Records
	actions policy.Actions
	count   int
	hashes  uint64
}

// given is what an item gives to the users of one goroutine.
type given struct {
	count    int    // of rows of a user
	sum      uint64 // of their hashes, of scope, permission and actions
	list     int    // the last list of sources that it was in
	sums     uint64 // by which of that, of the first 64
	rows     hashes // of the rest
	group    *members
	people   int
	last     *policy.User
	critical map[string]bool
	most     string
	in       bool
}

// members is what an item of a group gives to all who are in it: mostly the same.
type members struct {
	item  *Item
	first *policy.User
	what  what          // the first one has
	seen  map[what]bool // that others have
	rows  *hashes       // of all; nil: they are those of the first one
}

// what is what somebody has: how many rows, and the sum of their hashes.
type what struct {
	count int
	sum   uint64
}

// hashes is a set. Most are small: a list takes less memory.
type hashes struct {
	few  []uint64
	many map[uint64]bool // nil: they are few
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

// all iterates over the set in no order.
func (x *hashes) all() iter.Seq[uint64] {
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
		if len(r.Via) < policy.Long {
			w.note(a.User, r.Via, a.Rows[i:i+1])
			continue
		}
		at := sources{r.List(), r.Permission}
		w.shared[at] = append(w.shared[at], *r)
	}
	for _, rows := range w.shared {
		w.note(a.User, rows[0].Via, rows)
	}
	if len(w.groups) > 0 {
		w.closeGroups(a)
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
				if w.given[x] = g; x.User == nil { // others may have it, too
					g.group = &members{item: x}
				}
			}
			if g.group != nil && g.last != u {
				w.groups = append(w.groups, g)
			}
			if i := w.sumOf(rows, v); i < 64 {
				g.add(&w.sums[i], w.lists, 1<<i)
			} else {
				for j := range rows {
					g.rows.add(uint64(hashOf(&rows[j], v)))
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

// add adds the sum of rows by a source to what a user has, unless it was added. Rows are in one list of sources alone.
func (g *given) add(s *sum, list int, bit uint64) {
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
	row := newHash().text(r.Scope.Path).byte(0).text(r.Permission.ID).byte(0)
	return row.byte(byte(v.Records)).number(uint64(v.Actions))
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

// closeGroups compares what the groups of a user give with what they give to others.
func (w *surveyor) closeGroups(a *policy.Access) {
	var others []*members
	for _, g := range w.groups {
		m, now := g.group, g.close()
		switch {
		case m.first == nil:
			m.first, m.what = a.User, now
		case m.what != now && !m.seen[now]:
			if m.seen == nil {
				m.seen = map[what]bool{}
			}
			m.seen[now] = true
			others = append(others, m)
		}
	}
	w.groups = w.groups[:0]
	if len(others) > 0 {
		w.openAll(others)
		w.addRows(a, others)
	}
}

// openAll makes sets of the rows of items of which only those of the first user are known, by looking at these again.
func (w *surveyor) openAll(list []*members) {
	firsts := map[*policy.User][]*members{}
	for _, m := range list {
		if m.rows == nil {
			m.rows = &hashes{}
			firsts[m.first] = append(firsts[m.first], m)
		}
	}
	if w.again == nil && len(firsts) > 0 {
		w.again = flatten.New(w.policy)
	}
	for u, some := range firsts {
		access := w.again.User(u)
		w.addRows(&access, some)
	}
}

// addRows adds the rows that somebody has by some items.
func (w *surveyor) addRows(a *policy.Access, list []*members) {
	by := make(map[*Item]*members, len(list))
	for _, m := range list {
		by[m.item] = m
	}
	for i := range a.Rows {
		r := &a.Rows[i]
		for j := range r.Via {
			v := &r.Via[j]
			w.sourcesOf(a.User, v, func(x *Item) {
				if m := by[x]; m != nil {
					m.rows.add(uint64(hashOf(r, v)))
				}
			})
		}
	}
}

func (g *given) join(o *given) {
	if g.group != nil && g.group.rows != nil && o.group.rows != nil {
		for h := range o.group.rows.all() {
			g.group.rows.add(h)
		}
	}
	if g.critical == nil {
		g.critical = o.critical
	} else {
		maps.Copy(g.critical, o.critical)
	}
	g.people += o.people
	g.most, g.in = policy.Graver(g.most, o.most), g.in || o.in
}

// close returns what a user has, when there is no more to come.
func (g *given) close() what {
	for h := range g.rows.all() {
		g.sum ^= h
		g.count++
	}
	now := what{g.count, g.sum}
	g.rows, g.count, g.sum = hashes{}, 0, 0
	return now
}

// all returns what the item gives to all of its users.
func (g *given) all() what {
	switch {
	case g.group == nil:
		return g.close()
	case g.group.rows == nil:
		return g.group.what
	}
	all := what{}
	for h := range g.group.rows.all() {
		all.sum ^= h
		all.count++
	}
	return all
}
