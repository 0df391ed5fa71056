package reference_test

import "encoding/json"

// Delegate says what holders of a permission, a role or an attribute can give.
type Delegate struct {
	Values []string `json:"values,omitempty"`
	Gives  Gives    `json:"gives"`
	Reach  *Reach   `json:"reach,omitempty"`
	To     Names    `json:"to"`
	Others bool     `json:"others,omitempty"`
	Bound  string   `json:"bound,omitempty"`
}

// Gives has AllRoles or Roles.
type Gives struct {
	Grantable   bool
	Permissions []string
	AllRoles    bool
	Roles       []string
}

func (g Gives) MarshalJSON() ([]byte, error) {
	fields := map[string]any{"grantable": g.Grantable}
	if g.Permissions != nil {
		fields["permissions"] = g.Permissions
	}
	if fields["roles"] = g.AllRoles; g.Roles != nil {
		fields["roles"] = g.Roles
	}
	return json.Marshal(fields)
}

func (g *Gives) UnmarshalJSON(data []byte) error {
	var fields struct {
		Grantable   bool
		Permissions []string
		Roles       json.RawMessage
	}
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	g.Grantable, g.Permissions = fields.Grantable, fields.Permissions
	if len(fields.Roles) == 0 {
		return nil
	}
	if fields.Roles[0] == '[' {
		return json.Unmarshal(fields.Roles, &g.Roles)
	}
	return json.Unmarshal(fields.Roles, &g.AllRoles)
}
