package html

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// anchorID returns the id of the element for a name. It escapes characters that an address may not have, like the
// script of the page.
func anchorID(kind, name string) string {
	b := append([]byte(kind), ':')
	for i := range len(name) {
		c := name[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			strings.IndexByte("-._~:@/+", c) >= 0 {
			b = append(b, c)
		} else {
			b = fmt.Appendf(b, "%%%02X", c)
		}
	}
	return string(b)
}

// linkTo links to the element for a name.
func linkTo(kind, name, text string) template.HTML {
	return linkAt("#"+anchorID(kind, name), text)
}

func linkAt(address, text string) template.HTML {
	return template.HTML(`<a href="` + escapeHTML(address) + `"><bdi>` + string(shownHTML(text)) + `</bdi></a>`)
}

// titled returns a link, or a title that the page has nothing about, with the id beside it.
func titled(title, id string, link template.HTML) template.HTML {
	if title == "" || title == id {
		return link
	}
	return link + template.HTML(` <span class="id"><bdi>`) + shownHTML(id) + `</bdi></span>`
}

func plainText(s string) template.HTML { return "<bdi>" + shownHTML(s) + "</bdi>" }

func escapeHTML(s string) string { return template.HTMLEscapeString(s) }

// repeatedTitles returns the titles that do not tell two things of a kind apart.
func repeatedTitles(p *policy.Policy) map[string]bool {
	seen, repeated := map[string]bool{}, map[string]bool{}
	add := func(kind, title string) {
		key := kind + ":" + render.Safe(title)
		repeated[key] = repeated[key] || seen[key]
		seen[key] = true
	}
	for _, r := range p.Catalog.Roles {
		add("role", titleOf(r.Title, r.ID))
	}
	for _, x := range p.Catalog.Permissions {
		add("permission", titleOf(x.Title, x.ID))
	}
	for _, s := range p.Scopes {
		add("scope", titleOf(s.Title, s.Path))
	}
	for _, g := range p.Groups {
		add("group", titleOf(g.Title, g.ID))
	}
	return repeated
}

func titleOf(title, id string) string { return cmp.Or(title, id) }

// short returns the title of a thing if nothing else of its kind has it, else the id.
func (v *view) short(kind, title, id string) string {
	if title == "" || v.repeated[kind+":"+render.Safe(title)] {
		return id
	}
	return title
}

func (v *view) roleText(r *policy.Role) string { return v.short("role", r.Title, r.ID) }

func (v *view) permissionText(p *policy.Permission) string {
	return v.short("permission", p.Title, p.ID)
}

func (v *view) scopeText(s *policy.Scope) string { return v.short("scope", s.Title, s.Path) }

func (v *view) groupText(g *policy.Group) string { return v.short("group", g.Title, g.ID) }

// mostGroups limits the groups with a page of their own.
const mostGroups = 5000

// hasRole reports whether the page is about a role: a part is about those that give one of its rows.
func (v *view) hasRole(r *policy.Role) bool { return !v.Partial || v.Roles[r.Index].All() > 0 }

func (v *view) hasPermission(p *policy.Permission) bool { return !v.Partial || v.Given[p.Index] > 0 }

// hasScope reports whether the page lists a scope.
func (v *view) hasScope(s *policy.Scope) bool {
	return !v.Partial || v.ScopeRows[s.Index] > 0
}

func (v *view) hasGroup(g *policy.Group) bool {
	return g.Index < mostGroups && !g.Undeclared && (!v.Partial || v.Members[g.Index].All() > 0)
}

// hasUser reports whether the page is about a user. The index of a report in parts is about nobody.
func (v *view) hasUser(u *policy.User) bool { return v.shownUsers[u] }

// link links to a thing, unless the page is not about it.
func link(has bool, kind, id, text string) template.HTML {
	if !has {
		return plainText(text)
	}
	return linkTo(kind, id, text)
}

// LinkRole links to a role by its title.
func (v *view) LinkRole(r *policy.Role) template.HTML {
	return link(v.hasRole(r), "role", r.ID, v.roleText(r))
}

// NameRole links to a role, with its id.
func (v *view) NameRole(r *policy.Role) template.HTML {
	return titled(r.Title, r.ID, link(v.hasRole(r), "role", r.ID, titleOf(r.Title, r.ID)))
}

// LinkPermission links to a permission by its title.
func (v *view) LinkPermission(p *policy.Permission) template.HTML {
	return link(v.hasPermission(p), "permission", p.ID, v.permissionText(p))
}

// NamePermission links to a permission, with its id.
func (v *view) NamePermission(p *policy.Permission) template.HTML {
	return titled(p.Title, p.ID, link(v.hasPermission(p), "permission", p.ID, titleOf(p.Title, p.ID)))
}

// LinkScope links to a scope by its title.
func (v *view) LinkScope(s *policy.Scope) template.HTML { return v.scopeAs(s, v.scopeText(s)) }

// NameScope links to a scope, with its path.
func (v *view) NameScope(s *policy.Scope) template.HTML {
	return titled(s.Title, s.Path, v.scopeAs(s, titleOf(s.Title, s.Path)))
}

// scopeAs links to the page of a scope, or to what people hold there.
func (v *view) scopeAs(s *policy.Scope, text string) template.HTML {
	switch {
	case v.hasScopePage(s):
		return linkTo("scope", s.Path, text)
	case v.hasScope(s) && v.ScopeRows[s.Index] > 0:
		return linkAt(v.matrixOf(s), text)
	}
	return plainText(text)
}

// LinkGroup links to a group by its title.
func (v *view) LinkGroup(g *policy.Group) template.HTML {
	return link(v.hasGroup(g), "group", g.ID, v.groupText(g))
}

// NameGroup links to a group, with its id.
func (v *view) NameGroup(g *policy.Group) template.HTML {
	return titled(g.Title, g.ID, link(v.hasGroup(g), "group", g.ID, titleOf(g.Title, g.ID)))
}

// NameUser links to a user by name, with the address.
func (v *view) NameUser(u *policy.User) template.HTML {
	return titled(u.Name, u.ID, link(v.hasUser(u), "user", u.ID, titleOf(u.Name, u.ID)))
}

// NameSubject links to the user or group with an id, as findings and waivers name them.
func (v *view) NameSubject(user, group string) template.HTML {
	if user == "" {
		if g := v.groupByID(group); g != nil {
			return "group " + v.NameGroup(g)
		}
		return "group " + plainText(group)
	}
	if i, ok := v.Policy.FindUser(user); ok {
		return v.NameUser(v.Policy.Users[i])
	}
	return plainText(user)
}

func (v *view) groupByID(id string) *policy.Group {
	for _, g := range v.Policy.Groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// describeSource describes the source of a row by titles, and its scope if that differs from the row's.
func (v *view) describeSource(r *policy.Row, via *policy.Via) string {
	on := ""
	if via.Scope != r.Scope {
		on = " on " + v.scopeText(via.Scope)
	}
	role, from := "", ""
	if via.Role != nil {
		role = v.roleText(via.Role)
	}
	if via.From != nil {
		from = ", included in " + v.roleText(via.From)
	}
	text := "role " + role + from + on
	switch via.Kind {
	case policy.FromDerived:
		return "derived"
	case policy.FromGrant, policy.FromGroupGrant:
		text = "grant" + on
	case policy.FromDefaultRole:
		text = "role " + role + on + " by default"
	case policy.FromImplied:
		text = "implied by " + v.permissionText(via.Implier)
		if via.Role == nil {
			text += ", granted" + on
		} else {
			text += " of " + role + from + on
		}
	}
	if via.Group != nil {
		text += v.inGroup(r.User, via.Group)
	}
	return text
}

// inGroup names the group that gives something, and the one through which the user is in it.
func (v *view) inGroup(u *policy.User, g *policy.Group) string {
	return " (group " + u.NameWay(g, v.groupText) + ")"
}

// describeHeld says how a user holds a role.
func (v *view) describeHeld(u *policy.User, h *policy.Held) string {
	text := "assigned"
	switch {
	case h.From != nil:
		text = "included in " + v.roleText(h.From) + " on " + v.scopeText(h.Entry.Scope)
	case h.Entry.ByDefault:
		text = "by default"
	}
	if h.Group != nil {
		text += v.inGroup(u, h.Group)
	}
	return text
}

// matrixOf returns the address of what people hold on a scope.
func (v *view) matrixOf(s *policy.Scope) string {
	return v.fileOf[s] + "#matrix?scope=" + render.Safe(queryText(s.Path))
}

// queryText escapes a value in the query of an address.
func queryText(s string) string { return strings.TrimPrefix(anchorID("", s), ":") }
