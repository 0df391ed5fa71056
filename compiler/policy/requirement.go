package policy

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Met says whether a requirement is met, until when (zero: no expiry), and the first place that meets
// it.
type Met struct {
	OK   bool
	Ends Date
	Pos  Pos

	Confidence Confidence // of what meets it
}

// and returns the combination that holds while both hold.
func (m Met) and(n Met) Met {
	pos := m.Pos
	if !pos.IsValid() {
		pos = n.Pos
	}
	return Met{m.OK && n.OK, Earlier(m.Ends, n.Ends), pos, max(m.Confidence, n.Confidence)}
}

// or returns the combination that holds while either holds.
func (m Met) or(n Met) Met {
	switch {
	case !n.OK:
		return m
	case !m.OK:
		return n
	}
	return Met{true, Later(m.Ends, n.Ends), m.Pos, min(m.Confidence, n.Confidence)}
}

// Met reports whether a user meets the requirement, seen from a scope. Of what is not met it returns no more than OK
// needs: facts about the user and the scope are looked at before roles and rows, which take longer.
func (r *Requirement) Met(a *Access, s *Scope) Met { return r.met(s, &Sight{access: a}) }

func (r *Requirement) met(s *Scope, x *Sight) Met {
	if !r.HasUser(x.access.User) {
		return Met{}
	}
	return r.metFrom(s, x)
}

func (r *Requirement) metFrom(s *Scope, x *Sight) Met {
	if !r.matchesScope(x.access.User, s) {
		return Met{}
	}
	return r.meetsHeld(s, x)
}

// HasUser reports whether the attributes of a user are as required.
func (r *Requirement) HasUser(u *User) bool {
	if !hasAttributes(u.Attributes, r.Attributes) {
		return false
	}
	for _, x := range r.AllOf {
		if !x.HasUser(u) {
			return false
		}
	}
	return true
}

// NeedsAccess reports whether only somebody with a role or permission can meet a requirement.
func (r *Requirement) NeedsAccess() bool {
	return r.Role != nil || r.Permission != nil || slices.ContainsFunc(r.AllOf, (*Requirement).NeedsAccess) ||
		len(r.AnyOf) > 0 && !slices.ContainsFunc(r.AnyOf, func(x *Requirement) bool { return !x.NeedsAccess() })
}

// Excludes reports whether a requirement, or nil, is met by lacking something.
func (r *Requirement) Excludes() bool {
	return r != nil && (len(r.NoneOf) > 0 || slices.ContainsFunc(r.AllOf, (*Requirement).Excludes) ||
		slices.ContainsFunc(r.AnyOf, (*Requirement).Excludes))
}

// matchesScope reports whether the attributes of a scope are as required.
func (r *Requirement) matchesScope(u *User, s *Scope) bool {
	if !hasScopeAttributes(s, r.ScopeAttributes) || r.Matching != "" && !sharesValue(u, s, r.Matching) {
		return false
	}
	for _, x := range r.AllOf {
		if !x.matchesScope(u, s) {
			return false
		}
	}
	return true
}

// meetsHeld checks the rest of a requirement whose facts are as required.
func (r *Requirement) meetsHeld(s *Scope, sight *Sight) Met {
	m := Met{OK: true}
	if r.Role != nil {
		if m = m.and(sight.meetsRole(r, s)); !m.OK {
			return m
		}
	}
	if r.Permission != nil {
		if m = m.and(sight.meetsPermission(r, s)); !m.OK {
			return m
		}
	}
	if r.GroupName.Given() {
		if m = m.and(meetsGroup(sight.access, r.GroupName.Name)); !m.OK {
			return m
		}
	}
	for _, x := range r.AllOf {
		if m = m.and(x.meetsHeld(s, sight)); !m.OK {
			return m
		}
	}
	if len(r.AnyOf) > 0 {
		var any Met
		for _, x := range r.AnyOf {
			any = any.or(x.met(s, sight))
		}
		if m = m.and(any); !m.OK {
			return m
		}
	}
	for _, x := range r.NoneOf {
		if x.met(s, sight).OK {
			m.OK = false
			return m
		}
	}
	return m
}

// Sees reports whether what a user holds on a scope counts, seen from another.
func (r *Requirement) Sees(u *User, from, held *Scope) bool {
	if r.At == AtHome {
		return u.Home == nil || u.Home == held
	}
	return r.At.Holds(from, held)
}

func meetsRole(a *Access, r *Requirement, s *Scope) (m Met) {
	for i := range a.Roles {
		h := &a.Roles[i]
		if h.Role == r.Role && r.Sees(a.User, s, h.Scope) && !(r.Direct && h.Group != nil) {
			m = m.or(Met{true, h.Ends, h.Entry.Pos, h.Confidence})
		}
	}
	return m
}

// meetsPermission checks the row of the permission on each scope, in the order of the scopes.
func meetsPermission(x *Sight, r *Requirement, s *Scope) (m Met) {
	if r.At == Same {
		if s == nil {
			return m
		}
		if row := x.row(s, r.Permission); row != nil {
			m = m.or(rowMeets(row, r))
		}
		return m
	}
	rows, found := x.access.Rows, x.foundOf(r.Permission)
	if r.At == Above || r.At == Nearby {
		m = meetsOnWay(x, r, s)
		if r.At == Above || s == nil {
			return m
		}
		rows, found = rowsBelow(rows, s), rowsBelow(found, s)
	}
	for rows = skipTo(rows, r.Permission); len(rows)+len(found) > 0; {
		var row *Row
		if len(found) == 0 || len(rows) > 0 && rows[0].Scope.Index < found[0].Scope.Index {
			row, rows = &rows[0], skipTo(rows[1:], r.Permission)
		} else {
			row, found = &found[0], found[1:]
		}
		if r.Sees(x.access.User, s, row.Scope) {
			m = m.or(rowMeets(row, r))
		}
	}
	return m
}

// skipTo returns the rows from the first of a permission on. Rows are sorted by scope, then permission.
func skipTo(rows []Row, p *Permission) []Row {
	for len(rows) > 0 {
		on := rows[0].Scope
		rows = rows[rowsBefore(rows, on.Index, p.Index):]
		if len(rows) > 0 && rows[0].Scope == on && rows[0].Permission == p {
			break
		}
		rows = rows[rowsBefore(rows, on.Index+1, 0):]
	}
	return rows
}

// meetsOnWay checks the row of the permission on a scope, and on those above it in its tree.
func meetsOnWay(x *Sight, r *Requirement, s *Scope) (m Met) {
	var way []*Scope
	for ; s != nil; s = s.Parent {
		if way = append(way, s); s.Apart {
			break
		}
	}
	for _, on := range slices.Backward(way) { // as rows are sorted
		if row := x.row(on, r.Permission); row != nil {
			m = m.or(rowMeets(row, r))
		}
	}
	return m
}

// rowsBelow returns the rows on scopes below one. Their paths begin like no others, and rows are sorted by path.
func rowsBelow(rows []Row, s *Scope) []Row {
	from := sort.Search(len(rows), func(i int) bool { return rows[i].Scope.Path >= s.Path+"/" })
	rows = rows[from:]
	return rows[:sort.Search(len(rows), func(i int) bool { return !strings.HasPrefix(rows[i].Scope.Path, s.Path+"/") })]
}

// FindRow returns the row of a permission on a scope, or nil.
func FindRow(rows []Row, s *Scope, p *Permission) *Row {
	low, high := 0, len(rows)
	for low < high {
		middle := int(uint(low+high) / 2)
		switch r := &rows[middle]; {
		case r.Scope.Index < s.Index || r.Scope == s && r.Permission.Index < p.Index:
			low = middle + 1
		case r.Scope == s && r.Permission == p:
			return r
		default:
			high = middle
		}
	}
	return nil
}

// rowsBefore returns how many rows come before a permission on a scope. It finds close ones quickly.
func rowsBefore(rows []Row, scope, permission int) int {
	before := func(i int) bool {
		r := &rows[i]
		return r.Scope.Index < scope || r.Scope.Index == scope && r.Permission.Index < permission
	}
	low, high := 0, 1
	for high < len(rows) && before(high) {
		low, high = high, 2*high
	}
	high = min(high, len(rows))
	return low + sort.Search(high-low, func(i int) bool { return !before(low + i) })
}

// rowMeets checks whether the sources of a row leave the needed actions, each until its last source
// ends, or any action if none is named.
func rowMeets(row *Row, r *Requirement) Met {
	left := func(wanted Actions) (m Met) {
		for i := range row.Via {
			v := &row.Via[i]
			if v.Actions&row.Actions&wanted != 0 && !(r.Direct && v.Group != nil) {
				m = m.or(Met{true, v.Ends, v.Pos, v.Confidence})
			}
		}
		return m
	}
	if r.Actions == 0 {
		return left(row.Permission.All())
	}
	m := Met{OK: true}
	for i := range row.Permission.Actions {
		if one := Actions(1) << i; r.Actions&one != 0 {
			m = m.and(left(one))
		}
	}
	return m
}

func meetsGroup(a *Access, name string) Met {
	if affiliation, ok := CutEveryone(name); ok {
		return Met{OK: affiliation == "" || affiliation == a.User.Affiliation, Pos: a.User.Pos}
	}
	of := a.User.Memberships
	i, ok := slices.BinarySearchFunc(of, name, func(m Membership, name string) int {
		return strings.Compare(m.Group.ID, name)
	})
	if !ok {
		return Met{}
	}
	ends, ok := of[i].Periods.On(a.On)
	return Met{OK: ok, Ends: ends, Pos: of[i].Pos}
}

// hasScopeAttributes checks the scope and the scopes above it.
func hasScopeAttributes(s *Scope, want []Attribute) bool {
	for _, w := range want {
		found := false
		for at := s; at != nil && !found; at = at.Parent {
			found = hasAttributes(at.Attributes, []Attribute{w})
		}
		if !found {
			return false
		}
	}
	return true
}

// sharesValue reports whether the user shares a value of the attribute with every scope, from s
// upwards, that has the attribute.
func sharesValue(u *User, s *Scope, attribute string) bool {
	for ; s != nil; s = s.Parent {
		if values := s.Attributes[attribute]; len(values) > 0 && !haveCommon(values, u.Attributes[attribute]) {
			return false
		}
	}
	return true
}

// manyPairs is from how many pairs on it takes longer to compare each than to make a set.
const manyPairs = 1000

// haveCommon reports whether two lists have a value in common.
func haveCommon(a, b []string) bool {
	if len(a)*len(b) < manyPairs {
		return slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
	}
	set := make(map[string]bool, len(a))
	for _, v := range a {
		set[v] = true
	}
	return slices.ContainsFunc(b, func(v string) bool { return set[v] })
}

// String returns the requirement in words.
func (r *Requirement) String() string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	through := ""
	if r.Direct {
		through = ", directly"
	}
	if r.Role != nil {
		add("role %q%s", r.Role.ID, through)
	}
	if r.Permission != nil {
		add("permission %q%s%s", r.Permission.ID, r.actionText(), through)
	}
	if r.GroupName.Given() {
		add("membership of group %q", r.GroupName.Name)
	}
	for _, a := range slices.Concat(r.Attributes, r.ScopeAttributes) {
		add("%s", wordAttribute(&a))
	}
	if r.Matching != "" {
		add("one of the scope's %s", r.Matching)
	}
	for _, x := range r.AllOf {
		add("%s", x.String())
	}
	for _, x := range [...]struct {
		list []*Requirement
		head string
	}{{r.AnyOf, "one of "}, {r.NoneOf, "none of "}} {
		if len(x.list) > 0 {
			add("%s(%s)", x.head, strings.Join(wordAll(x.list), "; "))
		}
	}
	return strings.Join(parts, " and ")
}

func (r *Requirement) actionText() string {
	if r.Actions == 0 {
		return ""
	}
	return " with " + JoinNames(r.Permission.Names(r.Actions), ", ")
}

func wordAttribute(a *Attribute) string {
	var values []string
	for _, v := range a.Values {
		values = append(values, v.Name)
	}
	if len(values) == 0 {
		return "any of " + a.Name.Name
	}
	return strings.Join(values, " or ") + " among " + a.Name.Name
}

func wordAll(list []*Requirement) (out []string) {
	for _, x := range list {
		out = append(out, x.String())
	}
	return out
}
