package main

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

// scope describes a scope. A tree lists its scopes in order, each before those inside it.
type scope struct {
	path, prefix         string
	level, up, root, end int
	must                 [][]string // lists of security groups: a user must be in one group of each list
}

type unitRole struct {
	holds               uint64
	self, subtree, tree set
}

// given holds a role that a group gives its members on a scope.
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

// need describes a requirement. Bits say what must be held; those of roles also say where, and whether directly.
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
