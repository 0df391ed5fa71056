package main

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// titled returns what has a text as its title or name, and what has one with all words of the text.
func titled(p *policy.Policy, text string, kinds []string) (exact, near []named) {
	text = foldTitle(text)
	words := strings.Fields(text)
	add := func(title string, n named) {
		switch title = foldTitle(title); {
		case title == "" || len(words) == 0:
		case title == text:
			exact = append(exact, n)
		case !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(title, w) }):
			near = append(near, n)
		}
	}
	for _, kind := range kinds {
		switch kind {
		case aUser:
			for _, u := range p.Users {
				add(u.Name, named{user: u})
			}
		case aRole:
			for _, r := range p.Catalog.Roles {
				add(r.Title, named{role: r})
			}
		case aPermission:
			for _, q := range p.Catalog.Permissions {
				add(q.Title, named{permission: q})
			}
		}
	}
	return exact, near
}

// foldTitle folds case, and writes signs between words as spaces.
func foldTitle(s string) string {
	return strings.Join(strings.FieldsFunc(policy.Fold(s), func(r rune) bool {
		return strings.ContainsRune(" \t-_/:,;()", r)
	}), " ")
}

// id returns the name of a thing.
func (n *named) id() string {
	switch {
	case n.user != nil:
		return n.user.ID
	case n.role != nil:
		return n.role.ID
	}
	return n.permission.ID
}

// meant says what an unknown name may mean: one of the things with such a title, a similar name, or a thing of another
// kind.
func meant(p *policy.Policy, name string, kinds []string) string {
	exact, near := titled(p, name, kinds)
	if len(exact) > 0 {
		near = exact
	}
	var ids []string
	for i := range near {
		ids = append(ids, near[i].id())
	}
	switch {
	case len(ids) == 1:
		return fmt.Sprintf("did you mean %q?", ids[0])
	case len(ids) > 1:
		return "several titles have these words; " + diag.Allowed(ids)
	}
	if help := otherKind(p, name, kinds); help != "" {
		return help
	}
	return suggest(name, candidates(p, kinds))
}

// otherKind says that a name is of another kind, or nearly one of another kind, or returns "".
func otherKind(p *policy.Policy, name string, kinds []string) string {
	var groups []string
	for _, g := range p.Groups {
		groups = append(groups, g.ID)
	}
	others := map[string][]string{"group": groups}
	for _, kind := range []string{aPermission, aRole, aUser} {
		others[kind] = candidates(p, []string{kind})
	}
	for _, s := range p.Scopes {
		others["scope"] = append(others["scope"], s.Path)
	}
	others["action"] = flags.ListActions(p)
	order := []string{aPermission, aRole, "group", aUser, "scope", "action"}
	for _, kind := range order {
		if !slices.Contains(kinds, kind) && slices.Contains(others[kind], name) {
			return "it is " + withArticle(kind) + waysToAsk(kind, name)
		}
	}
	if diag.Nearest(name, candidates(p, kinds)) != "" {
		return ""
	}
	for _, kind := range order {
		if near := diag.Nearest(name, others[kind]); !slices.Contains(kinds, kind) && near != "" {
			return fmt.Sprintf("did you mean %s %q?", kind, near)
		}
	}
	return ""
}

func withArticle(kind string) string {
	if kind == "action" {
		return "an " + kind
	}
	return "a " + kind
}

// waysToAsk returns the command that answers for another kind of name.
func waysToAsk(kind, name string) string {
	switch kind {
	case "group":
		return ": permc explain group:" + name
	case aUser:
		return ": permc explain " + name
	case "scope", "action":
		return ": permc compile --" + kind + " " + name
	}
	return ": permc who " + name
}
