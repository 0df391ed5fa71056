package resolve

import (
	"strings"

	"permc.dev/permc/compiler/policy"
)

// factCache keeps the attributes of users for others who have the same: most people share theirs with many.
type factCache struct {
	known map[string]map[string][]string // by their text
	text  []byte
}

// mostKnown limits the attributes that are kept.
const mostKnown = 1 << 12

// userAttributes binds the attributes of a user. Those of several users may be one map, which nobody changes.
func (b *policyBinder) userAttributes(d *policy.DeclaredUser, u *policy.User) {
	if len(d.Attributes) == 0 {
		return
	}
	c := &b.facts
	c.text = appendFacts(c.text[:0], d.Attributes)
	if known := c.known[string(c.text)]; known != nil {
		u.Attributes = known
		return
	}
	from, faults := len(b.unlisted), len(b.faults)
	b.attributes(d.Attributes, b.catalog.UserAttributes)
	certain := len(b.unlisted) == from && len(b.faults) == faults
	if !certain && len(b.unlisted) > from {
		b.keepUnlisted(u, from)
	}
	u.Attributes = make(map[string][]string, len(d.Attributes))
	for _, a := range d.Attributes {
		u.Attributes[strings.Clone(a.Name.Name)] = cloneNames(a.Values)
	}
	if certain {
		if c.known == nil || len(c.known) == mostKnown {
			c.known = map[string]map[string][]string{}
		}
		c.known[string(c.text)] = u.Attributes
	}
}

// appendFacts appends a text that only equal attributes have. It ends a name with one control character, and a value
// with another one.
func appendFacts(b []byte, list []policy.Attribute) []byte {
	for _, a := range list {
		b = append(append(b, a.Name.Name...), 0)
		for _, v := range a.Values {
			b = append(append(b, v.Name...), 1)
		}
	}
	return b
}

// cloneNames returns the names of a list in memory of their own: the file that they are in may not be kept.
func cloneNames(refs []policy.Ref) []string {
	list := make([]string, 0, len(refs))
	for _, r := range refs {
		list = append(list, strings.Clone(r.Name))
	}
	return list
}
