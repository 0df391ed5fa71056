package diff

import (
	"context"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Comparison holds the effect of a change on every day, from the day of the head on. Changes of rows are computed
// again for each person that is printed: for everybody, they would take more memory than both tables.
type Comparison struct {
	People               []Person // for whom anything changes, in order of id
	Facts                []Fact   // of scopes and permissions
	Hits                 []Hit
	handed               []Person // for whom nothing changes, but who hold something under another id or name
	BaseFound, HeadFound []diag.Finding

	policies   *Policies
	base, head *compiler.Project
	worker     *pairWorker
}

// Changes returns what changes for a person of the comparison, by scope and
// permission. It is valid until the next call, and for one goroutine.
func (c *Comparison) Changes(x *Person) []Change {
	return c.policies.Changes(c.worker.start([2]*policy.User{x.Base, x.Head}))
}

// Changer returns a function like Changes for another goroutine.
func (c *Comparison) Changer() func(*Person) []Change {
	other := *c
	other.worker = newFlattenWorker(c.base, c.head)
	return other.Changes
}

// Key is equal for people who change in the same way: Exact through the same lines, Loose through lines in the same
// files.
type Key struct{ Loose, Exact [16]byte }

// NewKeys makes a function for one goroutine that returns the key of somebody with
// all changes.
type NewKeys func() func(*Person) Key

// Compare compares two projects, of which the base may be nil, and looks at each
// gate on each day. People have no keys if the function is nil.
func Compare(ctx context.Context, base, head *compiler.Project, gates *Gates, keys NewKeys) (*Comparison, error) {
	return compareFor(ctx, base, head, gates, keys, lookAt{
		func(*Person) bool { return true }, func(policy.Pos) bool { return true }})
}

// lookAt says what a comparison is about.
type lookAt struct {
	person  func(*Person) bool    // whether it is about a person
	renamed func(policy.Pos) bool // whether it is about what has another id or name in the system, by its place
}

// compareFor compares some of the users.
func compareFor(ctx context.Context, base, head *compiler.Project, gates *Gates, keys NewKeys,
	about lookAt) (*Comparison, error) {
	policies := newPolicies(base, head)
	policies.Watch(gates)
	policies.whole = keys != nil
	people, baseFound, headFound, err := timelinesWith(ctx, base, head, func() func([]Person, *Pair) []Person {
		var key func(*Person) Key
		if keys != nil {
			key = keys()
		}
		return func(list []Person, p *Pair) []Person {
			x := policies.User(p)
			if !x.Any() || !about.person(&x) {
				return list
			}
			policies.Judge(gates, &x)
			x.forgetGiven()
			if key != nil {
				x.Key = key(&x)
			}
			x.Changes = nil
			return append(list, x)
		}
	})
	if err != nil {
		return nil, err
	}
	SortGravest(people)
	c := &Comparison{People: people, Facts: policies.Facts(), BaseFound: baseFound, HeadFound: headFound,
		policies: policies, base: base, head: head, worker: newFlattenWorker(base, head)}
	if err := c.judgeHandovers(ctx, gates, about.renamed); err != nil {
		return nil, err
	}
	c.Hits = policies.Hits(gates, c.everybody())
	return c, nil
}

// newPolicies returns the policies of two projects, with the facts as written there.
func newPolicies(base, head *compiler.Project) *Policies {
	var basePolicy *policy.Policy
	facts := [2]*written{{}, {head}}
	if base != nil {
		basePolicy, facts[0].project = base.Policy, base
	}
	return New(basePolicy, head.Policy, sameCatalog(base, head), Facts{
		Domain:      func(u *policy.User) string { return facts[0].domain(u).Affiliation.Name },
		Affiliation: func(base bool, u *policy.User) policy.Pos { return sideOf(facts, base).affiliation(u) },
		Status:      func(base bool, u *policy.User) policy.Pos { return sideOf(facts, base).status(u) },
		Identity: func(base bool, u *policy.User, system string) policy.Pos {
			return sideOf(facts, base).identity(u, system)
		},
		Attribute: func(base bool, u *policy.User, name string) policy.Pos {
			return sideOf(facts, base).attribute(u, name)
		},
	})
}

// sameCatalog reports whether two projects have the same catalog and rules.
func sameCatalog(a, b *compiler.Project) bool {
	if a == nil {
		return false
	}
	x, y := a.Declared(), b.Declared()
	return x.Product.Name == y.Product.Name && sayAlike(x.Catalog, y.Catalog) &&
		sayAlike(projectRules(a), projectRules(b))
}

// sideOf returns the facts of the base or of the head.
func sideOf(facts [2]*written, base bool) *written {
	if base {
		return facts[0]
	}
	return facts[1]
}

// written finds where facts about users are written in a project.
type written struct{ project *compiler.Project }

// affiliation locates the affiliation of a user, or else the domain that sets it.
func (w *written) affiliation(u *policy.User) policy.Pos {
	d := w.user(u)
	if d == nil || d.Affiliation.Given() {
		return affiliationPos(d)
	}
	return w.domain(u).Name.Pos
}

// domain returns the declared domain of a user's address, or the zero Domain.
func (w *written) domain(u *policy.User) (d policy.Domain) {
	if w.project == nil {
		return d
	}
	at := strings.LastIndexByte(u.ID, '@')
	for _, x := range w.project.Declared().Domains {
		if policy.Fold(x.Name.Name) == policy.Fold(u.ID[at+1:]) {
			return x
		}
	}
	return d
}

// affiliationPos returns the position of a declared affiliation, if any.
func affiliationPos(d *policy.DeclaredUser) policy.Pos {
	if d == nil {
		return policy.Pos{}
	}
	return d.Affiliation.Pos
}

// status locates the status of a user.
func (w *written) status(u *policy.User) policy.Pos {
	if d := w.user(u); d != nil {
		return d.Status.Pos
	}
	return policy.Pos{}
}

// attribute locates an attribute of a user.
func (w *written) attribute(u *policy.User, name string) policy.Pos {
	if d := w.user(u); d != nil {
		for _, a := range d.Attributes {
			if a.Name.Name == name {
				return a.Name.Pos
			}
		}
	}
	return policy.Pos{}
}

// user reads a user as declared: users are in the order of the policy's.
func (w *written) user(u *policy.User) *policy.DeclaredUser {
	i, ok := w.project.Policy.FindUser(u.ID)
	if !ok {
		return nil
	}
	var d policy.DeclaredUser
	w.project.Declared().Users.Reader().Read(i, &d)
	return &d
}
