package drift

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// otherActions compares the actions of a grant. What is more there is extra, and what is less differs.
func (c *comparison) otherActions(s *sight, k key, f *fact) (list []Item) {
	if s.permission == nil || f.actions == 0 && len(s.permission.Actions) == 0 {
		return nil
	}
	all := policy.Actions(1)<<len(s.permission.Actions) - 1
	here, there := f.actions, policy.Actions(0)
	if here == 0 {
		here = all
	}
	if len(s.actions) == 0 {
		if here != all {
			c.noteOnce("the files name no actions: permc takes them for all actions of a permission")
		}
		there = all
	}
	for _, a := range s.actions {
		one := actionsNamed(s.permission, []string{a})
		if one == 0 {
			c.report(Item{Class: Unmatched, Foreign: a, Place: s.Place,
				Message: fmt.Sprintf("permission %q has no action %q", s.permission.ID, a),
				Help:    "correct the export or the catalog"})
			continue
		}
		there |= one
	}
	if there == here {
		return nil
	}
	more := s.permission.Names(there &^ here)
	x := c.item(Differs, k)
	x.Pos, x.By, x.Actions = f.pos, ByActions, s.permission.Names(there)
	x.Seen = strings.Join(x.Actions, ", ")
	x.Message = fmt.Sprintf("%s: %s has %s here, and %s there", subject(k), what(k),
		strings.Join(s.permission.Names(here), ", "), orNothing(x.Seen))
	x.Help = "change the actions in the system, or in the declaration"
	if len(more) > 0 {
		x.Class, x.Actions, x.Person = Extra, more, s.person
	}
	return []Item{x}
}

func orNothing(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// otherInheritance compares what members have of the role of a group. Only cells for the user's own records depend on
// it.
func (c *comparison) otherInheritance(s *sight, f *fact) []Item {
	if s.group == nil || s.role == nil || s.inherit == observe.InheritUnknown || !hasOwn(s.role, nil) ||
		(s.inherit == observe.InheritGroup) == s.role.GroupRecords {
		return nil
	}
	x := c.item(Differs, s.key)
	x.Pos, x.By, x.Seen = f.pos, ByInheritance, "group"
	x.Message = fmt.Sprintf("%s: %s gives its members their own records here, and only the group's there "+
		"(inheritance: group)",
		subject(s.key), what(s.key))
	x.Help = fmt.Sprintf("change the inheritance in the system, or correct the catalog: {role: %s, inheritance: group}",
		s.role.ID)
	if s.inherit == observe.InheritMember {
		x.Class, x.Seen, x.unweighed = Extra, "member", true
		x.Message = fmt.Sprintf("%s: %s gives only the group's records here, and its members their own there "+
			"(inheritance: member)",
			subject(s.key), what(s.key))
		x.Help = fmt.Sprintf("change the inheritance in the system, or correct the catalog: {role: %s, inheritance: "+
			"member}", s.role.ID)
	}
	return []Item{x}
}

// hasOwn reports whether a role, or one that it includes, has a cell for the user's own records.
func hasOwn(r *policy.Role, passed []*policy.Role) bool {
	if slices.Contains(passed, r) {
		return false
	}
	if slices.ContainsFunc(r.Cells, func(x policy.Cell) bool { return x.Own }) {
		return true
	}
	passed = append(passed, r)
	return slices.ContainsFunc(r.Includes, func(x policy.Include) bool { return hasOwn(x.Role, passed) })
}

func (c *comparison) noteOnce(text string) {
	if !slices.Contains(c.out.Notes, text) {
		c.out.Notes = append(c.out.Notes, text)
	}
}
