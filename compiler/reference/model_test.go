// Package reference_test says what permc means a second time, slowly: nested
// loops over the sentences of docs/language.md, sharing nothing with the
// compiler. Property tests hold the two against each other.
package reference_test

import "encoding/json"

// Declaration is a project with a catalog of its own, as one JSON file.
type Declaration struct {
	Catalog     *Catalog          `json:"catalog"`
	Scopes      map[string]*Scope `json:"scopes,omitempty"`
	Domains     map[string]string `json:"domains,omitempty"`
	Users       map[string]*User  `json:"users,omitempty"`
	Groups      map[string]*Group `json:"groups,omitempty"`
	Invitations map[string]*User  `json:"invitations,omitempty"`
	Rules       map[string]*Rule  `json:"rules,omitempty"`
	Expect      []Expectation     `json:"expect,omitempty"`
	Waivers     []Waiver          `json:"waivers,omitempty"`
	Settings    *Settings         `json:"settings,omitempty"`
}

type Waiver struct {
	Rule       string `json:"rule"`
	User       string `json:"user"`
	Role       string `json:"role,omitempty"`
	Permission string `json:"permission,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Reason     string `json:"reason"`
	Approver   string `json:"approver"`
	Expires    string `json:"expires"`

	ByPath bool `json:"-"` // as in Assignment
}

// Names is one name or several.
type Names []string

func (n Names) MarshalJSON() ([]byte, error) {
	if len(n) == 1 {
		return json.Marshal(n[0])
	}
	return json.Marshal([]string(n))
}

func (n *Names) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		*n = make(Names, 1)
		return json.Unmarshal(data, &(*n)[0])
	}
	return json.Unmarshal(data, (*[]string)(n))
}

// Expectation has one of can, cannot and only.
type Expectation struct {
	User        string    `json:"user,omitempty"`
	Group       string    `json:"group,omitempty"`
	Affiliation string    `json:"affiliation,omitempty"`
	Can         string    `json:"can,omitempty"`
	Cannot      string    `json:"cannot,omitempty"`
	Only        *[]string `json:"only,omitempty"`
	Role        string    `json:"role,omitempty"`
	Scope       string    `json:"scope,omitempty"`
	Actions     []string  `json:"actions,omitempty"`
	AsOf        string    `json:"asOf,omitempty"`

	ByPath bool `json:"-"` // as in Assignment
}
