package diff

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Unjudged returns a hit for each matcher that names something that the base has and the head lacks: a permission
// that nobody may gain could be gained under another name. Users do not count, since another name is another person.
func Unjudged(forbid []Matcher, base, head *policy.Policy) (list []Hit) {
	if base == nil || len(forbid) == 0 {
		return nil
	}
	c := Vocabularies{VocabularyOf(base), VocabularyOf(head)}
	for _, m := range forbid {
		if why := c.whyUnjudged(&m, base, head); why != "" {
			list = append(list, Hit{Gate: "forbid " + m.String(), Message: "it cannot be judged: the change " + why})
		}
	}
	return list
}

// whyUnjudged says what a change did to a name in a matcher, or "".
func (c *Vocabularies) whyUnjudged(m *Matcher, base, head *policy.Policy) string {
	if kind, name := c.missing(m); kind != "" {
		return fmt.Sprintf("removed or renamed %s %q", kind, name)
	}
	return c.moved(m, base, head)
}

// missing finds a name in a matcher that only the base knows.
func (c *Vocabularies) missing(m *Matcher) (kind, name string) {
	for _, x := range [...][2]string{{aScope, m.Scope}, {aLevel, m.Level}, {aRole, m.Role}, {aPermission, m.Permission},
		{anAffiliation, m.Affiliation}, {aGroup, m.Group}} {
		if c.Base.has(x[0], x[1]) && !c.Head.has(x[0], x[1]) {
			return x[0], x[1]
		}
	}
	action := m.Action
	if m.Permission != "" && action != "" {
		action = m.Permission + " " + action
	}
	if c.Base.has(anAction, action) && !c.Head.has(anAction, action) {
		return anAction, m.Action
	}
	return "", ""
}

// UnjudgedRules returns a hit for each rule of the base that cannot judge the change, with the reason.
func UnjudgedRules(fits []Fit) (list []Hit) {
	for _, f := range fits {
		if f.Why != "" {
			list = append(list, Hit{Gate: "rule " + f.Rule.ID.Name,
				Message: "the rule of the base cannot be judged: " + f.Why})
		}
	}
	return list
}

// PolicyHits returns a hit for changes of the rules and settings, if no such change may pass.
func (g *Gates) PolicyHits(changes []PolicyChange) []Hit {
	if !g.FailOnPolicyChange || len(changes) == 0 {
		return nil
	}
	c := changes[0]
	first := strings.Join(slices.DeleteFunc([]string{c.What, c.Name, c.How}, func(s string) bool {
		return s == ""
	}), " ")
	if c.Text != "" {
		first += ": " + c.Text
	}
	return []Hit{{Gate: "fail-on-policy-change",
		Message: countText(len(changes), "policy change", "policy changes") + ", and none may be made; the first is " +
			first}}
}
