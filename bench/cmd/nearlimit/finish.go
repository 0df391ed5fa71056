package main

import "math/bits"

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

// complete removes denied actions, and adds implied and derived permissions.
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
