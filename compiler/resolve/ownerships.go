package resolve

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// ownerships checks the names of owners and people.
func (b *policyBinder) ownerships() {
	b.policy.Owners, b.policy.People = b.declared.Owners, b.declared.People
	if len(b.policy.Owners)+len(b.policy.People) == 0 {
		return
	}
	keys := map[string]*policy.People{}
	for i := range b.policy.People {
		p := &b.policy.People[i]
		if !p.IsTeam() && !policy.IsLogin(p.Name.Name) {
			b.fail(diag.Stopf("schema", p.Name.Pos, "%s is neither a team nor a login", diag.Quote(p.Name.Name)).
				WithHelp("write a team such as @contoso/iam, or a login such as gh:kim"))
		}
		if first := keys[policy.Fold(p.Name.Name)]; first != nil {
			b.fail(diag.Stopf("schema", p.Name.Pos, "%s is declared twice, in other case", diag.Quote(p.Name.Name)).
				WithRelated(first.Name.Pos, "the other one").WithHelp("keep one of them"))
		}
		keys[policy.Fold(p.Name.Name)] = p
	}
	for i := range b.policy.People {
		b.people(&b.policy.People[i], keys)
	}
	before := len(b.faults)
	for i := range b.policy.Owners {
		b.ownership(&b.policy.Owners[i], keys)
	}
	if len(b.faults) == before {
		b.enoughOwners()
	}
}

// people checks the members of a team, and the spellings of the person with a login.
func (b *policyBinder) people(p *policy.People, keys map[string]*policy.People) {
	known := false
	for _, r := range p.Are {
		if p.IsTeam() {
			b.approver(r, keys, false)
			continue
		}
		if policy.IsTeam(r.Name) {
			b.fail(diag.Stopf("schema", r.Pos, "%s is a team, and %s is one person", diag.Quote(r.Name),
				diag.Quote(p.Name.Name)).WithHelp("name the person by a user's id or an address"))
			return
		}
		known = known || !policy.IsLogin(r.Name) && (strings.Contains(r.Name, "@") || b.find(r.Name) != nil)
	}
	if !p.IsTeam() && !known {
		b.fail(diag.Stopf("schema", p.Name.Pos, "nobody knows whose login %s is", diag.Quote(p.Name.Name)).
			WithHelp("name a user's id or an address, such as %q: [kim@contoso.example]", p.Name.Name))
	}
}

// approver checks that a name is a team, a login or a person.
func (b *policyBinder) approver(r policy.Ref, keys map[string]*policy.People, team bool) {
	switch {
	case policy.IsTeam(r.Name) && !team:
		b.fail(diag.Stopf("schema", r.Pos, "%s is a team, and a team has people as members", diag.Quote(r.Name)).
			WithHelp("list the people of the other team"))
	case policy.IsTeam(r.Name) || policy.IsLogin(r.Name):
		if keys[policy.Fold(r.Name)] == nil {
			b.fail(diag.Stopf("schema", r.Pos, "%s is not among the people", diag.Quote(r.Name)).
				WithHelp("add it under people: %q: [kim@contoso.example]", r.Name))
		}
	case !strings.Contains(r.Name, "@") && b.find(r.Name) == nil:
		b.fail(diag.Stopf("schema", r.Pos, "%s is no team, login, user or address", diag.Quote(r.Name)).
			WithHelp("write a team such as @contoso/iam, a login such as gh:kim, a user's id or an address"))
	}
}

func (b *policyBinder) ownership(o *policy.Ownership, keys map[string]*policy.People) {
	b.matcher(&o.Match)
	for _, r := range o.Approvers {
		b.approver(r, keys, true)
	}
	only := o.Is("policy") && !o.Is("gain") && !o.Is("loss")
	if only && o.Match.Pos.IsValid() {
		b.fail(diag.Stopf("schema", o.Match.Pos, "match is about gains and losses, and the entry is about policy").
			WithHelp("remove match, or write on: [gain, policy]"))
	}
}

// enoughOwners checks that as many people as an entry asks for can agree.
func (b *policyBinder) enoughOwners() {
	const many = 99 // the largest min
	d := person.NewDirectory(b.policy.People, boundUsers{b})
	for i := range b.policy.Owners {
		o := &b.policy.Owners[i]
		people := d.Approvers(o.Approvers)
		if len(people) > 2*many {
			continue
		}
		if n := person.Count(people); n < o.Min {
			b.fail(diag.Stopf("schema", o.Pos, "%d people must agree, but the approvers are %d", o.Min, n).
				WithHelp("add approvers, or lower min"))
		}
	}
}

// boundUsers finds users as names are bound.
type boundUsers struct{ *policyBinder }

func (b boundUsers) Find(id string) *policy.User { return b.find(id) }
func (b boundUsers) UserKey(id string) string    { return b.catalog.UserKey(id) }
func (b boundUsers) IsExact() bool               { return b.catalog.ExactUsers }
