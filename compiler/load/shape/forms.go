package shape

import "permc.dev/permc/compiler/diag"

// ruleForms has an example of each form of a rule, shown with what is wrong in one.
var ruleForms = map[string]string{
	"deny":     `deny: {affiliation: "partner", action: "export"}`,
	"forbid":   `forbid: {role: "contractor", permission: "manage-users"}`,
	"conflict": `conflict: {between: ["role-a", "role-b"]}`,
	"require":  `require: {holding: {role: "role-a"}, needs: {permission: "permission-b"}, at: "same"}`,
	"holders":  `holders: {role: "role-a", level: "tenant", min: 2}`,
	"per-user": `"per-user": {level: "tenant", max: 1}`,
	"labels":   `labels: {label: "label-a", level: "tenant", max: 1}`,
}

// addForm adds an example to the first finding in a rule's form.
func (c *checker) addForm(d *diag.Finding) {
	path := c.path
	if len(path) > 0 && path[0] == "catalog" {
		path = path[1:]
	}
	if len(path) < 3 || path[0] != "rules" || c.formOf == path[1] {
		return
	}
	if example, ok := ruleForms[path[2]]; ok {
		d.Notes = append(d.Notes, "for example "+example)
		c.formOf = path[1]
	}
}
