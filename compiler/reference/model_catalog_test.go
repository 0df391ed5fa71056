package reference_test

import (
	"bytes"
	"encoding/json"
)

type Catalog struct {
	Levels       Levels                          `json:"levels"`
	Nested       bool                            `json:"nested,omitempty"`
	Affiliations map[string]struct{}             `json:"affiliations,omitempty"`
	Attributes   map[string]map[string]Attribute `json:"attributes,omitempty"` // of "user", "scope" and "group"
	Labels       map[string]struct{}             `json:"labels,omitempty"`
	Permissions  map[string]*Permission          `json:"permissions"`
	Roles        map[string]*Role                `json:"roles"`
	Rules        map[string]*Rule                `json:"rules,omitempty"`
	Default      *Default                        `json:"default,omitempty"`
	Home         *Home                           `json:"home,omitempty"`
	GroupKinds   map[string]*GroupKind           `json:"groupKinds,omitempty"`
	Dangling     string                          `json:"dangling,omitempty"`
	UserIDs      string                          `json:"userIds,omitempty"`
}

type Attribute struct {
	Values    []string   `json:"values,omitempty"`
	Delegates []Delegate `json:"delegates,omitempty"`
}

// Home says where users and groups may be at home, and on which scopes users
// hold roles elsewhere.
type Home struct {
	Level     Names      `json:"level"`
	Elsewhere *Elsewhere `json:"elsewhere,omitempty"`
}

type Elsewhere struct {
	ScopeAttribute Attributes `json:"scopeAttribute"`
}

type GroupKind struct {
	Roles   *bool  `json:"roles,omitempty"`
	Grants  *bool  `json:"grants,omitempty"`
	Members string `json:"members,omitempty"`
}

type Default struct {
	Role       string `json:"role"`
	Unassigned bool   `json:"unassigned,omitempty"`
}

type Permission struct {
	External string     `json:"external,omitempty"`
	Level    Names      `json:"level"`
	Actions  ActionList `json:"actions,omitzero"`

	Sensitivity string               `json:"sensitivity,omitempty"`
	Grantable   *Grantable           `json:"grantable,omitempty"`
	Deprecated  string               `json:"deprecated,omitempty"`
	Conditions  map[string]Condition `json:"conditions,omitempty"`
	Implies     []string             `json:"implies,omitempty"`
	SharedWith  string               `json:"sharedWith,omitempty"`
	Delegates   []Delegate           `json:"delegates,omitempty"`
	When        *Requirement         `json:"when,omitempty"`
	Inferred    string               `json:"inferred,omitempty"`
}

// ActionList is names alone or, where some are rated, each with how sensitive it is.
type ActionList struct {
	Names []string
	Rated map[string]string
}

func (a ActionList) MarshalJSON() ([]byte, error) {
	if a.Rated == nil {
		return json.Marshal(a.Names)
	}
	text := ""
	for _, name := range a.Names { // in this order
		field, err := json.Marshal(map[string]struct {
			Sensitivity string `json:"sensitivity,omitempty"`
		}{name: {a.Rated[name]}})
		if err != nil {
			return nil, err
		}
		text += "," + string(field[1:len(field)-1])
	}
	return []byte("{" + text[1:] + "}"), nil
}

func (a *ActionList) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, &a.Names)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	a.Rated = map[string]string{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var rated struct{ Sensitivity string }
		if err := d.Decode(&rated); err != nil {
			return err
		}
		a.Names = append(a.Names, name.(string))
		a.Rated[name.(string)] = rated.Sensitivity
	}
	return nil
}

type Condition struct {
	Text string `json:"text"`
}

// Grantable is "to anybody" or "to these affiliations".
type Grantable struct {
	Anybody bool
	To      []string
}

func (g Grantable) MarshalJSON() ([]byte, error) {
	if g.To != nil {
		return json.Marshal(g.To)
	}
	return json.Marshal(g.Anybody)
}

func (g *Grantable) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, &g.To)
	}
	return json.Unmarshal(data, &g.Anybody)
}
