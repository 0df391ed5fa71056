package catalogs_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// derivedPermissions are those that no cell gives.
var derivedPermissions = []string{"give-roles", "handle-conversations", "manage-omnichannel-roles",
	"open-customer-service-workspace", "supervise-conversations"}

// dynamicsFacts are the lines of both files of cells. Of several lines about one
// cell the first counts; the others are what another environment has.
func dynamicsFacts(t *testing.T) (cells, elsewhere map[string]map[string]string) {
	cells, elsewhere = map[string]map[string]string{}, map[string]map[string]string{}
	for _, line := range append(facts(t, "dynamics-roles-sourced.csv"), facts(t, "dynamics-miscellaneous.csv")...) {
		id := strings.TrimPrefix(line["entity"]+":"+line["privilege"], ":")
		key := line["role"] + " " + id
		if cells[key] != nil {
			elsewhere[key] = line
			continue
		}
		cells[key] = line
	}
	return cells, elsewhere
}

// wrongCells lists what the cells of the catalog and the facts say differently,
// in both directions.
func wrongCells(c object, cells, elsewhere map[string]map[string]string) (wrong []string) {
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	seen := map[string]bool{}
	for role, r := range entries(c, "roles") {
		for id, cell := range entries(r, "permissions") {
			key := role + " " + id
			seen[key] = true
			line := cells[key]
			if line == nil || line["depth"] == "none" {
				fail("%s: no fact gives it", key)
				continue
			}
			if at(cell, "depth") != any(line["depth"]) || at(cell, "reach") != nil || at(cell, "access") != nil {
				fail("%s: depth %v, the facts say %s", key, at(cell, "depth"), line["depth"])
			}
			if at(cell, "confidence") != any(line["confidence"]) {
				fail("%s: confidence %v, the facts say %s", key, at(cell, "confidence"), line["confidence"])
			}
			if got := sourcesOf(cell); !sameSources(got, line["source-id"]) {
				fail("%s: sources %v, the facts say %s", key, got, line["source-id"])
			}
			for _, kind := range []string{"derived", "inferred"} {
				if says := at(cell, kind) != nil; says != (line["confidence"] == kind) {
					fail("%s: %s, and says how it is %s: %v", key, line["confidence"], kind, says)
				}
			}
			note, other := fmt.Sprint(at(cell, "note")), elsewhere[key]
			if other == nil && at(cell, "note") != nil || other != nil &&
				!(strings.HasPrefix(note, other["depth"]+" in ") && strings.Contains(note, other["source-id"])) {
				fail("%s: note %q, elsewhere the facts say %v", key, note, other["depth"])
			}
		}
	}
	for key, line := range cells {
		if line["depth"] != "none" && !seen[key] {
			fail("%s: missing, the facts say %s", key, line["depth"])
		}
	}
	slices.Sort(wrong)
	return wrong
}

// sourcesOf are the sources of a cell, the one that carries it first.
func sourcesOf(cell any) (list []string) {
	switch s := at(cell, "source").(type) {
	case string:
		return []string{s}
	case []any:
		for _, x := range s {
			list = append(list, fmt.Sprint(x))
		}
	}
	return list
}

// sameSources compares sources: the first carries the cell, the order of the
// others means nothing.
func sameSources(got []string, fact string) bool {
	want := strings.FieldsFunc(fact, func(r rune) bool { return r == ';' })
	if len(got) != len(want) || len(want) > 0 && got[0] != want[0] {
		return false
	}
	return slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)))
}

func TestDynamicsCells(t *testing.T) {
	cells, elsewhere := dynamicsFacts(t)
	c := catalog(t, "dynamics-365-customer-service")
	if wrong := wrongCells(c, cells, elsewhere); wrong != nil {
		t.Errorf("%d cells differ from the facts:\n%s", len(wrong), strings.Join(wrong, "\n"))
	}
	roles, permissions := []string{}, slices.Clone(derivedPermissions)
	for key, line := range cells {
		role, id, _ := strings.Cut(key, " ")
		if line["depth"] != "none" {
			roles, permissions = append(roles, role), append(permissions, id)
		}
	}
	slices.Sort(roles)
	slices.Sort(permissions)
	equal(t, "roles", slices.Compact(roles), keys(c, "roles"))
	equal(t, "permissions", slices.Compact(permissions), keys(c, "permissions"))

	sources, titles := map[string]any{}, map[string]any{}
	for _, line := range facts(t, "dynamics-sources.csv") {
		sources[line["source-id"]] = line["title"]
	}
	for id, s := range entries(c, "sources") {
		titles[id] = at(s, "title")
	}
	equal(t, "sources", sources, titles)
}

// Each fault that a cell can have is found: else the comparison proves nothing.
func TestDynamicsCellsMutated(t *testing.T) {
	cells, elsewhere := dynamicsFacts(t)
	const role, id = "customer-service-representative", "case:read"
	maps.DeleteFunc(cells, func(key string, _ map[string]string) bool { return !strings.HasPrefix(key, role+" ") })
	shipped := catalog(t, "dynamics-365-customer-service")
	if wrong := wrongCells(object{"roles": object{role: at(shipped, "roles", role)}}, cells, elsewhere); wrong != nil {
		t.Fatal(wrong)
	}
	for name, mutate := range map[string]func(cells, cell object){
		"wrong depth":        func(_, cell object) { cell["depth"] = "local" },
		"depth as a reach":   func(_, cell object) { delete(cell, "depth"); cell["reach"] = "tree" },
		"no source":          func(_, cell object) { delete(cell, "source") },
		"another source":     func(_, cell object) { cell["source"] = "thread" },
		"a source too many":  func(_, cell object) { cell["source"] = []any{"xrm-2021", "xrm-2026"} },
		"no confidence":      func(_, cell object) { delete(cell, "confidence") },
		"another confidence": func(_, cell object) { cell["confidence"] = "derived" },
		"a reason too many":  func(_, cell object) { cell["inferred"] = "It is needed" },
		"a note too many":    func(_, cell object) { cell["note"] = "local elsewhere" },
		"no cell":            func(cells, _ object) { delete(cells, id) },
		"a cell too many":    func(cells, cell object) { cells["case:delete"] = cell },
		"another's cell":     func(cells, cell object) { delete(cells, id); cells["bulk-delete"] = cell },
	} {
		cell := maps.Clone(entries(shipped, "roles", role, "permissions", id))
		of := maps.Clone(entries(shipped, "roles", role, "permissions"))
		of[id] = cell
		mutate(of, cell)
		if len(wrongCells(object{"roles": object{role: object{"permissions": of}}}, cells, elsewhere)) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestDynamics(t *testing.T) {
	c := catalog(t, "dynamics-365-customer-service")
	equal(t, "depths", any(object{
		"basic": object{"title": "User", "reach": "tree", "access": "own", "source": "dv-access-2021"},
		"local": object{"title": "Business Unit", "reach": "self", "access": "all", "source": "dv-levels-2025"},
		"deep": object{"title": "Parent: Child Business Units", "aliases": at(c, "depths", "deep", "aliases"),
			"reach": "subtree", "access": "all", "source": "dv-levels-2025"},
		"global": object{"title": "Organization", "aliases": []any{"Organisation"}, "reach": "tree", "access": "all",
			"source": "dv-levels-2025"},
	}), c["depths"])

	everywhere := any([]any{"environment", "business-unit"})
	equal(t, "levels", everywhere, c["levels"])
	equal(t, "nested", any(true), c["nested"])
	for _, kind := range []string{"permissions", "roles"} {
		for _, id := range keys(c, kind) {
			equal(t, "level of "+id, everywhere, at(c, kind, id, "level"))
		}
	}
	for _, field := range []string{"actions", "grantable", "deprecated", "implies", "inferred"} {
		equal(t, "permissions with "+field, []string{}, having(c, "permissions", field))
	}
	equal(t, "derived", derivedPermissions, having(c, "permissions", "when"))
	equal(t, "affiliations", nil, c["affiliations"])
	equal(t, "default role", nil, c["default"])
	licences := []any{"dynamics-365-customer-service-professional", "dynamics-365-customer-service-enterprise",
		"dynamics-365-customer-service-premium"}
	equal(t, "user attributes", map[string]any{"licenses": licences, "security-groups": nil,
		"status": []any{"enabled", "disabled"}, "access-mode": []any{"read-write", "administrative", "non-interactive"},
		"user-kind": []any{"person", "application"}, "platform-roles": []any{"power-platform-administrator",
			"dynamics-365-administrator"},
		"app-profiles": []any{"customer-service-workspace", "omnichannel", "customer-service-hub"}}, values(c, "user"))
	equal(t, "scope attributes", map[string]any{"business-units": []any{"hierarchical", "matrix"},
		"security-groups": nil}, values(c, "scope"))

	equal(t, "open-customer-service-workspace", workspace(),
		needs(t, at(c, "permissions", "open-customer-service-workspace", "when")))
	equal(t, "handle-conversations", []string{"permission open-customer-service-workspace same",
		"role omnichannel-agent tree"},
		needs(t, at(c, "permissions", "handle-conversations", "when")))
	equal(t, "supervise-conversations", []string{"permission open-customer-service-workspace same",
		"role omnichannel-supervisor tree"},
		needs(t, at(c, "permissions", "supervise-conversations", "when")))
	equal(t, "manage-omnichannel-roles", []string{"role omnichannel-administrator tree direct",
		"role system-administrator tree direct"},
		needs(t, at(c, "permissions", "manage-omnichannel-roles", "when")))

	equal(t, "give-roles", []string{"permission user-role:read same", "permission user-role:assign same"},
		needs(t, at(c, "permissions", "give-roles", "when")))

	equal(t, "rules", []string{"administrative-access-mode", "api-access-cannot-assign", "api-access-not-agent",
		"basic-user-required",
		"disabled-user", "matrix-app-needs-basic-user-at-home",
		"non-interactive-access-mode", "omnichannel-admin-needs-system-administrator", "outside-security-group"},
		keys(c, "rules"))
	equal(t, "basic-user-required holding", any(object{"anyRole": true}),
		at(c, "rules", "basic-user-required", "require", "holding"))
	equal(t, "basic-user-required needs", any("basic-user"),
		at(c, "rules", "basic-user-required", "require", "needs", "role"))
	equal(t, "basic-user-required at", any("any"), at(c, "rules", "basic-user-required", "require", "at"))
	equal(t, "administrator holding", any(object{"role": "omnichannel-administrator"}),
		at(c, "rules", "omnichannel-admin-needs-system-administrator", "require", "holding"))
	equal(t, "administrator needs", any("system-administrator"),
		at(c, "rules", "omnichannel-admin-needs-system-administrator", "require", "needs", "role"))
	equal(t, "api-access-not-agent", any(object{
		"between": object{"anyOf": []any{object{"role": "omnichannel-api-access"}}},
		"and": object{"anyOf": []any{object{"role": "omnichannel-agent"},
			object{"role": "omnichannel-supervisor"}}},
		"at": "any",
	}), at(c, "rules", "api-access-not-agent", "conflict"))
	severities(t, c, "omnichannel-admin-needs-system-administrator")
	sourced(t, c)
}

// workspace is what opening the workspace takes, in the words of needs.
func workspace() []string {
	list := []string{
		"role basic-user tree",
		"role app-profile-user tree",
		"any of (role customer-service-representative tree; role customer-service-manager tree; role " +
			"system-administrator tree; " +
			"all of (permission case:read same; permission case:write same; permission case:append same; permission " +
			"case:append-to same))",
	}
	for _, entity := range []string{"case", "account", "contact", "activity"} {
		for _, privilege := range []string{"read", "write", "append", "append-to"} {
			list = append(list, "permission "+entity+":"+privilege+" same")
		}
	}
	return append(list,
		"attribute map[app-profiles:[customer-service-workspace]]",
		"attribute map[licenses:[dynamics-365-customer-service-professional dynamics-365-customer-service-enterprise "+
			"dynamics-365-customer-service-premium]]",
		"matching security-groups")
}
