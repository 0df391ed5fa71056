package policy

import "slices"

// Row is one effective permission: a user, a scope, a permission, and all sources that give it. A
// user's rows are sorted by scope and permission.
type Row struct {
	User       *User
	Scope      *Scope
	Permission *Permission
	Actions    Actions // after deny
	Withheld   []Withheld
	Records    Records
	Ends       Date // when the last source ends; 0: never
	Via        []Via
	More       int // sources that Brief left out
}

// Held reports whether an action is left.
func (r *Row) Held() bool { return r.Actions != 0 }

// RecordsOf returns the most records that one of the row's actions covers.
func (r *Row) RecordsOf(action Actions) Records {
	most := GroupRecords
	for i := range r.Via {
		if v := &r.Via[i]; v.Actions&action != 0 {
			most = min(most, v.Records)
		}
	}
	return most
}

// Records is whose records somebody reaches.
type Records uint8

// The kinds of records, each part of the one before: whoever reaches their own records also reaches
// those of their groups.
const (
	AllRecords Records = iota
	OwnRecords
	GroupRecords // those of the group through which it is held, alone
)

// String returns the word for it in tables.
func (r Records) String() string { return [...]string{"all", "own", "group"}[r] }

// Clone returns a copy of the row that shares no memory that a flattener reuses.
func (r *Row) Clone() *Row {
	if r == nil {
		return nil
	}
	c := *r
	c.Via, c.Withheld = slices.Clone(r.Via), slices.Clone(r.Withheld)
	return &c
}

// Clone returns a copy of the access that shares no memory that a flattener reuses.
func (a *Access) Clone() Access {
	c := Access{User: a.User, On: a.On, Roles: slices.Clone(a.Roles), Rows: slices.Clone(a.Rows)}
	var copies ViaCopies
	for i := range c.Rows {
		c.Rows[i] = copies.Clone(&c.Rows[i])
	}
	return c
}

// Confidence returns how sure the row is: as the weakest of the sources that have an action left, or of
// all if none has.
func (r *Row) Confidence() (c Confidence) {
	for i := range r.Via {
		if v := &r.Via[i]; v.Actions&r.Actions != 0 || r.Actions == 0 {
			c = max(c, v.Confidence)
		}
	}
	return c
}

// Withheld is an action that a deny rule took away.
type Withheld struct {
	Action string
	Rule   *Rule
}

// SourceKind is a way in which a user gets a permission.
type SourceKind uint8

// The kinds of source.
const (
	FromRole SourceKind = iota
	FromIncludedRole
	FromGroupRole
	FromDefaultRole
	FromGrant
	FromGroupGrant
	FromImplied
	FromDerived
)

func (k SourceKind) String() string {
	return [...]string{"role", "included-role", "group-role", "default-role", "grant", "group-grant", "implied",
		"derived"}[k]
}

// Via is one source of a row.
type Via struct {
	Kind    SourceKind
	Role    *Role // with the permission; nil for grants and derived permissions
	From    *Role // the assigned role that includes Role, or nil
	Group   *Group
	Implier *Permission // the permission that implies it, or nil
	Scope   *Scope      // of the entry
	Actions Actions     // given, before deny
	Records Records
	// How sure the catalog is of all that it says on the way from the entry to the row.
	Confidence Confidence
	Ends       Date
	Pos        Pos
}

// Repeats reports whether a source says the same as another, but for how sure that is.
func (v *Via) Repeats(w *Via) bool {
	if v.Pos != w.Pos {
		return false // as nearly always
	}
	x := *v
	x.Confidence = w.Confidence
	return x == *w
}

// Held is a role that a user holds on a scope.
type Held struct {
	Role  *Role
	Scope *Scope
	From  *Role // the assigned role that includes it, or nil
	Group *Group
	Entry *Entry
	Ends  Date

	Confidence Confidence // of the includes that lead to it
}

// Access is everything that one user has on one day.
type Access struct {
	User  *User
	On    Date // the day
	Roles []Held
	Rows  []Row
}
