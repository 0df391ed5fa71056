package xlsx

import (
	"slices"
	"testing"
)

// TestCouldSheet checks who could alone give themselves something. A catalog without delegates has no such sheet.
func TestCouldSheet(t *testing.T) {
	f := open(t, bytesOf(t, inputOf(project(t, `
-- access.yaml --
catalog:
  levels: [org]
  permissions:
    manage: {level: org, grantable: true, delegates: [{gives: {permissions: [sign, see]}, to: users}]}
    sign: {level: org, grantable: true, sensitivity: critical}
    see: {level: org, grantable: true, sensitivity: high}
  roles: {}
scopes: {o: {}}
users:
  bo@c.example: {name: Bo, grants: [{permission: manage, scope: o}]}
  cy@c.example: {grants: [{permission: manage, scope: o}, {permission: sign, scope: o}]}
  dee@c.example: {grants: [{permission: see, scope: o}]}
`))))
	for title, want := range map[string][]string{"User": {"bo@c.example", "cy@c.example"}, "Critical": {"1", "0"},
		"High": {"1", "1"}} {
		if got := columnOf(t, f, "Could get", title); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", title, got, want)
		}
	}
	if f := open(t, bytesOf(t, inputOf(project(t, hostile)))); slices.Contains(f.GetSheetList(), "Could get") {
		t.Error("there is a sheet without delegates")
	}
}
