package shape

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
)

func (c *checker) unknown(t *Type, k *tree.Node, v, parent tree.Tree) {
	if len(t.fields) == 0 && len(t.patterns) > 0 {
		help, fault := t.patterns[0].key.textFault(k.Text)
		help = cmp.Or(help, findUnseen(k.Text), t.patterns[0].key.escapeHelp(k.Text))
		before := len(c.faults)
		if c.report(k.Pos, help, "%s%s", fault, c.where()); len(c.faults) > before && help == findUnseen(k.Text) {
			c.faults[before].Wrong, c.faults[before].Right = k.Text, dropUnseen(k.Text)
		}
		return
	}
	if help, ok := misplaced(k, t.FieldNames(), v, parent); ok {
		if help != "" {
			c.report(k.Pos, help, "unknown field %s%s", diag.Quote(k.Text), c.where())
		}
		return
	}
	before := len(c.faults)
	if help := cmp.Or(insideOf(k, t, parent), c.flagFor(k)); help != "" {
		c.report(k.Pos, help, "unknown field %s%s", diag.Quote(k.Text), c.where())
		return
	}
	c.report(k.Pos, suggestField(k.Text, t.FieldNames(), v), "unknown field %s%s", diag.Quote(k.Text), c.where())
	if len(c.faults) > before {
		d := &c.faults[before]
		d.Wrong, d.Right = k.Text, cmp.Or(diag.Only(k.Text, t.FieldNames()), otherWord(k.Text, t.FieldNames()))
	}
}

// suggestField helps with an unknown field. A list where attributes are allowed
// is most likely one of them.
func suggestField(name string, fields []string, v tree.Tree) string {
	if near := NearestField(name, fields); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	help := "fields allowed here: " + strings.Join(fields, ", ")
	if len(v) > 0 && v[0].Kind == tree.List && slices.Contains(fields, "attributes") {
		help += fmt.Sprintf("; write an attribute as attributes: {%s: […]}", name)
	}
	return help
}

// nameless reports whether the only unknown field of a value is probably the only one that it lacks, and says so in the
// finding of the unknown one.
func (c *checker) nameless(t *Type, missing *Field, v tree.Tree, before int) bool {
	var unknown *tree.Node
	var value tree.Tree
	for k, f := range v.Fields() {
		if _, known := t.index[k.Text]; known {
			continue
		}
		if unknown != nil {
			return false
		}
		unknown, value = k, f
	}
	if unknown == nil {
		return false
	}
	at := slices.IndexFunc(c.faults[before:], func(d diag.Finding) bool { return d.Pos == unknown.Pos })
	if at < 0 {
		return false
	}
	d := &c.faults[before+at]
	switch {
	case strings.HasPrefix(d.Help, "did you mean"):
		return false // it is another one
	case missing.Type.Field(unknown.Text) != nil:
		d.Help = "write it in " + missing.Name + ": {" + unknown.Text + ": …}"
	case value[0].Kind >= tree.List && missing.Type.mayBe(tree.String) && !missing.Type.mayBe(value[0].Kind):
		d.Help = "write {" + missing.Name + ": " + diag.Quote(unknown.Text) + ", …}"
	case missing.Type.mayBe(value[0].Kind):
		d.Help = "did you mean " + diag.Quote(missing.Name) + "? It is required"
	default:
		return false
	}
	return true
}

// insideOf returns the help for a field that belongs in the value of another one that is there, or "".
func insideOf(k *tree.Node, t *Type, parent tree.Tree) string {
	for name := range parent.Fields() {
		if f := t.Field(name.Text); f != nil && f.Type.Field(k.Text) != nil {
			return "write it in " + name.Text + ": {" + k.Text + ": …}"
		}
	}
	return ""
}

// flagFor returns the help for a setting that is a flag of the command line, or "".
func (c *checker) flagFor(k *tree.Node) string {
	if len(c.path) != 1 || c.path[0] != "settings" {
		return ""
	}
	switch strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(k.Text)) {
	case "asof", "today", "date", "day", "now":
		return "remove it: permc takes today, or the day of the flag --as-of"
	}
	return ""
}

// words has other words for fields, as spreadsheets and directories call them. Of several, the first that is allowed
// counts.
var words = map[string]string{
	"until": "expires", "end": "expires", "ends": "expires", "enddate": "expires", "expiry": "expires",
	"expirydate": "expires", "expirationdate": "expires", "expiration": "expires", "validuntil": "expires",
	"validto": "expires", "to": "expires", "lastday": "expires",
	"from": "starts", "since": "starts", "begin": "starts", "begins": "starts",
	"startdate": "starts", "validfrom": "starts", "firstday": "starts",
	"permissions": "grants", "permission": "grants", "rights": "grants",
	"displayname": "name title", "fullname": "name", "name": "title", "title": "name",
	"memberof": "groups group", "users": "members", "people": "members", "teams": "groups", "team": "group",
	"comment": "reason note message", "note": "reason message", "justification": "reason message",
	"why": "reason message", "reason": "message", "description": "message reason", "text": "message reason",
	"msg": "message", "hint": "help", "remedy": "help",
	"type": "level kind", "kind": "level", "scopetype": "level", "children": "scopes levels",
	"id": "user role permission", "member": "user", "email": "user", "person": "user",
	"on": "scope", "where": "scope", "resource": "scope", "path": "scope",
	"reaches": "reach", "if": "when", "condition": "when", "except": "unless",
	"minimum": "min", "atleast": "min", "maximum": "max", "atmost": "max",
	"approvedby": "approver", "acceptedby": "approver", "not": "cannot", "may": "can", "maynot": "cannot",
	"date": "asOf", "day": "asOf", "at": "asOf", "externalname": "external", "externalid": "external ids",
	"risk": "sensitivity", "sensitive": "sensitivity", "criticality": "sensitivity", "state": "status",
}

// otherWord returns the field that another word means, or "".
func otherWord(name string, fields []string) string {
	word := words[strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))]
	for _, field := range strings.Fields(word) {
		if field != name && slices.Contains(fields, field) {
			return field
		}
	}
	return ""
}

// NearestField returns the field that a wrong name most likely means, or "".
func NearestField(name string, fields []string) string {
	return cmp.Or(diag.Nearest(name, fields), otherWord(name, fields))
}
