package review

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// people and crews are a project in which each line is one entry or one
// membership. Each crew is a file.
var (
	people = []string{"zoe,,reader,,acme", "ana,,agent,,acme/north", "ana,,agent,,acme/south", "ana,,,read,acme/north",
		"ben,,,read,acme/north",
		"ben,,lead,,acme/north", "cara,,lead,,acme/south", "dan,,reader,,acme", "dan,,agent,,acme/south",
		"eve,,,read,acme/south", "eve,,agent,,acme/south"}
	crews = []string{"crew: {members: [zoe]}", "crew: {members: ['group:night']}",
		"crew: {roles: [{role: agent, scope: acme/south}]}", "crew: {members: [ana]}",
		"crew: {members: [ben]}", "night: {members: [ben]}", "night: {members: [dan]}",
		"night: {grants: [{permission: write, scope: acme/north}]}", "crew: {roles: [{role: lead, scope: acme/north}]}"}
)

const deskCatalog = `
catalog: {
	product: "desk", levels: ["company", "desk"]
	permissions: {
		read: {level: "desk", actions: ["view", "export"], grantable: true}
		write: {level: "desk", implies: ["read"], grantable: true}
		close: level: "desk"
		command: {level: "desk", when: role: "lead"}
		news: level: "company"
		vigil: {level: "desk", when: group: "night"}
	}
	roles: {
		agent: {level: "desk", permissions: write: {}}
		lead: {level: "desk", permissions: close: {}, includes: agent: {}}
		reader: {level: "company", permissions: news: {}}
	}
	rules: quiet: deny: {role: "lead", permission: "read", action: "export"}
	default: {role: "reader", unassigned: true}
}
scopes: acme: scopes: {north: {}, south: {}}
users: {ana: {}, ben: {}, cara: {}, dan: {}, eve: {}}
groups: {crew: {}, night: {}}
`

// TestWithout deletes lines of a project, and compares its table with that of the whole project without these
// positions.
func TestWithout(t *testing.T) {
	whole := deskProject(t, nil)
	all := deskPlaces(whole)
	if len(all) != len(people)+len(crews) {
		t.Fatalf("%d places of %d lines", len(all), len(people)+len(crews))
	}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 0))
		gone, places := map[string]bool{}, map[policy.Pos]bool{}
		for _, line := range slices.Sorted(maps.Keys(all)) {
			if r.IntN(3) == 0 {
				gone[line], places[all[line]] = true, true
			}
		}
		without, faults := whole.Rebind(removePlaces(whole.Declared(), places), whole.Policy.Catalog)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		if diff := cmp.Diff(deskRows(t, deskProject(t, gone)), deskRows(t, without)); diff != "" {
			t.Errorf("without %v (-edited +said):\n%s", gone, diff)
		}
	}
}

// deskProject loads the project without some of its lines.
func deskProject(t *testing.T, gone map[string]bool) *compiler.Project {
	t.Helper()
	t.Chdir(t.TempDir())
	files := map[string]string{"catalog.cue": deskCatalog, "users.csv": "user,affiliation,role,permission,scope\n"}
	for i, line := range people {
		if !gone[fmt.Sprintf("users.csv:%d", i+2)] {
			files["users.csv"] += line + "\n"
		} else {
			files["users.csv"] += "zoe,,,,\n" // an empty line keeps the others in their place
		}
	}
	for i, line := range crews {
		if name := fmt.Sprintf("crew%d.yaml", i); !gone[name+":1"] {
			files[name] = "groups: {" + line + "}\n"
		}
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	asOf, _ := policy.ParseDate("2026-12-01")
	p, err := compiler.Load(context.Background(),
		compiler.Options{Paths: []string{"."}, AsOf: asOf, Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatal(err, p.Stopped)
	}
	return p
}

// deskPlaces returns the positions of entries and members, by line.
func deskPlaces(p *compiler.Project) map[string]policy.Pos {
	places := map[string]policy.Pos{}
	add := func(pos policy.Pos) {
		at := p.Files.Position(pos)
		places[fmt.Sprintf("%s:%d", at.File, at.Line)] = pos
	}
	for _, u := range p.Policy.Users {
		for _, e := range u.Entries {
			add(e.Pos)
		}
	}
	for _, g := range p.Declared().Groups {
		for _, m := range g.Members {
			add(m.Pos)
		}
		for _, e := range g.Entries {
			add(e.Place())
		}
	}
	return places
}

// deskRows returns the rows of a table, each with its positions.
func deskRows(t *testing.T, p *compiler.Project) (rows []string) {
	t.Helper()
	var b bytes.Buffer
	_, err := compiler.Each(context.Background(), p, func() func([]byte, *policy.Access) []byte {
		return func(b []byte, a *policy.Access) []byte {
			for _, r := range a.Rows {
				b = fmt.Appendf(b, "%s %s %s %v", r.User.ID, r.Scope.Path, r.Permission.ID,
					r.Permission.Names(r.Actions))
				for _, v := range r.Via {
					at := p.Files.Position(v.Pos)
					b = fmt.Appendf(b, " %s %s:%d", v.Kind, at.File, at.Line)
				}
				b = append(b, '\n')
			}
			return b
		}
	}, func(rows []byte) error {
		_, err := b.Write(rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(b.String(), "\n")
}
