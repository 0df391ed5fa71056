package starter

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/policy"
)

// groups are those of an export, in the order in which it names them.
type groups struct {
	list   []string          // ids
	ids    map[string]string // by titles
	titles map[string]string // by ids

	alone map[string]bool // names that some cell has between semicolons, folded
	asked map[string]bool // names with a comma that a note is about

	written map[string]bool // lines of memberships
}

// learnGroups notes the names that stand alone: a cell such as "Support, Learners" has two groups if one of them does.
func (p *People) learnGroups(rows []spreadsheet.Row) {
	p.groups = groups{ids: map[string]string{}, titles: map[string]string{}, alone: map[string]bool{},
		asked: map[string]bool{}, written: map[string]bool{}}
	for i := range rows {
		for _, name := range splitNames(p.names(&rows[i], "group"), func(string) bool { return false }) {
			if !strings.Contains(name, ",") {
				p.groups.alone[policy.Fold(name)] = true
			}
		}
	}
}

// distinguished matches the name of a group in a directory, such as CN=Support,OU=Groups,DC=contoso,DC=example.
var distinguished = pattern.Lazy(`(?i)^cn=((?:[^,\\]|\\.)+),(?:cn|ou|dc|o|c|l|st)=`)

// groupNames returns the names of groups in a cell.
func (p *People) groupNames(cell string) (list []string) {
	isName := func(s string) bool {
		return p.groups.alone[policy.Fold(s)] || !strings.ContainsAny(s, ";\r\n") && distinguished().MatchString(s)
	}
	for _, name := range splitNames(cell, isName) {
		if m := distinguished().FindStringSubmatch(name); m != nil {
			name = strings.ReplaceAll(m[1], `\`, "")
		} else if strings.Contains(name, ",") && !p.groups.asked[name] {
			p.groups.asked[name] = true
			p.note("%q is read as one group; if it is several, put semicolons between them", name)
		}
		name = strings.Join(strings.Fields(name), " ")
		if name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// groupID returns the id of a group. Two titles never become one id, and none becomes that of a built-in group.
func (p *People) groupID(title string) string {
	g := &p.groups
	if id, known := g.ids[title]; known {
		return id
	}
	id := toKebab(title)
	if id == "" {
		id = title // in another script
	}
	if _, builtIn := policy.CutEveryone(id); builtIn {
		id += "-group"
	}
	id = p.freeID(g.titles, id, title, "groups")
	g.ids[title], g.titles[id] = id, title
	g.list = append(g.list, id)
	return id
}

// memberships returns a line for each group in a row.
func (p *People) memberships(r *spreadsheet.Row, fields []string) (out [][]string) {
	for _, name := range p.groupNames(p.names(r, "group")) {
		line := slices.Clone(fields)
		line[slices.Index(columns, "group")] = p.groupID(name)
		line[slices.Index(columns, "actions")] = ""
		// Most exports repeat the groups in each row of a user.
		if key := strings.Join(line, "\x00"); !p.groups.written[key] {
			p.groups.written[key] = true
			out = append(out, line)
		}
	}
	return out
}

// given says what a line of the users has.
func (p *People) given() string {
	if len(p.groups.list) > 0 {
		return "role, permission or group"
	}
	return "role or permission"
}

func (p *People) groupsCUE() string {
	if len(p.groups.list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n// What do their members get? Add roles or grants.\ngroups: {\n")
	for _, id := range p.groups.list {
		title := ""
		if t := p.groups.titles[id]; t != id {
			title = "title: " + quoteText(t)
		}
		fmt.Fprintf(&b, "\t%s: {%s}\n", quoteText(id), title)
	}
	return b.String() + "}\n"
}

func (p *People) groupsYAML() string {
	if len(p.groups.list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n# What do their members get? Add roles or grants.\ngroups:\n")
	for _, id := range p.groups.list {
		fmt.Fprintf(&b, "  %s:\n    title: %s\n", quoteText(id), quoteText(p.groups.titles[id]))
	}
	return b.String()
}
