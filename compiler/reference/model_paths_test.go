package reference_test

import (
	"encoding/json"
	"strings"
)

// What names a scope by a path or by a list of names, beside assignments and grants: the two mean the same.

// joinNames is the path that some names lead to.
func joinNames(names []string) string {
	var parts []string
	for _, name := range names {
		parts = append(parts, strings.ReplaceAll(strings.ReplaceAll(name, "%", "%25"), "/", "%2F"))
	}
	return strings.Join(parts, "/")
}

func (w Waiver) MarshalJSON() ([]byte, error) {
	type plain Waiver
	scope := w.Scope
	if w.ByPath {
		w.Scope = ""
	}
	return json.Marshal(struct {
		plain
		Path []string `json:"path,omitempty"`
	}{plain(w), namesOn(scope, w.ByPath)})
}

func (w *Waiver) UnmarshalJSON(data []byte) error {
	type plain Waiver
	x := struct {
		*plain
		Path []string `json:"path"`
	}{plain: (*plain)(w)}
	err := json.Unmarshal(data, &x)
	if x.Path != nil {
		w.Scope, w.ByPath = joinNames(x.Path), true
	}
	return err
}

func (e Expectation) MarshalJSON() ([]byte, error) {
	type plain Expectation
	scope := e.Scope
	if e.ByPath {
		e.Scope = ""
	}
	return json.Marshal(struct {
		plain
		Path []string `json:"path,omitempty"`
	}{plain(e), namesOn(scope, e.ByPath)})
}

func (e *Expectation) UnmarshalJSON(data []byte) error {
	type plain Expectation
	x := struct {
		*plain
		Path []string `json:"path"`
	}{plain: (*plain)(e)}
	err := json.Unmarshal(data, &x)
	if x.Path != nil {
		e.Scope, e.ByPath = joinNames(x.Path), true
	}
	return err
}

func (s Selector) MarshalJSON() ([]byte, error) {
	type plain Selector
	var path []string
	if s.ByPath && len(s.Scope) == 1 {
		path, s.Scope = namesOn(s.Scope[0], true), nil
	}
	return json.Marshal(struct {
		plain
		Path []string `json:"path,omitempty"`
	}{plain(s), path})
}

func (s *Selector) UnmarshalJSON(data []byte) error {
	type plain Selector
	x := struct {
		*plain
		Path []string `json:"path"`
	}{plain: (*plain)(s)}
	err := json.Unmarshal(data, &x)
	if x.Path != nil {
		s.Scope, s.ByPath = Names{joinNames(x.Path)}, true
	}
	return err
}
