package reference_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Every output says of each action which records it reaches, and until when.
func TestActionsEverywhere(t *testing.T) {
	several := 0
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		separate(d)
		divide(t, d)
		p := loaded(t, "project.json", d)
		want := []string{}
		for _, row := range Flatten(d, today) {
			for _, action := range row.Actions {
				access, expires := row.ofAction(action)
				want = append(want, fmt.Sprint(row.User, " ", row.Scope, " ", row.Permission, " ", action, " ", access,
					" ", expires))
			}
		}
		if len(Table(d, today)) > len(Flatten(d, today)) {
			several++
		}
		equal(t, d, "csv", lines(want), lines(ofCSV(t, rendered(t, p, "csv"))))
		equal(t, d, "jsonl", lines(want), lines(ofJSONLines(t, rendered(t, p, "jsonl"))))
		equal(t, d, "markdown", lines(want), lines(ofMarkdown(rendered(t, p, "markdown"))))
		var found []string
		for _, permission := range p.Policy.Catalog.Permissions {
			var text strings.Builder
			search := who.NewSearch(who.Question{Permission: permission})
			ask(t, p, search.Worker())
			if err := render.Who(&text, p.Policy, search.Answer(), "csv", false); err != nil {
				t.Fatal(err)
			}
			found = append(found, ofCSV(t, text.String())...)
		}
		equal(t, d, "who", lines(want), lines(found))
	})
	if t.Logf("%d with rows that are written several times", several); several < 1 {
		t.Error("too few to tell")
	}
}

// separate grants everybody two actions of each permission that has several, each until another day.
func separate(d *Declaration) {
	for _, s := range (project{Declaration: d, asOf: today}).places() {
		for _, id := range sorted(d.Catalog.Permissions) {
			p := d.Catalog.Permissions[id]
			if len(p.Actions.Names) < 2 || p.Deprecated != "" || !slices.Contains(p.Level, s.level) {
				continue
			}
			for _, user := range sorted(d.Users) {
				u := d.Users[user]
				u.Grants = append(u.Grants,
					Grant{Permission: id, Scope: s.path, Actions: p.Actions.Names[:1], Expires: "2026-06-20"},
					Grant{Permission: id, Scope: s.path, Actions: p.Actions.Names[1:2], Expires: "2027-01-31"})
			}
		}
	}
}

// divide adds grants of single actions, each with an end of its own, where roles
// and grants give all of them.
func divide(t *rapid.T, d *Declaration) {
	for _, row := range Flatten(d, today) {
		u := d.Users[row.User]
		if u == nil || len(row.Actions) < 2 || row.Via[0].Kind == "derived" {
			continue
		}
		for _, action := range row.Actions {
			if rapid.Bool().Draw(t, "grant it alone") {
				u.Grants = append(u.Grants, Grant{Permission: row.Permission, Scope: row.Scope,
					Actions: []string{action}, Expires: one(t, "until", someDays)})
			}
		}
	}
}

func ask(t *rapid.T, p *compiler.Project, look func(*policy.Access)) {
	_, _, _, err := diff.Pairs(context.Background(), nil, p, func(list []int, _, a *policy.Access) []int {
		look(a)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func rendered(t *rapid.T, p *compiler.Project, format string) string {
	var b strings.Builder
	if _, err := render.WriteTable(context.Background(), &b, &render.TableJob{Project: p}, format, false,
		nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func ofCSV(t *rapid.T, text string) (list []string) {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, title := range records[0] {
		column[title] = i
	}
	for _, r := range records[1:] {
		cell := func(title string) string { return r[column[title]] }
		for _, action := range unquoted(cell("actions"), ";") {
			if action != "" {
				list = append(list, fmt.Sprint(cell("user"), " ", cell("scope"), " ", cell("permission"), " ", action,
					" ", cell("access"), " ", cell("expires")))
			}
		}
	}
	return list
}

func ofJSONLines(t *rapid.T, text string) (list []string) {
	for line := range strings.Lines(text) {
		var row Row
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		for _, action := range row.Actions {
			list = append(list, fmt.Sprint(row.User, " ", row.Scope, " ", row.Permission, " ", action, " ", row.Access,
				" ", row.Expires))
		}
	}
	return list
}

func ofMarkdown(text string) (list []string) {
	all := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range all[2:] {
		line = html.UnescapeString(strings.NewReplacer(`\`, "", "`", "").Replace(line))
		cells := strings.Split(line, " | ")
		for _, action := range unquoted(cells[5], ", ") {
			if action != "" {
				user := strings.TrimPrefix(cells[0], "| ")
				list = append(list, fmt.Sprint(user, " ", cells[3], " ", cells[4], " ", action, " ", cells[7], " ",
					strings.TrimSuffix(cells[10], " |")))
			}
		}
	}
	return list
}

// unquoted reads a list; names with a separator in them are in quotes.
func unquoted(text, sep string) (names []string) {
	whole := ""
	for _, part := range strings.Split(text, sep) {
		whole = strings.TrimPrefix(whole+sep+part, sep)
		if strings.Count(whole, `"`)%2 != 0 {
			continue
		}
		if strings.HasPrefix(whole, `"`) {
			whole = strings.ReplaceAll(whole[1:len(whole)-1], `""`, `"`)
		}
		names, whole = append(names, whole), ""
	}
	return names
}
