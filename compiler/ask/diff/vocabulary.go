package diff

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Vocabulary holds the names that rules and gates of a project can use, by kind.
type Vocabulary map[string]map[string]bool

// The kinds of names.
const (
	aScope          = "scope"
	aRole           = "role"
	aPermission     = "permission"
	aGroup          = "group"
	anAffiliation   = "affiliation"
	aLabel          = "label"
	aLevel          = "level"
	anAction        = "action"
	anAttribute     = "attribute"
	aScopeAttribute = "scope attribute"
)

// VocabularyOf collects the names of a policy.
func VocabularyOf(p *policy.Policy) Vocabulary {
	v := Vocabulary{}
	for _, s := range p.Scopes {
		v.add(aScope, s.Path)
	}
	for _, g := range p.Groups {
		v.add(aGroup, g.ID)
	}
	c := p.Catalog
	for _, id := range c.EveryoneIDs() {
		v.add(aGroup, id)
	}
	for _, r := range c.Roles {
		v.add(aRole, r.ID)
	}
	for _, x := range c.Permissions {
		v.add(aPermission, x.ID)
		for _, a := range x.Actions {
			v.add(anAction, a)
			v.add(anAction, x.ID+" "+a)
		}
	}
	for _, a := range c.Affiliations {
		v.add(anAffiliation, a.ID.Name)
	}
	for _, l := range c.Labels {
		v.add(aLabel, l.ID.Name)
	}
	if !c.ClosedLabels {
		v.add(aLabel, "*")
	}
	for _, l := range c.Levels {
		v.add(aLevel, l)
	}
	v.attributes(anAttribute, c.UserAttributes)
	v.attributes(aScopeAttribute, c.ScopeAttributes)
	return v
}

func (v Vocabulary) attributes(kind string, list map[string]*policy.DeclaredAttribute) {
	for id, d := range list {
		v.add(kind, id)
		if !d.Closed {
			v.add(kind, id+" *")
		}
		for _, x := range d.Values {
			v.add(kind, id+" "+x.Name)
		}
	}
}

func (v Vocabulary) add(kind, name string) {
	if v[kind] == nil {
		v[kind] = map[string]bool{}
	}
	v[kind][name] = true
}

func (v Vocabulary) has(kind, name string) bool { return v[kind][name] }

// Vocabularies holds the vocabularies of the base and of the head.
type Vocabularies struct{ Base, Head Vocabulary }

// keeps reports whether the head can still use a name of a list that may be open, such as the values
// of an attribute. A name that only the base lists is gone, even if the list is open.
func (c *Vocabularies) keeps(kind, list, name string) bool {
	return c.Head.has(kind, list+name) || c.Head.has(kind, list+"*") && !c.Base.has(kind, list+name)
}

// added returns a name of a kind that only the head has, and that may be a renamed one of the base, or "". Scopes
// under the given ones do not count.
func (c *Vocabularies) added(kind string, under []policy.Ref) string {
	var list []string
	for name := range c.Head[kind] {
		inside := slices.ContainsFunc(under, func(r policy.Ref) bool { return strings.HasPrefix(name, r.Name+"/") })
		if !c.Base.has(kind, name) && !inside {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return slices.Min(list)
}
