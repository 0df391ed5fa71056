// Package gen makes declarations of several products to measure with: any number of
// users, the same for the same seed, in every format that permc reads.
package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// AsOf is the date on which what is made is meant to be looked at: entries that
// have expired or will soon are so on this day.
const AsOf = "2026-12-01"

// Entry is an assignment of a role or a grant of a permission.
type Entry struct {
	Name, Scope     string
	Actions         []string
	Starts, Expires string
}

// User is a user with their entries.
type User struct {
	ID, Affiliation, Home string
	Attributes            []OneOf
	Groups                []Entry // without scope and actions
	Roles, Grants         []Entry
}

// Project is a declaration and the findings that permc must make on it on AsOf.
type Project struct {
	Customers int
	Access    object // what access.json says; nil: that of Services Hub with so many customers
	Users     []User
	Findings  map[string]int // by rule
}

// Workspaces is the number of workspaces of a customer; the first has the label
// "first".
const Workspaces = 5

// Customer returns the id of a customer.
func Customer(i int) string { return fmt.Sprintf("customer-%04d", i) }

// Workspace returns the id of a workspace of some customer.
func Workspace(i int) string { return fmt.Sprintf("workspace-%d", i) }

// faults are the violations; each strikes one user in a thousand.
var faults = []string{
	"not-grantable", "deprecated-permission", "wrong-level", "wrong-affiliation", "invalid-period", "denied-action",
	"expired", "duplicate-grant", "duplicate-assignment", "redundant-grant", "expires-soon", "user-without-access",
}

// New makes n users over n/200 customers: 4 % of Microsoft, up to 2 roles and 4
// grants each, and of every violation 0.1 %.
func New(n int, seed uint64, catalog *Catalog) *Project {
	m := &maker{
		rand: rand.New(rand.NewPCG(seed, 0x7065726d63)),
		p:    &Project{Customers: max(1, n/200), Findings: map[string]int{}},
	}
	for id, p := range catalog.Permissions {
		if p.Grantable && !p.Deprecated {
			m.grantable = append(m.grantable, id)
		}
	}
	slices.Sort(m.grantable)
	m.catalog = catalog
	for i := range n {
		m.p.Users = append(m.p.Users, m.user(i))
	}
	return m.p
}

type maker struct {
	rand      *rand.Rand
	p         *Project
	catalog   *Catalog
	grantable []string

	customer string
	taken    map[[2]string]bool // permission and scope that a role gives or a grant names
}

func (m *maker) pick(list ...string) string { return list[m.rand.IntN(len(list))] }

func (m *maker) workspace() string {
	return m.customer + "/" + Workspace(m.rand.IntN(Workspaces))
}

func (m *maker) user(i int) User {
	m.customer = Customer(i % m.p.Customers)
	m.taken = map[[2]string]bool{}
	u := User{ID: fmt.Sprintf("user-%07d@%s.example", i, m.customer), Affiliation: "customer"}
	fault := ""
	if k := m.rand.IntN(1000); k < len(faults) {
		fault = faults[k]
		m.p.Findings[fault]++
	}
	if m.rand.IntN(25) == 0 || fault == "denied-action" {
		u.Affiliation = "microsoft"
		u.ID = fmt.Sprintf("user-%07d@microsoft.example", i)
	}
	if fault == "user-without-access" {
		return u
	}
	roles, grants := m.rand.IntN(3), m.rand.IntN(5)
	for range roles {
		m.assign(&u)
	}
	if fault == "duplicate-assignment" || fault == "redundant-grant" {
		for len(u.Roles) == 0 {
			m.assign(&u)
		}
	}
	if len(u.Roles) == 0 {
		grants = max(1, grants)
	}
	m.fault(&u, fault)
	for range grants {
		m.grant(&u)
	}
	if fault == "duplicate-grant" {
		for len(u.Grants) == 0 {
			m.grant(&u)
		}
		u.Grants = append(u.Grants, u.Grants[m.rand.IntN(len(u.Grants))])
	}
	return u
}

// assign gives one more role, unless the user has it.
func (m *maker) assign(u *User) {
	e := Entry{Name: m.pick("csam", "incident-manager"), Scope: m.customer}
	if u.Affiliation == "customer" {
		e = Entry{Name: "workspace-administrator", Scope: m.workspace()}
		if m.rand.IntN(4) == 0 {
			e = Entry{Name: m.pick("services-admin", "global-administrator"), Scope: m.customer}
		}
	}
	for _, has := range u.Roles {
		if has.Name == e.Name && has.Scope == e.Scope {
			return
		}
	}
	m.period(&e)
	u.Roles = append(u.Roles, e)
	for _, g := range m.catalog.Roles[e.Name].Gives {
		for i := range Workspaces {
			m.taken[[2]string{g.Permission, m.customer + "/" + Workspace(i)}] = m.taken[[2]string{g.Permission,
				m.customer + "/" + Workspace(i)}] ||
				g.Reach == "subtree" || g.Reach == "self" && e.Scope == m.customer+"/"+Workspace(i) ||
				g.Reach == "first" && i == 0
		}
		if e.Scope == m.customer {
			m.taken[[2]string{g.Permission, m.customer}] = true
		}
	}
}

// grant adds a grant of what the user has not got. Who has next to everything
// may go without.
func (m *maker) grant(u *User) {
	for range 20 {
		e := Entry{Name: m.pick(m.grantable...), Scope: m.customer}
		p := m.catalog.Permissions[e.Name]
		if slices.Contains(p.Levels, "workspace") {
			e.Scope = m.workspace()
		}
		if m.taken[[2]string{e.Name, e.Scope}] {
			continue
		}
		m.taken[[2]string{e.Name, e.Scope}] = true
		if len(p.Actions) > 1 && m.rand.IntN(2) == 0 {
			e.Actions = []string{"view"}
		}
		m.period(&e)
		u.Grants = append(u.Grants, e)
		return
	}
}

// period ends one entry in twenty, long after AsOf.
func (m *maker) period(e *Entry) {
	if m.rand.IntN(20) == 0 {
		e.Expires = fmt.Sprintf("2027-%02d-%02d", 3+m.rand.IntN(10), 1+m.rand.IntN(28))
	}
}

// fault adds the entry that a rule finds. Of a permission that no role gives,
// so that no other rule finds it first.
func (m *maker) fault(u *User, rule string) {
	add := func(e Entry) {
		m.taken[[2]string{e.Name, e.Scope}] = true
		u.Grants = append(u.Grants, e)
	}
	on := m.workspace()
	switch rule {
	case "not-grantable":
		add(Entry{Name: "manage-users", Scope: on})
	case "deprecated-permission":
		add(Entry{Name: "contract-details", Scope: on})
	case "wrong-level":
		add(Entry{Name: "view-engagement", Scope: on})
	case "wrong-affiliation":
		e := Entry{Name: "csam", Scope: m.customer}
		if u.Affiliation == "microsoft" {
			e = Entry{Name: "workspace-administrator", Scope: on}
		}
		u.Roles = append(u.Roles, e)
	case "invalid-period":
		add(Entry{Name: "support-contact", Scope: on, Starts: "2027-02-01", Expires: "2027-01-01"})
	case "denied-action":
		add(Entry{Name: "customer-activity", Scope: on, Actions: []string{"view", "export"}})
	case "expired":
		add(Entry{Name: "support-contact", Scope: on, Expires: "2026-06-30"})
	case "expires-soon":
		add(Entry{Name: "support-contact", Scope: on, Expires: "2026-12-15"})
	case "duplicate-assignment":
		u.Roles = append(u.Roles, u.Roles[0])
	case "redundant-grant":
		add(m.redundantGrant(u.Roles[0], on))
	}
}

// redundantGrant returns a grant of what a role gives already, at its own scope or on a workspace.
func (m *maker) redundantGrant(r Entry, workspace string) Entry {
	for _, g := range m.catalog.Roles[r.Name].Gives {
		p := m.catalog.Permissions[g.Permission]
		switch {
		case !p.Grantable:
		case g.Reach == "subtree":
			return Entry{Name: g.Permission, Scope: workspace, Expires: r.Expires}
		case g.Reach == "self" && slices.Contains(p.Levels, m.catalog.Roles[r.Name].Level):
			return Entry{Name: g.Permission, Scope: r.Scope, Expires: r.Expires}
		}
	}
	panic("gen: " + r.Name + " gives nothing that can be granted")
}
