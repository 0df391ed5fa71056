package policy

// DeclaredDelegate says what holders of a permission, a role or an attribute can give, as written.
type DeclaredDelegate struct {
	Values        []Ref // of an attribute
	Grantable     bool  // all that can be granted individually
	AllRoles      bool
	Roles         []Ref
	Permissions   []Ref
	Reach         DeclaredReach
	To            []string // "users", "groups", "invitations"
	Others        bool     // never to oneself
	Own           bool     // no more than the giver holds
	Source        Ref
	Confidence    string // or ""
	ConfidencePos Pos
	Derived       string
	Inferred      string
	Pos           Pos
}

// Delegate says what holders of a permission, a role or an attribute can give.
type Delegate struct {
	Values      []string // of an attribute; nil: any
	Roles       []*Role  // sorted by id, like the permissions
	Permissions []*Permission
	Reach       Reach

	Users, Groups, Invitations bool // to whom

	Others     bool // never to oneself
	Own        bool // no more than the giver holds
	Source     string
	Confidence Confidence
	Derived    string
	Inferred   string
	Pos        Pos
}

// DelegatingAttribute is a user attribute whose values let a user give something.
type DelegatingAttribute struct {
	ID        string
	Delegates []Delegate
}

// Covers reports whether some of a user's values let the user give.
func (d *Delegate) Covers(values []string) bool {
	for _, v := range values {
		if d.Values == nil {
			return true
		}
		for _, w := range d.Values {
			if v == w {
				return true
			}
		}
	}
	return false
}

// Delegates reports whether the catalog lets anybody give anything.
func (c *Catalog) Delegates() bool {
	for _, p := range c.Permissions {
		if len(p.Delegates) > 0 {
			return true
		}
	}
	for _, r := range c.Roles {
		if len(r.Delegates) > 0 {
			return true
		}
	}
	return len(c.DelegatingAttributes) > 0
}
