package importer_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/load"
)

// declarable is what one kind of export calls something, and what a declaration calls it.
type declarable struct{ there, here string }

// classed says how the things of a kind of export are declared.
var classed = map[string]struct {
	head          string // of the declaration
	roles, grants []declarable
	scopes        []declarable
	ids           string // the system whose ids people have, or ""
	base          string // a role that everybody has here and there, since the product gives it to those without any
	off, states   bool   // the export says who is disabled; who is not
	empty         bool   // it lists people who have nothing
}{
	"table": {"product: call-manager\nscopes: {acme: {}, fabrikam: {title: Fabrikam Ltd}}\n",
		[]declarable{{"reader", "reader"}, {"Writer", "writer"}}, nil,
		[]declarable{{"acme", "acme"}, {"Fabrikam Ltd", "fabrikam"}}, "", "owner", true, true, false},
	"scim": {"product: call-manager\nscopes: {acme: {}}\n",
		[]declarable{{"writer", "writer"}, {"Reader", "reader"}}, nil, []declarable{{"", "acme"}}, "call-manager",
		"owner", true, true, true},
	"services-hub": {"product: services-hub\ndomains: {acme.example: customer, guest.example: customer}\n" +
		"scopes: {contoso: {scopes: {emea: {}, apac: {}}}}\n",
		[]declarable{{"Workspace Administrator", "workspace-administrator"}},
		[]declarable{{"Learning", "learning"}, {"health", "health"}},
		[]declarable{{"emea", "contoso/emea"}, {"apac", "contoso/apac"}}, "services-hub", "", false, true, false},
	"dataverse": {"product: dynamics-365-customer-service\nscopes: {prod: {scopes: {Sales: {scopes: {West: {}}}}}}\n",
		[]declarable{{"Basic User", "basic-user"}, {"CSR Manager", "customer-service-manager"}}, nil,
		[]declarable{{"b0", "prod"}, {"b1", "prod/Sales"}, {"b2", "prod/Sales/West"}}, "dataverse", "", true, true, true},
	"m365dsc": {"product: services-hub\ndomains: {acme.example: customer, guest.example: customer}\n" +
		"scopes: {contoso: {scopes: {emea: {}}}}\n",
		[]declarable{{"WorkspaceAdministratorRole", "workspace-administrator"}},
		[]declarable{{"TrainingPermissionRole", "learning"}}, []declarable{{"emea", "contoso/emea"}}, "", "", false, false,
		true},
	"entra": {"product: call-manager\nscopes: {acme: {}}\n", nil, nil, nil, "entra", "", true, true, false},
}

// comparison is a random declaration, a random export, and what differs between them, worked out one by one.
type comparison struct {
	text    strings.Builder // of the declaration
	world   world
	want    map[string]bool
	members map[string][]string // of the declared groups
}

// TestClasses: of each entry and membership, drift says what its dates here and its presence there mean, for every
// kind of export. People are found by ids, by addresses in any case, and as guests.
func TestClasses(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				c := drawComparison(t, name, kind.groups)
				opts := limits
				opts.Paths, opts.FS = []string{"."}, load.InMemory(map[string]string{"a.yaml": c.text.String()})
				p, err := compiler.Load(t.Context(), opts)
				if err != nil || p.Policy == nil {
					t.Fatalf("%v %v\n%s", err, p.Stopped, c.text.String())
				}
				got := map[string]bool{}
				for _, x := range compare(t, p, name, kind.scope, kind.write(&c.world)).Items {
					got[describe(&x)] = true
				}
				if !maps.Equal(got, c.want) {
					t.Fatalf("got  %q\nwant %q\n%s", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(c.want)),
						c.text.String())
				}
			})
		})
	}
}

// describe names an item without its message.
func describe(x *drift.Item) string {
	text := fmt.Sprint(x.Class, " ", x.User, " ", x.Role, x.Permission, " ", x.Scope, " ", x.In)
	return strings.Join(strings.Fields(strings.ToLower(text)), " ")
}

func drawComparison(t *rapid.T, kind string, groups bool) *comparison {
	c := &comparison{want: map[string]bool{}, members: map[string][]string{}, world: world{in: map[string][]int{}}}
	c.text.WriteString(classed[kind].head + "users:\n")
	if groups {
		c.world.groups = []string{"day", "night"}
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "people") {
		c.drawPerson(t, kind, i)
	}
	if groups {
		c.drawMembers(t, kind)
	}
	return c
}

// drawPerson draws somebody with all that they have, here and there.
func (c *comparison) drawPerson(t *rapid.T, kind string, i int) {
	k := classed[kind]
	user := fmt.Sprintf("u%d@acme.example", i)
	p := person{login: user, name: fmt.Sprintf("U%d", i)}
	declared, ids := i == 0 || rapid.Bool().Draw(t, "declared"), ""
	switch rapid.IntRange(0, 2).Draw(t, "name") {
	case 0:
		user = fmt.Sprintf("u%d@guest.example", i)
		p.login = fmt.Sprintf("u%d_guest.example#EXT#@acme.onmicrosoft.com", i)
	case 1:
		p.login = strings.ToUpper(user)
		if declared && k.ids != "" {
			p.login = fmt.Sprintf("renamed%d@acme.example", i)
			prefix := map[string]string{"scim": "p", "services-hub": "h", "dataverse": "s", "entra": "e"}[kind]
			ids = fmt.Sprintf(", ids: {%s: %s%s}", k.ids, prefix, p.name)
		}
	}
	var lists [2][]string
	if k.base != "" && declared {
		lists[0] = append(lists[0], fmt.Sprintf("{role: %s, scope: %s}", k.base, k.scopes[0].here))
		p.roles = append(p.roles, held{k.base, k.scopes[0].there})
	}
	for j, list := range [][]declarable{k.roles, k.grants} {
		for _, what := range list {
			scope := rapid.SampledFrom(k.scopes).Draw(t, "scope")
			dates, there := c.drawEntry(t, declared, user+" "+what.here+" "+scope.here)
			if there {
				p.roles = append(p.roles, held{what.there, scope.there})
			}
			if dates != "none" {
				lists[j] = append(lists[j], fmt.Sprintf("{%s: %s, scope: %s%s}", []string{"role", "permission"}[j],
					what.here, scope.here, dates))
			}
		}
	}
	p.disabled = k.off && rapid.Bool().Draw(t, "disabled there")
	status := ""
	if declared {
		off := rapid.Bool().Draw(t, "disabled here")
		if off {
			status = ", status: disabled"
		}
		if k.states && off != p.disabled && (k.empty || len(p.roles) > 0) {
			c.want["disabled "+user] = true
		}
		fmt.Fprintf(&c.text, "  %s: {roles: [%s], grants: [%s]%s%s}\n", user, strings.Join(lists[0], ", "),
			strings.Join(lists[1], ", "), status, ids)
	}
	p.user, p.declared, p.off = user, declared, status != ""
	c.world.people = append(c.world.people, p)
}

// drawEntry draws when something is declared, or "none", and whether it is there, and notes what differs.
func (c *comparison) drawEntry(t *rapid.T, declared bool, what string) (dates string, there bool) {
	there, dates = rapid.Bool().Draw(t, "there"), "none"
	if declared {
		dates = rapid.SampledFrom([]string{"none", "", ", expires: 2026-12-01", ", starts: 2026-12-01",
			", expires: 2026-11-30", ", starts: 2026-12-02"}).Draw(t, "dates")
	}
	class := ""
	switch {
	case there && dates == "none":
		class = "extra"
	case there && strings.Contains(dates, "11-30"):
		class = "kept-after-end"
	case there && strings.Contains(dates, "12-02"):
		class = "early"
	case !there && (dates == "" || strings.Contains(dates, "12-01")):
		class = "missing"
	}
	if class != "" {
		c.want[strings.ToLower(class+" "+what)] = true
	}
	return dates, there
}

// drawMembers draws who is in which group, here and there.
func (c *comparison) drawMembers(t *rapid.T, kind string) {
	c.text.WriteString("groups:\n")
	for _, g := range c.world.groups {
		var list []string
		for i := range c.world.people {
			p := &c.world.people[i]
			dates, there := c.drawEntry(t, p.declared, p.user+" "+g)
			if there {
				c.world.in[g] = append(c.world.in[g], i)
				if kind == "entra" && p.declared && p.off != p.disabled {
					c.want["disabled "+p.user] = true
				}
			}
			if dates != "none" {
				list = append(list, fmt.Sprintf("{user: %s%s}", p.user, dates))
			}
		}
		more := ""
		if kind == "dataverse" {
			more = "kind: owner, home: prod, roles: [{role: knowledge-manager, scope: prod}], "
		}
		fmt.Fprintf(&c.text, "  %s: {%smembers: [%s]}\n", g, more, strings.Join(list, ", "))
	}
}
