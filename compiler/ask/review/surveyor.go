package review

import (
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

// sources identifies a list of the sources of a permission. Rows on several scopes may share it.
type sources struct {
	list       policy.ViaList
	permission *policy.Permission
}

// sum adds up rows that have a source with the same actions and records.
type sum struct {
	records policy.Records
	actions policy.Actions
	count   int
	hashes  uint64
}

// given collects what an item gives to the users of one goroutine.
type given struct {
	count    int             // of rows of a user
	sum      uint64          // of their hashes, of scope, permission and actions
	list     int             // the last list of sources that it was in
	sums     uint64          // by which of that, of the first 64
	rows     map[uint64]bool // hashes, by the rest
	group    *members
	people   int
	last     *policy.User
	critical map[string]bool
	most     string
	in       bool
}

// members compares what an item of a group gives to those who are in it: mostly the same.
type members struct {
	item  *Item
	first *policy.User
	has   holding          // the first one
	seen  map[holding]bool // of others
	rows  map[uint64]bool  // hashes, of all; nil: all have the rows of the first one
}

// holding counts somebody's rows and adds up their hashes: it tells two lists of rows apart without keeping either.
type holding struct {
	count int
	sum   uint64
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

// note records the sources that some rows of one permission share.
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
				if g.rows == nil {
					g.rows = map[uint64]bool{}
				}
				for j := range rows {
					g.rows[uint64(hashOf(&rows[j], v))] = true
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

// note records that a user has a permission by a source, and how grave that is.
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
			m.first, m.has = a.User, now
		case m.has != now && !m.seen[now]:
			if m.seen == nil {
				m.seen = map[holding]bool{}
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

// openAll collects the rows of items that only their first users have been compared by. It flattens these users again.
func (w *surveyor) openAll(list []*members) {
	firsts := map[*policy.User][]*members{}
	for _, m := range list {
		if m.rows == nil {
			m.rows = map[uint64]bool{}
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
					m.rows[uint64(hashOf(r, v))] = true
				}
			})
		}
	}
}

func (g *given) join(o *given) {
	if g.group != nil && g.group.rows != nil {
		maps.Copy(g.group.rows, o.group.rows)
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
func (g *given) close() holding {
	rest := addUp(g.rows)
	now := holding{g.count + rest.count, g.sum ^ rest.sum}
	g.rows, g.count, g.sum = nil, 0, 0
	return now
}

// all returns what the item gives to all of its users.
func (g *given) all() holding {
	switch {
	case g.group == nil:
		return g.close()
	case g.group.rows == nil:
		return g.group.has
	}
	return addUp(g.group.rows)
}

// addUp returns the holding of somebody with some rows, by their hashes.
func addUp(rows map[uint64]bool) (h holding) {
	for row := range rows {
		h.sum ^= row
	}
	h.count = len(rows)
	return h
}
