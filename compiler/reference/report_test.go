package reference_test

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	page "permc.dev/permc/compiler/render/html"
)

// What can be read back from the page of a part agrees with the table under the same filter: its rows, people,
// holders of roles and permissions, and scopes. It says of nothing that nobody has it, leads nowhere that is not on
// it, and is no larger than the whole page.
func TestPartOfReport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		p := loaded(t, "access.json", d)
		filter := someFilter(t, p.Policy)
		if filter == (render.Filter{}) {
			return
		}
		var rows []policy.Row
		ask(t, p, func(a *policy.Access) {
			for i := range a.Rows {
				if filter.Match(&a.Rows[i]) {
					rows = append(rows, *a.Rows[i].Clone())
				}
			}
		})
		text, whole := pageOf(t, p, filter), pageOf(t, p, render.Filter{})
		said := reading{t, text}
		said.same("rows", "tr", `user:[^"]*`, pick(rows, func(r *policy.Row) string {
			return "user:" + r.User.ID + ":" + r.Scope.Path + ":" + r.Permission.ID
		}))
		said.same("people", "article", `user:[^"]*`, pick(rows,
			func(r *policy.Row) string { return "user:" + r.User.ID }))
		said.same("permissions", "article", `permission:[^"]*`,
			pick(rows, func(r *policy.Row) string { return "permission:" + r.Permission.ID }))
		said.same("scopes", "article", `scope:[^"]*`,
			pick(rows, func(r *policy.Row) string { return "scope:" + r.Scope.Path }))
		said.roles(p.Policy, rows)
		said.groups(rows)
		said.noFalsehood()
		if more := len(text) - len(whole); more > 2000 { // it says what it is a part of
			t.Fatalf("the part has %d bytes, the whole %d, with %v", len(text), len(whole), filter.String())
		}
	})
}

func someFilter(t *rapid.T, p *policy.Policy) (f render.Filter) {
	if rapid.Bool().Draw(t, "of a user") && len(p.Users) > 0 {
		f.User = one(t, "user", p.Users).ID
	}
	if rapid.Bool().Draw(t, "on a scope") && len(p.Scopes) > 0 {
		f.Scope = one(t, "scope", p.Scopes)
	}
	if rapid.Bool().Draw(t, "through a role") && len(p.Catalog.Roles) > 0 {
		f.Role = one(t, "role", p.Catalog.Roles)
	}
	if rapid.Bool().Draw(t, "of a permission") && len(p.Catalog.Permissions) > 0 {
		f.Permission = one(t, "permission", p.Catalog.Permissions)
	}
	if rapid.Bool().Draw(t, "through a group") && len(p.Groups) > 0 {
		f.Group = one(t, "group", p.Groups).ID
	}
	return f
}

func pageOf(t *rapid.T, p *compiler.Project, filter render.Filter) string {
	made, err := page.NewPage(t.Context(), &render.TableJob{Project: p, Filter: filter, Known: func([]diag.Finding) {}},
		nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := page.Write(&b, made); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pick returns what a function says of the rows, sorted and each once.
func pick(rows []policy.Row, of func(*policy.Row) string) (list []string) {
	for i := range rows {
		list = append(list, of(&rows[i]))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// reading is a page that is read back.
type reading struct {
	*rapid.T
	text string
}

// ids returns the ids of elements, as their names are written.
func (r reading) ids(element, pattern string) (list []string) {
	for _, m := range regexp.MustCompile(`<`+element+`[^>]* id="(`+pattern+`)"`).FindAllStringSubmatch(r.text, -1) {
		list = append(list, nameIn(m[1]))
	}
	slices.Sort(list)
	return list
}

func nameIn(address string) string {
	name, err := url.PathUnescape(html.UnescapeString(address))
	if err != nil {
		return address
	}
	return name
}

func (r reading) same(what, element, pattern string, want []string) {
	if diff := cmp.Diff(want, r.ids(element, pattern)); diff != "" {
		r.Fatalf("%s (-table +page):\n%s", what, diff)
	}
}

// article returns the page of one thing.
func (r reading) article(kind, name string) string {
	for _, part := range strings.Split(r.text, "<article")[1:] {
		if m := regexp.MustCompile(`^[^>]* id="([^"]*)"`).FindStringSubmatch(part); m != nil &&
			nameIn(m[1]) == kind+":"+name {
			part, _, _ = strings.Cut(part, "</article>")
			return part
		}
	}
	return ""
}

// roles checks that each holder of a role has a row through it, and that nobody with one is missing.
func (r reading) roles(p *policy.Policy, rows []policy.Row) {
	holder := regexp.MustCompile(`<tr><th scope="row"><a href="#user:([^"]*)">.*?</th><td>(.*?)</td>`)
	for _, role := range p.Catalog.Roles {
		want, may := map[string]bool{}, map[string]bool{}
		for i := range rows {
			for j := range rows[i].Via {
				v := &rows[i].Via[j]
				want[rows[i].User.ID] = want[rows[i].User.ID] || v.Role == role || v.From == role
				may[rows[i].User.ID] = may[rows[i].User.ID] || v.Through(&rows[i], role)
			}
		}
		_, holders, _ := strings.Cut(r.article("role", role.ID), "<h3>Holders</h3>")
		holders, _, _ = strings.Cut(holders, "</table>")
		for _, m := range holder.FindAllStringSubmatch(holders, -1) {
			user, on := nameIn(m[1]), policy.RoleOn{Role: role, Scope: p.ScopeByPath[pathIn(m[2])]}
			if !may[user] || !slices.ContainsFunc(rows, func(x policy.Row) bool {
				return x.User.ID == user && on.Gives(x.Permission, x.Scope)
			}) {
				r.Fatalf("%s is said to have %s on %s in this part", user, role.ID, on.Scope.Path)
			}
			delete(want, user)
		}
		for user, has := range want {
			if has {
				r.Fatalf("%s is not said to have %s in this part", user, role.ID)
			}
		}
	}
}

// pathIn returns the path of a scope in a cell: it stands last, beside the title.
func pathIn(cell string) string {
	parts := strings.Split(cell, "<bdi>")
	path, _, _ := strings.Cut(parts[len(parts)-1], "</bdi>")
	return html.UnescapeString(strings.ReplaceAll(path, "<wbr>", ""))
}

// groups checks that the groups of the page are those that give one of its rows.
func (r reading) groups(rows []policy.Row) {
	var want []string
	for i := range rows {
		for _, v := range rows[i].Via {
			if v.Group != nil && !v.Group.Undeclared {
				want = append(want, "group:"+v.Group.ID)
			}
		}
	}
	slices.Sort(want)
	r.same("groups", "article", `group:[^"]*`, slices.Compact(want))
}

func (r reading) noFalsehood() {
	main, _, _ := strings.Cut(r.text, `<script type="application/json"`)
	for _, s := range []string{"Nobody has access", ">Nobody.<", "Held by nobody", "</bdi> has no access",
		"Nothing expires.", "No open findings."} {
		if strings.Contains(main, s) {
			r.Fatalf("the page says %q of a part", s)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(main, -1) {
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"?]*)`).FindAllStringSubmatch(main, -1) {
		if !ids[m[1]] {
			r.Fatalf("a link leads to %q, which is not on the page", m[1])
		}
	}
}
