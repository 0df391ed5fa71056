package diff

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Memory is reused for one user after the other. Each goroutine needs its own.
type Memory struct {
	rows    []policy.Row
	via     []policy.Via
	changes []Change
	causes  []Cause  // of changes
	found   []Cause  // of one change, with repetitions
	roles   []string // of changes
	effects []Effect
	shared  [16][]Effect  // of the people before, each once
	turn    int           // which of them is replaced next
	runs    []run         // of one row
	slots   []*policy.Row // of tracks
	days    []int         // likewise
	tracks  map[rowKey]*track
	one     timeline // of a user whose entries neither begin nor end later
	row     track
	last    lastCause
	held    [2][]*policy.Held             // of a user whose entries neither begin nor end later
	entries map[*policy.Entry]*entryIndex // of long lists, by their first entry
	paired  map[[2]*policy.Entry]counterparts
	members policy.MemberIndex
	copies  policy.ViaCopies           // of rows that were flattened together
	lacking map[twoLists][]*policy.Via // see missingSources
	listed  map[causesKey][]Cause      // see causes
	ofRow   bool                       // something in the list of causes depends on the row
}

// oneDay lists the days of a user whose entries neither begin nor end later.
var oneDay = []policy.Date{0}

// keep copies a row that would be overwritten when another day is looked at. Rows of one day that share a long list of
// sources share its copy.
func (m *Memory) keep(r *policy.Row) *policy.Row {
	m.rows = append(m.rows, *r)
	kept := &m.rows[len(m.rows)-1]
	if len(r.Via) < policy.Long { // as nearly always
		kept.Via = m.keepVias(r.Via)
		return kept
	}
	kept.Via = m.copies.Of(r, m.keepVias)
	return kept
}

func (m *Memory) keepVias(list []policy.Via) []policy.Via {
	at := len(m.via)
	m.via = append(m.via, list...)
	return m.via[at:len(m.via):len(m.via)]
}

// byRow returns an empty map for the rows of one user.
func (m *Memory) byRow() map[rowKey]*track {
	if m.tracks == nil {
		m.tracks = map[rowKey]*track{}
	}
	clear(m.tracks)
	return m.tracks
}

// track returns an empty track. Most rows change at most once.
func (m *Memory) track() *track {
	at, day := len(m.slots), len(m.days)
	m.slots, m.days = append(m.slots, nil, nil, nil, nil), append(m.days, 0, 0)
	return &track{steps[policy.Row]{m.days[day : day+1 : day+2], m.slots[at : at+1 : at+2],
		m.slots[at+2 : at+3 : at+4]}}
}

// forget makes room for another user.
func (m *Memory) forget() {
	m.rows, m.via, m.slots, m.changes, m.effects = m.rows[:0], m.via[:0], m.slots[:0], m.changes[:0], m.effects[:0]
	m.days, m.causes, m.roles, m.last.via = m.days[:0], m.causes[:0], m.roles[:0], nil
	clear(m.entries)
	clear(m.paired)
	m.copies.Reset()
	clear(m.lacking)
	clear(m.listed)
}

// endCauses takes those from an index on for one change.
func (m *Memory) endCauses(from int) []Cause {
	if len(m.causes) == from {
		return nil
	}
	return m.causes[from:len(m.causes):len(m.causes)]
}

// endRoles takes the roles from an index on for one change.
func (m *Memory) endRoles(from int) []string {
	if len(m.roles) == from {
		return nil
	}
	return m.roles[from:len(m.roles):len(m.roles)]
}

// Effect sums up what a person's changes do with a permission. It leaves out scopes, days and causes, so that it can
// be kept for everybody.
type Effect struct {
	Permission *policy.Permission // as in the row of the change
	Actions    policy.Actions     // of those that come
	Gravity    int8
	More       bool // or less
}

// summarize counts a person's changes and sums up their effects.
func (x *Person) summarize(m *Memory) {
	effects := m.effects[:0]
	var at map[Effect]int // of many changes
	if len(x.Changes) >= policy.Long {
		at = map[Effect]int{}
	}
	for i := range x.Changes {
		c := &x.Changes[i]
		x.Counts[c.Kind]++
		if c.Kind == ReasonChanged {
			continue
		}
		e := Effect{Permission: c.Row().Permission, Gravity: int8(c.Gravity()), More: c.Kind.More()}
		if e.More {
			x.gains += len(c.Actions)
			e.Actions = setOf(e.Permission, c.Actions)
		} else {
			x.losses += len(c.Actions)
		}
		effects = addEffect(effects, e, at)
	}
	m.effects = effects
	x.Effects = m.share(effects)
}

// addEffect adds an effect to those that are known. If there are many, a map says where each is.
func addEffect(list []Effect, e Effect, at map[Effect]int) []Effect {
	key := e
	key.Actions = 0
	n := -1
	if k, known := at[key]; known {
		n = k
	} else if at == nil {
		n = slices.IndexFunc(list, func(o Effect) bool {
			return o.Permission == e.Permission && o.Gravity == e.Gravity && o.More == e.More
		})
	}
	if n >= 0 {
		list[n].Actions |= e.Actions
		return list
	}
	if at != nil {
		at[key] = len(list)
	}
	return append(list, e)
}

// share returns a lasting copy of some effects, mostly the same one for people with equal effects.
func (m *Memory) share(effects []Effect) []Effect {
	if len(effects) == 0 {
		return nil
	}
	for _, known := range m.shared {
		if slices.Equal(known, effects) {
			return known
		}
	}
	m.turn = (m.turn + 1) % len(m.shared)
	m.shared[m.turn] = slices.Clone(effects)
	return m.shared[m.turn]
}

// setOf returns actions of a permission as a set.
func setOf(p *policy.Permission, names []string) (set policy.Actions) {
	if slices.Equal(names, p.Actions) {
		return p.All()
	}
	for i, a := range p.Actions {
		if slices.Contains(names, a) {
			set |= 1 << i
		}
	}
	return set
}
