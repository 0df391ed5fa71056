package importer_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/edit/importer"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// TestMain makes fewer checks than rapid does by itself: each loads catalogs several times.
func TestMain(m *testing.M) {
	flag.Parse()
	given := os.Getenv("RAPID_CHECKS") != ""
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		_ = flag.Set("rapid.checks", "15") // a flag of rapid: cannot fail
	}
	os.Exit(m.Run())
}

// world is what somebody has in a system.
type world struct {
	people []person
	groups []string
	in     map[string][]int // people of a group
	nested bool             // the first group is in the second
}

type person struct {
	login, name string
	disabled    bool
	roles       []held

	user          string // as it is declared, if it is
	declared, off bool
}

type held struct{ role, scope string }

// kinds are the small writers of exports, one file a page.
var kinds = map[string]struct {
	product, scope string
	roles, scopes  []string
	groups         bool
	paged          bool
	write          func(w *world) []observe.Input
}{
	"table": {"call-manager", "", []string{"Owner", "reader", "Writer"}, []string{"acme", "Fabrikam Ltd"}, false,
		false, writeTable},
	"scim": {"call-manager", "acme", []string{"owner", "Reader"}, []string{""}, true, true, writeSCIM},
	"services-hub": {"services-hub", "contoso", []string{"Workspace Administrator", "Learning", "health"},
		[]string{"emea", "apac"}, false, true, writeHub},
	"dataverse": {"dynamics-365-customer-service", "", []string{"Basic User", "CSR Manager"},
		[]string{"b0", "b1", "b2"}, true, true, writeDataverse},
	"m365dsc": {"services-hub", "contoso", []string{"WorkspaceAdministratorRole", "TrainingPermissionRole"},
		[]string{"emea"}, false, false, writeDSC},
	"entra": {"dynamics-365-customer-service", "", nil, nil, true, true, writeEntra},
}

func file(name string, v any) observe.Input {
	raw, _ := json.MarshalIndent(v, "", " ") // maps and text: cannot fail
	return observe.Input{Name: name, Raw: raw}
}

type object = map[string]any

func writeTable(w *world) []observe.Input {
	var b strings.Builder
	b.WriteString("Email;Name;Role;Tenant;Status\n")
	for _, p := range w.people {
		for _, h := range p.roles {
			fmt.Fprintf(&b, "%s;%s;%s;%s;%s\n", p.login, p.name, h.role, h.scope,
				map[bool]string{true: "Blocked", false: "Active"}[p.disabled])
		}
	}
	return []observe.Input{{Name: "users.csv", Raw: []byte(b.String())}}
}

func writeSCIM(w *world) (files []observe.Input) {
	for i, p := range w.people {
		roles := []object{}
		for _, h := range p.roles {
			roles = append(roles, object{"value": h.role})
		}
		files = append(files, file(fmt.Sprintf("users-%d.json", i),
			object{"totalResults": len(w.people), "startIndex": i + 1, "Resources": []object{
				{"id": fmt.Sprint("p", p.name), "userName": p.login, "active": !p.disabled, "roles": roles}}}))
	}
	for i, g := range w.groups {
		members := []object{}
		for _, m := range w.in[g] {
			members = append(members, object{"value": fmt.Sprint("p", w.people[m].name)})
		}
		if w.nested && i == 1 {
			members = append(members, object{"value": w.groups[0], "type": "Group"})
		}
		files = append(files, file(fmt.Sprintf("groups-%d.json", i),
			object{"totalResults": len(w.groups), "startIndex": i + 1,
				"Resources": []object{{"id": g, "displayName": g, "members": members}}}))
	}
	return files
}

func writeHub(w *world) (files []observe.Input) {
	for _, scope := range []string{"emea", "apac"} {
		users := []object{}
		for _, p := range w.people {
			var roles []string
			for _, h := range p.roles {
				if h.scope == scope {
					roles = append(roles, h.role)
				}
			}
			if roles != nil {
				users = append(users, object{"id": "h" + p.name, "displayName": p.name, "accountName": p.login,
					"roles": roles, "status": "Active"})
			}
		}
		files = append(files, file(scope+".json", object{"values": users, "totalCount": len(users)}))
	}
	return files
}

func writeDataverse(w *world) (files []observe.Input) {
	units := []object{{"businessunitid": "b0", "name": "org"},
		{"businessunitid": "b1", "name": "Sales", "_parentbusinessunitid_value": "b0"},
		{"businessunitid": "b2", "name": "West", "_parentbusinessunitid_value": "b1"}}
	for i, p := range w.people {
		roles, teams := []object{}, []object{}
		for _, h := range p.roles {
			roles = append(roles, object{"roleid": h.role + h.scope, "name": h.role, "_businessunitid_value": h.scope})
		}
		for _, g := range w.groups {
			if slices.Contains(w.in[g], i) {
				teams = append(teams, object{"teamid": g, "name": g, "teamtype": 0, "_businessunitid_value": "b0"})
			}
		}
		page := object{"value": []object{{"systemuserid": "s" + p.name, "fullname": p.name, "domainname": p.login,
			"isdisabled":                  p.disabled,
			"systemuserroles_association": roles, "teammembership_association": teams}}}
		if i < len(w.people)-1 {
			page["@odata.nextLink"] = fmt.Sprintf("https://x/users?$skiptoken=%%3Ccookie%%20pagenumber=%%22%d%%22%%20/%%3E", i+2)
		}
		files = append(files, file(fmt.Sprintf("users-%d.json", i+1), page))
	}
	teams := []object{}
	for _, g := range w.groups {
		teams = append(teams, object{"teamid": g, "name": g, "teamtype": 0, "_businessunitid_value": "b0",
			"teamroles_association": []object{{"name": "Knowledge Manager", "_businessunitid_value": "b0"}}})
	}
	return append(files, file("units.json", object{"value": units}),
		file("teams.json", object{"@odata.context": "$metadata#teams", "value": teams}))
}

func writeDSC(w *world) []observe.Input {
	list := []object{}
	for _, p := range w.people {
		var roles []string
		for _, h := range p.roles {
			roles = append(roles, h.role)
		}
		list = append(list, object{"ResourceName": "SHSpaceUser", "SpaceName": "emea", "Email": p.login, "Roles": roles,
			"Ensure": "Present"})
	}
	return []observe.Input{file("hub.json", list)}
}

func writeEntra(w *world) (files []observe.Input) {
	for _, g := range w.groups {
		members := w.in[g]
		if len(members) == 0 {
			files = append(files, file(g+"-members-1.json", object{"value": []object{}}))
		}
		for i, m := range members {
			p := w.people[m]
			value := []object{{"@odata.type": "#microsoft.graph.user", "id": "e" + p.name,
				"displayName": p.name, "userPrincipalName": p.login, "accountEnabled": !p.disabled}}
			if w.nested && i == 0 && g == w.groups[1] {
				value = append(value, object{"@odata.type": "#microsoft.graph.group", "displayName": w.groups[0]})
			}
			page := object{"@odata.context": "$metadata#directoryObjects", "value": value}
			if i < len(members)-1 {
				page["@odata.nextLink"] = "https://graph.example/next"
			}
			files = append(files, file(fmt.Sprintf("%s-members-%d.json", g, i+1), page))
		}
	}
	return files
}

func drawWorld(t *rapid.T, roles, scopes []string, groups bool) *world {
	w := &world{in: map[string][]int{}}
	for i := range rapid.IntRange(1, 5).Draw(t, "people") {
		p := person{login: fmt.Sprintf("u%d@acme.example", i), name: fmt.Sprintf("U%d", i),
			disabled: rapid.Bool().Draw(t, "disabled")}
		if rapid.Bool().Draw(t, "guest") {
			p.login = fmt.Sprintf("u%d_guest.example#EXT#@acme.onmicrosoft.com", i)
		}
		for _, s := range scopes {
			if rapid.Bool().Draw(t, "on "+s) || len(p.roles) == 0 {
				p.roles = append(p.roles, held{rapid.SampledFrom(roles).Draw(t, "role"), s})
			}
		}
		w.people = append(w.people, p)
	}
	if groups {
		w.nested = rapid.Bool().Draw(t, "nested")
		for _, g := range []string{"day", "night"} {
			w.groups = append(w.groups, g)
			for i := range w.people {
				if rapid.Bool().Draw(t, "in "+g) || len(w.in[g]) == 0 {
					w.in[g] = append(w.in[g], i)
				}
			}
		}
	}
	return w
}

var day, _ = policy.ParseDate("2026-12-01")

var limits = compiler.Options{AsOf: day, Limits: load.DefaultLimits}

// read reads an export that has to be complete.
func read(t *rapid.T, kind, scope string, files []observe.Input) *observe.Observation {
	o, err := observe.Read(kind, files, observe.Options{Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Gaps) > 0 {
		t.Fatalf("gaps: %+v", o.Gaps)
	}
	return o
}

func imported(t *rapid.T, kind, product, scope string, files []observe.Input) *compiler.Project {
	o := read(t, kind, scope, files)
	done, err := importer.Import(t.Context(), o, importer.Options{Options: limits, Product: product, Scope: scope,
		Format: "yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Left) > 0 {
		t.Fatalf("left out: %+v", done.Left)
	}
	opts := limits
	opts.Paths, opts.FS = []string{"."}, load.InMemory(map[string][]byte{"a.yaml": done.Text})
	p, err := compiler.Load(t.Context(), opts)
	if err != nil || p.Policy == nil {
		t.Fatalf("%v %v\n%s", err, p.Stopped, done.Text)
	}
	return p
}

func compare(t *rapid.T, p *compiler.Project, kind, scope string, files []observe.Input) *drift.Drift {
	d, err := drift.Ask(t.Context(), p, read(t, kind, scope, files), drift.Options{Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestInSync: what is imported is in sync, whatever the order of files, people and roles, and the case of names. With
// a page less, the export is not complete.
func TestInSync(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := drawWorld(t, kind.roles, kind.scopes, kind.groups)
				files := kind.write(w)
				p := imported(t, name, kind.product, kind.scope, files)
				before := compare(t, p, name, kind.scope, files)
				if len(before.Items) > 0 {
					t.Fatalf("not in sync: %s", before.Items[0].Message)
				}
				for i := range w.people {
					w.people[i].login = strings.ToUpper(w.people[i].login)
					w.people[i].roles = rapid.Permutation(w.people[i].roles).Draw(t, "roles")
				}
				order := rapid.Permutation(kind.write(w)).Draw(t, "files")
				after := compare(t, p, name, kind.scope, order)
				if len(after.Items) > 0 || after.InSync != before.InSync || after.NotCovered != before.NotCovered {
					t.Fatalf("%d in sync, %d not covered before; now %d, %d: %+v", before.InSync, before.NotCovered,
						after.InSync, after.NotCovered, after.Items)
				}
				if kind.paged && len(files) > 1 {
					leaveOut(t, name, kind.scope, files, p)
				}
			})
		})
	}
}

// leaveOut leaves out one file. Either the export says that it is not complete, or nothing is missing for it: a list
// of its own covers itself alone.
func leaveOut(t *rapid.T, kind, scope string, files []observe.Input, p *compiler.Project) {
	i := rapid.IntRange(0, len(files)-1).Draw(t, "left out")
	rest := slices.Delete(slices.Clone(files), i, i+1)
	o, err := observe.Read(kind, rest, observe.Options{Scope: scope})
	if err != nil || len(o.Gaps) > 0 {
		return
	}
	list, _, _ := strings.Cut(files[i].Name, "-")
	if slices.ContainsFunc(rest, func(f observe.Input) bool { return strings.HasPrefix(f.Name, list+"-") }) {
		t.Fatalf("%s is missing, and nothing says so", files[i].Name)
	}
	d, err := drift.Ask(t.Context(), p, o, drift.Options{Scope: scope, Brief: true})
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := d.Errors(); n > 0 {
		t.Fatalf("without %s: %s", files[i].Name, d.Items[0].Message)
	}
}
