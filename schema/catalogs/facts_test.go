package catalogs_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"
	"github.com/google/go-cmp/cmp"
)

// object is a CUE struct decoded without regard to the compiler's own types,
// so that a field which those drop is still compared.
type object = map[string]any

// catalog is the named catalog, checked against the schema.
func catalog(t *testing.T, product string) object {
	t.Helper()
	found := load.Instances([]string{"./catalogs/" + product}, &load.Config{Dir: ".."})
	v := cuecontext.New().BuildInstance(found[0]).LookupPath(cue.ParsePath("catalog"))
	if err := v.Validate(cue.Concrete(true)); err != nil {
		t.Fatal(err)
	}
	var c object
	if err := v.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// facts are the lines of a CSV file, by column.
func facts(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []map[string]string
	for _, record := range records[1:] {
		line := map[string]string{}
		for i, column := range records[0] {
			line[column] = record[i]
		}
		lines = append(lines, line)
	}
	return lines
}

// at returns the value under the path, or nil.
func at(v any, path ...string) any {
	for _, key := range path {
		o, ok := v.(object)
		if !ok {
			return nil
		}
		v = o[key]
	}
	return v
}

func entries(v any, path ...string) object {
	o, _ := at(v, path...).(object)
	return o
}

func keys(v any, path ...string) []string {
	list := []string{}
	for key := range entries(v, path...) {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

// having are the ids under kind, such as permissions, that have the field.
func having(c object, kind, field string) []string {
	list := []string{}
	for _, id := range keys(c, kind) {
		if at(c, kind, id, field) != nil {
			list = append(list, id)
		}
	}
	return list
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-facts +catalog):\n%s", what, d)
	}
}

func TestServicesHub(t *testing.T) {
	c := catalog(t, "services-hub")
	levels := map[string]string{"services-admin": "customer", "workspace-administrator": "workspace",
		"global-administrator": "customer", "csam": "customer", "incident-manager": "customer"}

	type cells = map[string]string
	want, ids := cells{}, []string{}
	for _, line := range facts(t, "services-hub-matrix.csv") {
		id := line["permission"]
		ids = append(ids, id)
		equal(t, "level of "+id, any(line["level"]), at(c, "permissions", id, "level"))
		for column, cell := range line {
			if column == "permission" || column == "level" || cell == "" {
				continue
			}
			// The footnote on exports is the deny rule.
			want[column+" "+id] = map[string]string{"X": "X", "X1": "X", "X2": "X2", "G": "G", "G1": "G"}[cell]
		}
	}
	slices.Sort(ids)
	equal(t, "permissions", ids, keys(c, "permissions"))
	equal(t, "roles", []string{"csam", "global-administrator", "incident-manager", "services-admin",
		"workspace-administrator"}, keys(c, "roles"))

	got := cells{}
	for role, r := range entries(c, "roles") {
		equal(t, "level of "+role, any(levels[role]), at(r, "level"))
		for id, cell := range entries(r, "permissions") {
			got[role+" "+id] = "X"
			if at(cell, "inferred") == nil {
				t.Errorf("%s %s: placed by a rule, so it must say that it is inferred", role, id)
			}
			// Everything in a customer's workspaces, or at the scope of the role.
			reach := any(nil)
			if levels[role] == "customer" && at(c, "permissions", id, "level") == "workspace" {
				reach = "subtree"
			}
			equal(t, "reach of "+role+" "+id, reach, at(cell, "reach"))
		}
		for included, how := range entries(r, "includes") {
			equal(t, "reach of "+included+" in "+role, any(object{"labels": []any{"first"}}), at(how, "reach"))
			for id := range entries(c, "roles", included, "permissions") {
				if got[role+" "+id] != "" {
					t.Errorf("%s %s: a cell beside the include", role, id)
				}
				got[role+" "+id] = "X2"
			}
		}
	}
	for id, p := range entries(c, "permissions") {
		if at(p, "grantable") == true {
			got["user "+id] = "G"
		}
	}
	equal(t, "matrix", want, got)

	customer, microsoft := []any{"customer"}, []any{"microsoft"}
	equal(t, "who may hold a role", map[string]any{"services-admin": customer, "workspace-administrator": customer,
		"global-administrator": customer, "csam": microsoft, "incident-manager": microsoft}, affiliations(c))
	equal(t, "affiliations", []string{"customer", "microsoft"}, keys(c, "affiliations"))
	equal(t, "labels", []string{"first"}, keys(c, "labels"))
	equal(t, "levels", any([]any{"customer", "workspace"}), c["levels"])

	exports := []string{"customer-activity", "view-all-support-cases", "view-open-canvas"}
	equal(t, "permissions with actions", exports, having(c, "permissions", "actions"))
	for _, id := range exports {
		equal(t, "actions of "+id, any([]any{"view", "export"}), at(c, "permissions", id, "actions"))
	}
	equal(t, "deprecated", []string{"contract-details", "customer-pulse-survey"},
		having(c, "permissions", "deprecated"))
	equal(t, "conditions", []string{"health", "view-all-support-cases"}, having(c, "permissions", "conditions"))
	equal(t, "condition of health", []string{"azure-roles"}, keys(c, "permissions", "health", "conditions"))
	equal(t, "condition of view-all-support-cases", []string{"consent"},
		keys(c, "permissions", "view-all-support-cases", "conditions"))
	equal(t, "grantors", []string{"manage-open-canvas", "view-open-canvas"}, having(c, "permissions", "grantors"))
	equal(t, "implied", []string{}, having(c, "permissions", "implies"))

	equal(t, "capabilities", []string{"customer-level-administrator", "microsoft-customer-level-administrator"},
		having(c, "permissions", "capabilities"))
	var pages []string
	for _, capability := range at(c, "permissions", "customer-level-administrator", "capabilities").([]any) {
		pages = append(pages, fmt.Sprint(at(capability, "page"), " / ", at(capability, "tab")))
	}
	equal(t, "pages of an administrator", []string{"Customer / All tabs", "Customer / Global Administrators",
		"Customer / Customer Settings", "Customer / Customer Settings", "Customer / Customer Management",
		"Customer / Newsletter", "Workspace / Workspace", "Workspace / Workspace"}, pages)

	equal(t, "rules", []string{"microsoft-no-export", "one-first-workspace"}, keys(c, "rules"))
	equal(t, "microsoft-no-export", any(object{"affiliation": "microsoft", "action": "export"}),
		at(c, "rules", "microsoft-no-export", "deny"))
	equal(t, "one-first-workspace", any(object{"label": "first", "level": "customer", "max": int64(1)}),
		at(c, "rules", "one-first-workspace", "labels"))
	severities(t, c)
	sourced(t, c)
}

func TestCallManager(t *testing.T) {
	c := catalog(t, "call-manager")

	roles := []string{"owner", "reader", "tenant-setup", "writer"}
	want, ids := []string{}, []string{}
	for _, line := range facts(t, "call-manager-matrix.csv") {
		id := line["object"] + ":" + line["action"]
		ids = append(ids, id)
		for _, role := range roles {
			if line[role] == "X" {
				want = append(want, role+" "+id)
			}
		}
	}
	got := []string{}
	for _, role := range keys(c, "roles") {
		for id, cell := range entries(c, "roles", role, "permissions") {
			got = append(got, role+" "+id)
			equal(t, "reach of "+role+" "+id, nil, at(cell, "reach"))
		}
	}
	deduced := []string{}
	for _, role := range keys(c, "roles") {
		for _, id := range keys(c, "roles", role, "permissions") {
			if at(c, "roles", role, "permissions", id, "confidence") == "inferred" {
				deduced = append(deduced, role+" "+id)
			}
		}
	}
	equal(t, "inferred", []string{"owner admin-setup-page:read", "owner tenant-consent:write",
		"reader admin-setup-page:read",
		"writer admin-setup-page:read", "writer tenant-consent:write"}, deduced)
	slices.Sort(ids)
	slices.Sort(want)
	slices.Sort(got)
	equal(t, "permissions", ids, keys(c, "permissions"))
	equal(t, "roles", roles, keys(c, "roles"))
	equal(t, "matrix", want, got)

	equal(t, "levels", any([]any{"tenant"}), c["levels"])
	for _, kind := range []string{"permissions", "roles"} {
		for _, id := range keys(c, kind) {
			equal(t, "level of "+id, any("tenant"), at(c, kind, id, "level"))
		}
	}
	for _, field := range []string{"actions", "grantable", "deprecated", "implies", "when"} {
		equal(t, "permissions with "+field, []string{}, having(c, "permissions", field))
	}
	equal(t, "roles that include", []string{}, having(c, "roles", "includes"))
	equal(t, "affiliations", nil, c["affiliations"])
	equal(t, "default role", any(object{"role": "owner", "unassigned": true}), c["default"])
	equal(t, "attributes", map[string]any{"licenses": []any{"phone-system"}, "uses": []any{"phone-services"}},
		values(c, "user"))

	equal(t, "rules", []string{"exactly-one-role", "phone-system-license", "tenant-needs-owner"}, keys(c, "rules"))
	equal(t, "exactly-one-role", any(object{"level": "tenant", "min": int64(1), "max": int64(1)}),
		at(c, "rules", "exactly-one-role", "per-user"))
	equal(t, "tenant-needs-owner", any(object{"role": "owner", "level": "tenant", "min": int64(1)}),
		at(c, "rules", "tenant-needs-owner", "holders"))
	equal(t, "phone-system-license holding", any(object{"attribute": object{"uses": []any{"phone-services"}}}),
		at(c, "rules", "phone-system-license", "require", "holding"))
	equal(t, "phone-system-license needs", any(object{"licenses": []any{"phone-system"}}),
		at(c, "rules", "phone-system-license", "require", "needs", "attribute"))
	severities(t, c, "phone-system-license")
	if !strings.Contains(fmt.Sprint(c["notes"]), "What is my role?") {
		t.Error("notes do not answer what my role is")
	}
	sourced(t, c)
}

// needs writes a requirement of all of something out as one line for each; each
// must say how to meet it.
func needs(t *testing.T, when any) []string {
	t.Helper()
	return each(t, at(when, "allOf"))
}

func each(t *testing.T, list any) []string {
	t.Helper()
	var lines []string
	all, _ := list.([]any)
	for _, r := range all {
		lines = append(lines, need(t, r))
	}
	return lines
}

func need(t *testing.T, r any) string {
	t.Helper()
	var words []string
	for _, field := range []string{"role", "permission", "attribute", "matching"} {
		if v := at(r, field); v != nil {
			words = append(words, field, fmt.Sprint(v))
		}
	}
	for _, field := range []string{"at", "through"} {
		if v := at(r, field); v != nil {
			words = append(words, fmt.Sprint(v))
		}
	}
	if list := each(t, at(r, "anyOf")); list != nil {
		words = append(words, "any of ("+strings.Join(list, "; ")+")")
	}
	if list := each(t, at(r, "allOf")); list != nil {
		words = append(words, "all of ("+strings.Join(list, "; ")+")")
	}
	line := strings.Join(words, " ")
	if at(r, "hint") == nil {
		t.Errorf("%s: no hint how to meet it", line)
	}
	return line
}

func affiliations(c object) map[string]any {
	m := map[string]any{}
	for role, r := range entries(c, "roles") {
		m[role] = at(r, "affiliations")
	}
	return m
}

// values are the known values of each attribute; nil for any.
func values(c object, of string) map[string]any {
	m := map[string]any{}
	for id, a := range entries(c, "attributes", of) {
		m[id] = at(a, "values")
	}
	return m
}

// severities checks that the named rules warn and that the others are errors,
// but for those that deny, which weigh nothing; and that each says what is wrong
// and what to do.
func severities(t *testing.T, c object, warnings ...string) {
	t.Helper()
	for id, r := range entries(c, "rules") {
		want := any("error")
		switch {
		case slices.Contains(warnings, id):
			want = "warning"
		case at(r, "deny") != nil:
			want = nil
		}
		equal(t, "severity of "+id, want, at(r, "severity"))
		if at(r, "message") == nil || at(r, "help") == nil {
			t.Errorf("%s: no message or no help", id)
		}
	}
}

// sourced checks that each permission, role, condition and rule names a source
// that there is, and what every shipped
// catalog has.
func sourced(t *testing.T, c object) {
	t.Helper()
	source := func(what string, v any) {
		name, _ := at(v, "source").(string)
		if at(c, "sources", name) == nil {
			t.Errorf("%s: source %q is not among the sources", what, name)
		}
	}
	for _, kind := range []string{"permissions", "roles", "rules"} {
		for id, v := range entries(c, kind) {
			source(id, v)
			for condition, how := range entries(v, "conditions") {
				source(id+" "+condition, how)
			}
			if kind == "rules" {
				continue
			}
			for permission, cell := range entries(v, "permissions") {
				if confidence := at(cell, "confidence"); confidence == nil ||
					(confidence == "inferred") != (at(cell, "inferred") != nil) {
					t.Errorf("%s %s: confidence %v, inferred %v", id, permission, confidence, at(cell, "inferred"))
				}
			}
			if at(v, "title") == nil {
				t.Errorf("%s: no title", id)
			}
			for included, how := range entries(v, "includes") {
				source(id+" "+included, how)
			}
		}
	}
	for id, s := range entries(c, "sources") {
		if read := fmt.Sprint(at(s, "read")); read > fmt.Sprint(c["version"]) {
			t.Errorf("source %s was read on %s, after the version %s", id, read, c["version"])
		}
	}
	equal(t, "permissions with a sensitivity", keys(c, "permissions"), having(c, "permissions", "sensitivity"))
	changes, _ := c["changes"].([]any)
	if len(changes) == 0 {
		t.Fatal("no changes")
	}
	equal(t, "version", at(changes[0], "date"), c["version"])
}
