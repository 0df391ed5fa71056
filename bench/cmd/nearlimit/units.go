package main

import (
	"math/bits"
	"strings"

	"permc.dev/permc/bench/gen"
)

// set has a bit for each permission, first those of their first actions, then those of their second ones.
type set []uint64

func (s set) add(x set) {
	for i, w := range x {
		s[i] |= w
	}
}

// units computes the products that have trees of scopes of any shape. What a user holds on a scope is a set of its own,
// in one block for all scopes; only the trees that the user has something in are looked at and cleared.
type units struct {
	out    []byte
	asOf   string
	words  int // of a set, for each action
	stride int // words of a set
	scopes []scope
	byPath map[string]int
	levels []set // what can be held on scopes of a level

	permissions map[string]set
	grantable   map[string]set // all actions
	actions     map[string]int // by name, of permissions with two
	tails       [][4]string    // by permission and actions held, from the comma on
	roles       map[string]*unitRole
	groups      map[string][]given // of the group and all around it
	implying    []implication
	derived     []derivation
	denies      []deny
	attributes  map[string]map[string]uint64 // bits of the values that matter

	// Of the user at hand.
	held     []uint64    // by scope
	here     [2][]uint64 // roles by scope: those held directly, and all
	touched  []int       // roots of trees
	isIn     []bool      // by scope: whether it is the root of a tree that is touched
	has      uint64      // values of attributes
	kind     uint64      // the affiliation
	security [][]byte    // groups
	inForce  []*deny
	nothing  set
	stripped set
}

// scope is a scope of a tree; those of a tree are in a row, each before what is in it.
type scope struct {
	path, prefix         string
	level, up, root, end int
	must                 [][]string // security groups, of which a user must be in one of each
}

type unitRole struct {
	holds               uint64
	self, subtree, tree set
}

// given is a role that a group gives its members on a scope.
type given struct {
	role  *unitRole
	scope int
}

type implication struct{ when, then set }

type derivation struct {
	all  set
	need *need
}

// deny takes a set away from users with one of the affiliations, one of the roles, and a value of each attribute, on
// some scopes.
type deny struct {
	affiliations, roles uint64 // 0: any
	attributes          []uint64
	from, to            int
	take                set
	unless              *need
}

// need is a requirement, with bits for what must be held: roles by where they are and whether they are held directly.
type need struct {
	roles                [4][2]uint64
	permissions          set // of first actions, each with any action
	attributes           []uint64
	matching             bool
	allOf, anyOf, noneOf []*need
}

const (
	same = iota
	above
	tree
	anywhere
)

func (m *units) buffer() *[]byte { return &m.out }

func (m *units) on(s int) set { return m.held[s*m.stride : (s+1)*m.stride] }

// user prints the rows of the user of one line.
func (m *units) user(line []byte) {
	s := scanner{line: line}
	var id []byte
	m.has, m.kind, m.security = 0, 0, m.security[:0]
	for s.enter('{'); s.more('}'); {
		switch string(s.text()) {
		case "user":
			id = s.text()
		case "affiliation":
			m.kind = m.attributes[""][string(s.text())]
		case "attributes":
			m.readAttributes(&s)
		case "groups":
			m.readEntries(&s, m.join)
		case "roles":
			m.readEntries(&s, m.assign)
		case "grants":
			m.readEntries(&s, m.grant)
		default:
			s.text()
		}
	}
	if len(m.touched) > 0 {
		m.finish(id)
	}
}

func (m *units) readAttributes(s *scanner) {
	for s.enter('{'); s.more('}'); {
		name := s.text()
		values := m.attributes[string(name)]
		isSecurity := string(name) == "security-groups"
		for s.enter('['); s.more(']'); {
			v := s.text()
			if m.has |= values[string(v)]; isSecurity {
				m.security = append(m.security, v)
			}
		}
	}
}

// readEntries reads a list, and does something with those in force.
func (m *units) readEntries(s *scanner, do func(*entry)) {
	for s.enter('['); s.more(']'); {
		e := entry{actions: 3}
		inForce := true
		for s.enter('{'); s.more('}'); {
			switch string(s.text()) {
			case "scope":
				e.scope = s.text()
			case "starts":
				inForce = string(s.text()) <= m.asOf && inForce
			case "expires":
				inForce = string(s.text()) >= m.asOf && inForce
			case "actions":
				e.actions = 0
				for s.enter('['); s.more(']'); {
					e.actions |= 1 << m.actions[string(s.text())]
				}
			default:
				e.name = s.text()
			}
		}
		if inForce {
			do(&e)
		}
	}
}

func (m *units) join(e *entry) {
	for _, g := range m.groups[string(e.name)] {
		m.give(g.role, g.scope, 1)
	}
}

func (m *units) assign(e *entry) { m.give(m.roles[string(e.name)], m.byPath[string(e.scope)], 0) }

func (m *units) grant(e *entry) {
	p := m.grantable[string(e.name)]
	if p == nil {
		return
	}
	s := m.byPath[string(e.scope)]
	m.touch(s)
	held := m.on(s)
	for i, w := range p {
		if e.actions>>(i/m.words)&1 != 0 {
			held[i] |= w
		}
	}
}

func (m *units) touch(s int) {
	root := m.scopes[s].root
	if !m.isIn[root] {
		m.isIn[root] = true
		m.touched = append(m.touched, root)
	}
}

// give adds what a role gives that is held on a scope, directly (0) or through a group (1).
func (m *units) give(r *unitRole, s, how int) {
	m.touch(s)
	x := &m.scopes[s]
	m.here[how][s] |= r.holds
	if r.self != nil {
		m.on(s).add(r.self)
	}
	if r.subtree != nil {
		for i := s; i < x.end; i++ {
			m.on(i).add(r.subtree)
		}
	}
	if r.tree != nil {
		for i := x.root; i < m.scopes[x.root].end; i++ {
			m.on(i).add(r.tree)
		}
	}
}

// view has the roles that are held, seen from a scope.
type view struct {
	at    int
	held  set
	roles [4][2]uint64
}

// finish prints the rows in the trees that were touched, and clears them.
func (m *units) finish(id []byte) {
	var v view
	var inTree [8][2]uint64
	for k, root := range m.touched {
		var all [2]uint64
		for s := root; s < m.scopes[root].end; s++ {
			m.here[1][s] |= m.here[0][s]
			all[0] |= m.here[0][s]
			all[1] |= m.here[1][s]
		}
		inTree[k&7] = all
		v.roles[anywhere][0] |= all[0]
		v.roles[anywhere][1] |= all[1]
	}
	m.inForce = m.inForce[:0]
	for i := range m.denies {
		if m.meant(&m.denies[i], v.roles[anywhere][1]) {
			m.inForce = append(m.inForce, &m.denies[i])
		}
	}
	for k, root := range m.touched {
		if len(m.touched) > 8 {
			panic("nearlimit: a user in more than eight trees")
		}
		v.roles[tree] = inTree[k]
		m.finishTree(id, root, &v)
		m.isIn[root] = false
	}
	m.touched = m.touched[:0]
}

func (m *units) meant(d *deny, roles uint64) bool {
	if d.affiliations != 0 && d.affiliations&m.kind == 0 || d.roles != 0 && d.roles&roles == 0 {
		return false
	}
	for _, a := range d.attributes {
		if a&m.has == 0 {
			return false
		}
	}
	return true
}

func (m *units) finishTree(id []byte, root int, v *view) {
	end := m.scopes[root].end
	for s := root; s < end; s++ {
		held := m.on(s)
		v.at, v.held = s, held
		v.roles[same] = [2]uint64{m.here[0][s], m.here[1][s]}
		v.roles[above] = v.roles[same]
		for up := m.scopes[s].up; up >= 0; up = m.scopes[up].up {
			v.roles[above][0] |= m.here[0][up]
			v.roles[above][1] |= m.here[1][up]
		}
		m.complete(held, v)
		m.rows(id, s, held)
		clear(held)
	}
	clear(m.here[0][root:end])
	clear(m.here[1][root:end])
}

// complete takes away what is denied, and adds what is implied and derived.
func (m *units) complete(held set, v *view) {
	denied := m.nothing
	for _, d := range m.inForce {
		if v.at >= d.from && v.at < d.to && !(d.unless != nil && m.meets(d.unless, v)) {
			if &denied[0] == &m.nothing[0] {
				denied = m.stripped
				clear(denied)
			}
			denied.add(d.take)
		}
	}
	level := m.levels[m.scopes[v.at].level]
	for i := range held {
		held[i] &= level[i] &^ denied[i]
	}
	add := func(x set) {
		for i, w := range x {
			held[i] |= w & level[i] &^ denied[i]
		}
	}
	for i := range m.implying {
		if held.meets(m.implying[i].when) {
			add(m.implying[i].then)
		}
	}
	for i := range m.derived {
		if m.meets(m.derived[i].need, v) {
			add(m.derived[i].all)
		}
	}
}

// meets reports whether one of some actions is held.
func (s set) meets(x set) bool {
	for i, w := range x {
		if s[i]&w != 0 {
			return true
		}
	}
	return false
}

func (m *units) meets(n *need, v *view) bool {
	for i := range n.roles {
		if n.roles[i][0]&^v.roles[i][0] != 0 || n.roles[i][1]&^v.roles[i][1] != 0 {
			return false
		}
	}
	for i, w := range n.permissions {
		left := v.held[i]
		if m.stride > m.words {
			left |= v.held[i+m.words]
		}
		if w&^left != 0 {
			return false
		}
	}
	for _, a := range n.attributes {
		if a&m.has == 0 {
			return false
		}
	}
	if n.matching {
		for _, groups := range m.scopes[v.at].must {
			if !m.isInOne(groups) {
				return false
			}
		}
	}
	return m.meetsParts(n, v)
}

// isInOne reports whether the user is in one of some security groups.
func (m *units) isInOne(groups []string) bool {
	for _, g := range groups {
		for _, has := range m.security {
			if string(has) == g {
				return true
			}
		}
	}
	return false
}

func (m *units) meetsParts(n *need, v *view) bool {
	for _, x := range n.allOf {
		if !m.meets(x, v) {
			return false
		}
	}
	for _, x := range n.noneOf {
		if m.meets(x, v) {
			return false
		}
	}
	for _, x := range n.anyOf {
		if m.meets(x, v) {
			return true
		}
	}
	return len(n.anyOf) == 0
}

func (m *units) rows(id []byte, s int, held set) {
	start := len(m.out)
	m.out = append(m.out, id...)
	m.out = append(m.out, m.scopes[s].prefix...)
	n, first := len(m.out)-start, true
	for i := range m.words {
		one, two := held[i], uint64(0)
		if m.stride > m.words {
			two = held[i+m.words]
		}
		for left := one | two; left != 0; left &= left - 1 {
			b := bits.TrailingZeros64(left)
			if !first {
				m.out = append(m.out, m.out[start:start+n]...)
			}
			first = false
			m.out = append(m.out, m.tails[i*64+b][one>>b&1|two>>b&1<<1]...)
		}
	}
	if first {
		m.out = m.out[:start]
	}
}

// tail returns the rest of a row.
func tail(p gen.Held, actions ...string) string {
	return "," + p.ID + "," + strings.Join(actions, ";") + "\n"
}
