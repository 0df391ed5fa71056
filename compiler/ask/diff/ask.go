package diff

import (
	"context"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Comparison is what a change does, on every day from that of the head on. What
// it does to rows is worked out again for each person who is written out: kept of
// everybody, it takes more memory than both tables.
type Comparison struct {
	People               []Person // for whom anything changes, in order of id
	Facts                []Fact   // of scopes and permissions
	Hits                 []Hit
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

// Changer returns what does as Changes does, for another goroutine.
func (c *Comparison) Changer() func(*Person) []Change {
	other := *c
	other.worker = again(c.base, c.head)
	return other.Changes
}

// Key is the same for people who change in the same way: the exact one through the
// same lines, the loose one through lines in the same files.
type Key struct{ Loose, Exact [16]byte }

// NewKeys makes a function for one goroutine that returns the key of somebody with
// all changes.
type NewKeys func() func(*Person) Key

// Compare compares two projects, of which the base may be nil, and looks at each
// gate on each day. People have no keys if the function is nil.
func Compare(ctx context.Context, base, head *compiler.Project, gates *Gates, keys NewKeys) (*Comparison, error) {
	return compareFor(ctx, base, head, gates, keys, func(*Person) bool { return true })
}

// compareFor is Compare for some of the users.
func compareFor(ctx context.Context, base, head *compiler.Project, gates *Gates, keys NewKeys, wanted func(*Person) bool) (*Comparison, error) {
	var basePolicy *policy.Policy
	facts := [2]*written{{}, {head}}
	if base != nil {
		basePolicy, facts[0].project = base.Policy, base
	}
	policies := New(basePolicy, head.Policy, sameCatalog(base, head), Facts{
		Domain:      func(u *policy.User) string { return facts[0].domain(u).Affiliation.Name },
		Affiliation: func(base bool, u *policy.User) policy.Pos { return sideOf(facts, base).affiliation(u) },
		Status:      func(base bool, u *policy.User) policy.Pos { return sideOf(facts, base).status(u) },
		Attribute:   func(base bool, u *policy.User, name string) policy.Pos { return sideOf(facts, base).attribute(u, name) },
	})
	policies.Watch(gates)
	policies.whole = keys != nil
	people, baseFound, headFound, err := timelines(ctx, base, head, func() func([]Person, *Pair) []Person {
		var key func(*Person) Key
		if keys != nil {
			key = keys()
		}
		return func(list []Person, p *Pair) []Person {
			x := policies.User(p)
			if !x.Any() || !wanted(&x) {
				return list
			}
			policies.Judge(gates, &x)
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
	return &Comparison{people, policies.Facts(), policies.Hits(gates, people), baseFound, headFound, policies, base, head, again(base, head)}, nil
}

// sameCatalog reports whether two projects have the same catalog and rules.
func sameCatalog(a, b *compiler.Project) bool {
	if a == nil {
		return false
	}
	x, y := a.Declared(), b.Declared()
	return x.Product.Name == y.Product.Name && sayAlike(x.Catalog, y.Catalog) && sayAlike(projectRules(a), projectRules(b))
}

func sideOf(facts [2]*written, base bool) *written {
	if base {
		return facts[0]
	}
	return facts[1]
}

// written finds where facts about users are written in a project.
type written struct{ project *compiler.Project }

func (w *written) affiliation(u *policy.User) policy.Pos {
	d := w.user(u)
	if d == nil || d.Affiliation.Given() {
		return pos(d)
	}
	return w.domain(u).Name.Pos
}

// domain is the domain of a user's address as declared, or the zero Domain.
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

func pos(d *policy.DeclaredUser) policy.Pos {
	if d == nil {
		return policy.Pos{}
	}
	return d.Affiliation.Pos
}

func (w *written) status(u *policy.User) policy.Pos {
	if d := w.user(u); d != nil {
		return d.Status.Pos
	}
	return policy.Pos{}
}

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
