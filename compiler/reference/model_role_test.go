package reference_test

import "encoding/json"

type Role struct {
	System
	Affiliations []string           `json:"affiliations,omitempty"`
	Level        Names              `json:"level"`
	Permissions  map[string]Cells   `json:"permissions,omitempty"`
	Includes     map[string]Include `json:"includes,omitempty"`
	Inheritance  string             `json:"inheritance,omitempty"`
	Delegates    []Delegate         `json:"delegates,omitempty"`
}

type Cell struct {
	Reach   *Reach       `json:"reach,omitempty"`
	Access  string       `json:"access,omitempty"`
	Actions []string     `json:"actions,omitempty"`
	When    *Requirement `json:"when,omitempty"`

	Derived  string `json:"derived,omitempty"`
	Inferred string `json:"inferred,omitempty"`
}

// Cells are those of one permission: one, or several in a list.
type Cells []Cell

func (c Cells) MarshalJSON() ([]byte, error) {
	if len(c) == 1 {
		return json.Marshal(c[0])
	}
	return json.Marshal([]Cell(c))
}

func (c *Cells) UnmarshalJSON(data []byte) error {
	if data[0] == '{' {
		*c = make(Cells, 1)
		return json.Unmarshal(data, &(*c)[0])
	}
	return json.Unmarshal(data, (*[]Cell)(c))
}

type Include struct {
	Reach    *Reach `json:"reach,omitempty"`
	Inferred string `json:"inferred,omitempty"`
}

// Reach is self, subtree, tree or labels.
type Reach struct {
	Word   string
	Labels []string
}

func (r Reach) MarshalJSON() ([]byte, error) {
	if r.Word == "" {
		return json.Marshal(map[string][]string{"labels": r.Labels})
	}
	return json.Marshal(r.Word)
}

func (r *Reach) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &r.Word)
	}
	return json.Unmarshal(data, &struct{ Labels *[]string }{&r.Labels})
}
