// Command nearlimit does the least that gives the rows: it reads JSON lines that
// it takes to be right, knows no places, and prints user, scope, permission and
// actions. What permc is measured against.
//
// A user's permissions on one scope are two bit sets, one a permission each for
// the first and the second action; what a role gives is such sets, made before.
// Services Hub is here, the other products are in units.go.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/bits"
	"os"
	"path/filepath"
	"slices"

	"permc.dev/permc/bench/gen"
)

// held are the permissions with their first and second action.
type held [2]uint64

func (h *held) add(g held) { h[0] |= g[0]; h[1] |= g[1] }

// role is what a role gives: at its own scope, on the workspaces under it, on
// the first one.
type role struct {
	here, under, first held
	customer           bool
	affiliation        byte
}

type permission struct {
	all      held
	customer bool
}

type customer struct {
	name       []byte
	workspaces [][]byte // full paths
	first      []bool
}

type machine struct {
	asOf        string
	customers   map[string]*customer
	last        *customer
	permissions map[string]*permission
	roles       map[string]*role
	tails       [][4]string // by permission and actions held, from the comma on
	noSecond    uint64      // permissions whose second action is denied
	denied      byte

	second  string // the second action, of all that have one
	entries []entry
	out     []byte
}

func (m *machine) buffer() *[]byte { return &m.out }

// entry is an assignment or a grant in force.
type entry struct {
	name, scope []byte
	isRole      bool
	actions     byte // bits: the first, the second
}

func main() {
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run makes the tables of the product, and prints the rows of each line.
func run(dir string, w io.Writer) error {
	var kind struct{ Product string }
	if err := read(filepath.Join(dir, "catalog.json"), &kind); err != nil {
		return err
	}
	var m product = &machine{}
	if kind.Product != "" {
		m = &units{}
	}
	if err := m.tables(dir); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(dir, "users.jsonl"))
	if err != nil {
		return err
	}
	defer f.Close()
	return printRows(m, f, w)
}

// product computes the rows of a line into a buffer.
type product interface {
	tables(dir string) error
	user(line []byte)
	buffer() *[]byte
}

func printRows(m product, f io.Reader, w io.Writer) error {
	out := m.buffer()
	*out = make([]byte, 0, 1<<18)
	*out = append(*out, "user,scope,permission,actions\n"...)
	lines := bufio.NewReaderSize(f, 1<<18)
	for {
		line, err := lines.ReadSlice('\n')
		if err == io.EOF {
			_, err = w.Write(*out)
			return err
		}
		if err != nil {
			return err
		}
		m.user(line)
		if len(*out) > 1<<17 {
			if _, err := w.Write(*out); err != nil {
				return err
			}
			*out = (*out)[:0]
		}
	}
}

func (m *machine) tables(dir string) error {
	var catalog gen.Catalog
	if err := read(filepath.Join(dir, "catalog.json"), &catalog); err != nil {
		return err
	}
	var access struct{ Scopes map[string]customerTree }
	if err := read(filepath.Join(dir, "access.json"), &access); err != nil {
		return err
	}
	m.asOf, m.denied = catalog.AsOf, catalog.Deny.Affiliation[0]
	m.addCustomers(access.Scopes)
	m.addRoles(&catalog, m.addPermissions(&catalog))
	return nil
}

// customerTree holds a customer with its workspaces.
type customerTree struct {
	Scopes map[string]struct{ Labels []string }
}

func (m *machine) addCustomers(list map[string]customerTree) {
	m.customers = map[string]*customer{}
	for name, c := range list {
		x := &customer{name: []byte(name)}
		for _, w := range slices.Sorted(maps.Keys(c.Scopes)) {
			x.workspaces = append(x.workspaces, []byte(name+"/"+w))
			x.first = append(x.first, slices.Contains(c.Scopes[w].Labels, "first"))
		}
		m.customers[name] = x
	}
}

// addPermissions adds the permissions, and numbers them.
func (m *machine) addPermissions(catalog *gen.Catalog) map[string]int {
	m.permissions = map[string]*permission{}
	number := map[string]int{}
	for i, id := range slices.Sorted(maps.Keys(catalog.Permissions)) {
		p := catalog.Permissions[id]
		number[id] = i
		x := &permission{customer: p.Levels[0] == "customer"}
		tail := [4]string{1: "," + id + "," + p.Actions[0] + "\n"}
		if p.Grantable && !p.Deprecated {
			x.all[0] = 1 << i
		}
		if len(p.Actions) > 1 {
			m.second, x.all[1] = p.Actions[1], x.all[0]
			tail[2] = "," + id + "," + p.Actions[1] + "\n"
			tail[3] = "," + id + "," + p.Actions[0] + ";" + p.Actions[1] + "\n"
			if p.Actions[1] == catalog.Deny.Action {
				m.noSecond |= 1 << i
			}
		}
		m.permissions[id] = x
		m.tails = append(m.tails, tail)
	}
	return number
}

func (m *machine) addRoles(catalog *gen.Catalog, number map[string]int) {
	m.roles = map[string]*role{}
	for id, r := range catalog.Roles {
		x := &role{customer: r.Level == "customer", affiliation: r.Affiliations[0][0]}
		for _, g := range r.Gives {
			h := held{1 << number[g.Permission]}
			if len(g.Actions) > 1 {
				h[1] = h[0]
			}
			onCustomer := m.permissions[g.Permission].customer
			switch {
			case g.Reach == "first":
				x.first.add(h)
			case onCustomer || !x.customer:
				x.here.add(h)
			case g.Reach == "subtree":
				x.under.add(h)
			}
		}
		m.roles[id] = x
	}
}

func read(name string, into any) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// user prints the rows of the user of one line.
func (m *machine) user(line []byte) {
	s := scanner{line: line}
	var id []byte
	var affiliation byte
	m.entries = m.entries[:0]
	for s.enter('{'); s.more('}'); {
		switch key := s.text(); key[0] {
		case 'u':
			id = s.text()
		case 'a':
			affiliation = s.text()[0]
		case 'r', 'g':
			for s.enter('['); s.more(']'); {
				m.entry(&s, key[0] == 'r')
			}
		}
	}
	var got [16]held // the customer's, then those of its workspaces
	var c *customer
	for i := range m.entries {
		c = m.give(&got, &m.entries[i], affiliation)
	}
	if c != nil {
		m.rows(id, affiliation, c, &got)
	}
}

// entry reads an assignment or a grant, and keeps it if it is in force.
func (m *machine) entry(s *scanner, isRole bool) {
	e := entry{isRole: isRole, actions: 3}
	inForce := true
	for s.enter('{'); s.more('}'); {
		switch key := s.text(); {
		case key[0] == 'r' || key[0] == 'p':
			e.name = s.text()
		case string(key) == "scope":
			e.scope = s.text()
		case key[0] == 's':
			inForce = string(s.text()) <= m.asOf && inForce
		case key[0] == 'e':
			inForce = string(s.text()) >= m.asOf && inForce
		case key[0] == 'a':
			e.actions = 0
			for s.enter('['); s.more(']'); {
				if string(s.text()) == m.second {
					e.actions |= 2
				} else {
					e.actions |= 1
				}
			}
		}
	}
	if inForce {
		m.entries = append(m.entries, e)
	}
}

// give adds what an entry gives.
func (m *machine) give(got *[16]held, e *entry, affiliation byte) *customer {
	c, place := m.scope(e.scope)
	if !e.isRole {
		p := m.permissions[string(e.name)]
		if p.customer != (place == 0) {
			return c
		}
		h := p.all
		if e.actions&1 == 0 {
			h[0] = 0
		}
		if e.actions&2 == 0 {
			h[1] = 0
		}
		got[place].add(h)
		return c
	}
	r := m.roles[string(e.name)]
	if r.customer != (place == 0) || r.affiliation != affiliation {
		return c
	}
	got[place].add(r.here)
	if place > 0 {
		return c
	}
	for i, first := range c.first {
		got[i+1].add(r.under)
		if first {
			got[i+1].add(r.first)
		}
	}
	return c
}

// rows prints what was given and is not denied.
func (m *machine) rows(id []byte, affiliation byte, c *customer, got *[16]held) {
	for i := range len(c.workspaces) + 1 {
		h := got[i]
		if affiliation == m.denied {
			h[1] &^= m.noSecond
		}
		left := h[0] | h[1]
		if left == 0 {
			continue
		}
		scope := c.name
		if i > 0 {
			scope = c.workspaces[i-1]
		}
		start := len(m.out)
		m.out = append(m.out, id...)
		m.out = append(m.out, ',')
		m.out = append(m.out, scope...)
		n := len(m.out) - start
		for first := true; left != 0; left &= left - 1 {
			b := bits.TrailingZeros64(left)
			if !first {
				m.out = append(m.out, m.out[start:start+n]...)
			}
			first = false
			m.out = append(m.out, m.tails[b][h[0]>>b&1|h[1]>>b&1<<1]...)
		}
	}
}

// scanner reads JSON that is known to be right and to have no escapes.
type scanner struct {
	line []byte
	at   int
}

func (s *scanner) space() byte {
	for s.line[s.at] <= ' ' || s.line[s.at] == ',' || s.line[s.at] == ':' {
		s.at++
	}
	return s.line[s.at]
}

// enter passes the bracket that opens; its kind is in the text for the reader.
func (s *scanner) enter(byte) { s.space(); s.at++ }

func (s *scanner) more(end byte) bool {
	if s.space() != end {
		return true
	}
	s.at++
	return false
}

func (s *scanner) text() []byte {
	s.space()
	start := s.at + 1
	s.at = start
	for s.line[s.at] != '"' {
		s.at++
	}
	s.at++
	return s.line[start : s.at-1]
}

// scope finds a customer, and which of its scopes a path names: 0 is itself. The
// scopes of one user are of one customer.
func (m *machine) scope(path []byte) (*customer, int) {
	slash := bytes.IndexByte(path, '/')
	name := path
	if slash >= 0 {
		name = path[:slash]
	}
	if m.last == nil || string(m.last.name) != string(name) {
		m.last = m.customers[string(name)]
	}
	if slash < 0 {
		return m.last, 0
	}
	for i, w := range m.last.workspaces {
		if string(w[slash:]) == string(path[slash:]) {
			return m.last, i + 1
		}
	}
	return m.last, 0
}
