package roles

// links are lists of numbers that have an order. What was removed can be put back, the last one first.
type links struct{ next, prev []int }

// newLinks returns empty lists of numbers below n. The first list begins at n.
func newLinks(n, lists int) links {
	l := links{make([]int, n+lists), make([]int, n+lists)}
	for i := n; i < n+lists; i++ {
		l.next[i], l.prev[i] = i, i
	}
	return l
}

// append adds a number to the end of the list that begins at a place.
func (l links) append(k, list int) {
	last := l.prev[list]
	l.next[last], l.prev[k] = k, last
	l.next[k], l.prev[list] = list, k
}

func (l links) remove(k int) { l.next[l.prev[k]], l.prev[l.next[k]] = l.next[k], l.prev[k] }

func (l links) restore(k int) { l.next[l.prev[k]], l.prev[l.next[k]] = k, k }

func (l links) removed(k int) bool { return l.next[l.prev[k]] != k }

// parts count disjoint sets, part by part: no source is in the sets of two parts, so only parts that have changed are
// counted again.
type parts struct {
	of      []int // the part of each set
	own     links // the sets left of each part
	least   []int // how many of these have no source in common
	sum     int
	changed []int
	stale   []bool
	round   int
	last    []int // when a source was used last
}

func newParts(c *cover) *parts {
	p := &parts{round: 1, of: make([]int, len(c.sets)), last: make([]int, len(c.in))}
	for k := range p.of {
		p.of[k] = -1
	}
	for k := range c.sets {
		if p.of[k] < 0 {
			p.collect(c, k)
		}
	}
	p.own = newLinks(len(c.sets), len(p.least))
	for k, part := range p.of {
		p.own.append(k, len(c.sets)+part)
	}
	return p
}

// collect makes a part of a set and all that share sources with it.
func (p *parts) collect(c *cover, first int) {
	part := len(p.least)
	list := []int{first}
	p.of[first] = part
	for i := 0; i < len(list); i++ {
		for _, source := range c.sets[list[i]] {
			if p.last[source] != 0 {
				continue
			}
			p.last[source] = 1
			for _, k := range c.in[source] {
				if p.of[k] < 0 {
					p.of[k] = part
					list = append(list, k)
				}
			}
		}
	}
	p.least, p.stale, p.changed = append(p.least, 0), append(p.stale, true), append(p.changed, part)
}

func (p *parts) remove(set int) {
	p.own.remove(set)
	p.note(p.of[set])
}

func (p *parts) restore(set int) {
	p.own.restore(set)
	p.note(p.of[set])
}

// note notes that a part has changed.
func (p *parts) note(part int) {
	if !p.stale[part] {
		p.stale[part] = true
		p.changed = append(p.changed, part)
	}
}

// disjoint counts sets that have no source in common: each of them needs one.
func (p *parts) disjoint(c *cover) int {
	for _, part := range p.changed {
		p.stale[part] = false
		p.sum -= p.least[part]
		p.least[part] = p.count(c, len(c.sets)+part)
		p.sum += p.least[part]
	}
	p.changed = p.changed[:0]
	return p.sum
}

// count counts disjoint sets of the part whose list begins at a place.
func (p *parts) count(c *cover, list int) (n int) {
	p.round++
	for k := p.own.next[list]; k != list; k = p.own.next[k] {
		meets := false
		for _, i := range c.sets[k] {
			meets = meets || p.last[i] == p.round
		}
		if meets {
			continue
		}
		n++
		for _, i := range c.sets[k] {
			p.last[i] = p.round
		}
	}
	return n
}
