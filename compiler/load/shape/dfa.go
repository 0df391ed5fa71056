package shape

import (
	"encoding/binary"
	"regexp"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// dfa is a regular expression as a table, in which an ASCII byte leads from one state to another. The
// regexp package matches text that is not ASCII.
type dfa struct {
	next   [][utf8.RuneSelf]uint16
	stays  [][utf8.RuneSelf]bool // whether the state stays the same
	always []bool                // it matches whatever follows: no byte leads away
	atEnd  []bool                // it matches if the text ends here
	dead   []bool                // it cannot match whatever follows
}

// mostStates limits the size of a table.
const mostStates = 256

// newDFA returns nil for an expression that needs more than a small table, for example one with word
// boundaries.
func newDFA(expr string) *dfa {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil
	}
	m := &dfaMaker{prog: prog, states: map[string]uint16{}, dfa: &dfa{}}
	m.state(m.closure([]uint32{uint32(prog.Start)}, true, false), true)
	for i := 0; i < len(m.leaves) && !m.failed; i++ {
		m.fill(i)
	}
	if m.failed {
		return nil
	}
	m.dfa.stays = make([][utf8.RuneSelf]bool, len(m.dfa.next))
	for state := range m.dfa.next {
		for c, to := range m.dfa.next[state] {
			m.dfa.stays[state][c] = int(to) == state
		}
	}
	return m.dfa
}

// match reports whether a text matches; known is false if it is not ASCII.
func (d *dfa) match(s string) (ok, known bool) {
	state := uint16(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return false, false
		}
		if state = d.next[state][c]; i == 0 && d.dead[state] {
			return false, true
		}
		// Most bytes of a text keep the state, which the processor can predict without waiting for the
		// table.
		for stays := &d.stays[state]; i+1 < len(s) && s[i+1] < utf8.RuneSelf && stays[s[i+1]]; i++ {
		}
	}
	return d.always[state] || d.atEnd[state], true
}

// matcher uses the regexp package until an expression has been used often enough to pay for its table.
type matcher struct {
	expression string
	compiled   func() *regexp.Regexp
	uses       atomic.Int32
	table      atomic.Pointer[dfa] // nil until then, and if the expression needs too large a table
	some       bool                // any text matches except the empty one
}

// newMatcher returns a matcher of a correct expression, which it compiles when it first needs it.
func newMatcher(expression string) *matcher {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
	return &matcher{expression: expression, compiled: compiled, some: expression == `^(?s:.+)$`}
}

const often = 500

func (m *matcher) MatchString(s string) bool {
	if m.some {
		return s != ""
	}
	if d := m.table.Load(); d != nil {
		if ok, known := d.match(s); known {
			return ok
		}
	} else if n := m.uses.Load(); n < often && m.uses.Add(1) == often {
		m.table.Store(newDFA(m.expression))
	}
	return m.compiled().MatchString(s)
}

// dfaMaker makes states from sets of instructions.
type dfaMaker struct {
	prog   *syntax.Prog
	dfa    *dfa
	states map[string]uint16
	leaves [][]uint32 // of each state, sorted
	failed bool
}

// closure follows the instructions that take no text, as far as the place in the text allows, to those
// that do, to matches, and to ends of text.
func (m *dfaMaker) closure(from []uint32, atStart, atEnd bool) (leaves []uint32) {
	seen := map[uint32]bool{}
	for len(from) > 0 {
		pc := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch in := &m.prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			from = append(from, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			from = append(from, in.Out)
		case syntax.InstFail:
		case syntax.InstEmptyWidth:
			op := syntax.EmptyOp(in.Arg)
			switch {
			case op&^(syntax.EmptyBeginText|syntax.EmptyEndText) != 0:
				m.failed = true
			case op&syntax.EmptyBeginText != 0 && !atStart:
			case op&syntax.EmptyEndText != 0 && !atEnd:
				leaves = append(leaves, pc)
			default:
				from = append(from, in.Out)
			}
		default:
			leaves = append(leaves, pc)
		}
	}
	slices.Sort(leaves)
	return leaves
}

// state returns the number of a set; the first one is the start of a text.
func (m *dfaMaker) state(leaves []uint32, atStart bool) uint16 {
	key := []byte{0}
	if atStart {
		key[0] = 1
	}
	for _, pc := range leaves {
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	if n, ok := m.states[string(key)]; ok {
		return n
	}
	n := len(m.leaves)
	if n >= mostStates {
		m.failed = true
		return 0
	}
	m.states[string(key)] = uint16(n)
	m.leaves = append(m.leaves, leaves)
	m.dfa.next = append(m.dfa.next, [utf8.RuneSelf]uint16{})
	m.dfa.always = append(m.dfa.always, m.matches(leaves))
	m.dfa.dead = append(m.dfa.dead, n > 0 && len(leaves) == 0)
	m.dfa.atEnd = append(m.dfa.atEnd, m.matches(m.closure(slices.Clone(leaves), atStart, true)))
	return uint16(n)
}

func (m *dfaMaker) matches(leaves []uint32) bool {
	return slices.ContainsFunc(leaves, func(pc uint32) bool { return m.prog.Inst[pc].Op == syntax.InstMatch })
}

// fill finds where each byte leads. A match may begin anywhere, so the start of the program is always
// among the next instructions.
func (m *dfaMaker) fill(state int) {
	for b := range rune(utf8.RuneSelf) {
		if m.dfa.always[state] {
			m.dfa.next[state][b] = uint16(state)
			continue
		}
		to := []uint32{uint32(m.prog.Start)}
		for _, pc := range m.leaves[state] {
			if in := &m.prog.Inst[pc]; takesRune(in, b) {
				to = append(to, in.Out)
			}
		}
		m.dfa.next[state][b] = m.state(m.closure(to, false, false), false)
	}
}

func takesRune(in *syntax.Inst, r rune) bool {
	switch in.Op {
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return r != '\n'
	case syntax.InstRune, syntax.InstRune1:
		return in.MatchRune(r)
	}
	return false
}
