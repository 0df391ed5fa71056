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
	c.report(k.Pos, suggestField(k.Text, t.FieldNames(), v), "unknown field %s%s", diag.Quote(k.Text), c.where())
	if len(c.faults) > before {
		d := &c.faults[before]
		d.Wrong, d.Right = k.Text, cmp.Or(diag.Only(k.Text, t.FieldNames()), otherWord(k.Text, t.FieldNames()))
	}
}

// suggestField helps with an unknown field. A list where attributes are allowed
// is most likely one of them.
func suggestField(name string, fields []string, v tree.Tree) string {
	if near := cmp.Or(diag.Nearest(name, fields), otherWord(name, fields)); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	help := "fields allowed here: " + strings.Join(fields, ", ")
	if len(v) > 0 && v[0].Kind == tree.List && slices.Contains(fields, "attributes") {
		help += fmt.Sprintf("; write an attribute as attributes: {%s: […]}", name)
	}
	return help
}

// words has other words for fields, as spreadsheets and directories call them.
var words = map[string]string{
	"until": "expires", "end": "expires", "ends": "expires", "enddate": "expires", "expiry": "expires",
	"expirydate": "expires", "expirationdate": "expires", "expiration": "expires", "validuntil": "expires",
	"validto": "expires", "from": "starts", "since": "starts", "begin": "starts", "begins": "starts",
	"startdate": "starts", "validfrom": "starts",
	"permissions": "grants", "permission": "grants", "rights": "grants",
	"displayname": "name", "fullname": "name", "memberof": "groups", "teams": "groups",
	"comment": "reason", "note": "reason", "justification": "reason",
}

// otherWord returns the field that another word means, or "".
func otherWord(name string, fields []string) string {
	word := words[strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))]
	if word != "" && slices.Contains(fields, word) {
		return word
	}
	return ""
}
