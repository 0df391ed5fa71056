package observe

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"permc.dev/permc/compiler/policy"
)

// dscWords are the words of Microsoft365DSC for what the catalog has. Others have no twin, and are kept as they are.
var dscWords = map[string]string{
	"WorkspaceAdministratorRole":         "workspace-administrator",
	"CustomerActivityPagePermissionRole": "customer-activity",
	"HealthPermissionRole":               "health",
	"InviteUsersPermissionRole":          "invite-users",
	"PlansPermissionRole":                "programs",
	"SharedFilesPermissionRole":          "shared-files",
	"SupportCasePermissionRole":          "support-contact",
	"TrainingManager":                    "learning-manager",
	"TrainingPermissionRole":             "learning",
	"Account manager":                    "csam",
	"IncidentManagerUnified":             "incident-manager",
}

const dscHelp = "export the resources SHSpaceUser and SHSpaceGroup: permc import m365dsc --how"

// dscResource is a user or a group with roles in a workspace.
type dscResource struct {
	Kind   string   `json:"ResourceName"`
	Space  string   `json:"SpaceName"`
	Email  string   `json:"Email"`
	Group  string   `json:"GroupName"`
	Roles  dscRoles `json:"Roles"`
	Ensure string   `json:"Ensure"`
	Place  `json:"-"`
}

// dscRoles is a list of words. PowerShell writes a list of one as a word.
type dscRoles []string

// UnmarshalJSON reads a list or a word.
func (r *dscRoles) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*r = dscRoles{one}
		return nil
	}
	var list []string
	err := json.Unmarshal(raw, &list)
	*r = list
	return err
}

func readDSC(b *builder, files []Input) error {
	covered := map[string]bool{}
	var all []dscResource
	for i := range files {
		read := b.dscScript
		if files[i].looksJSON() {
			read = b.dscJSON
		}
		list, err := read(&files[i], int32(i))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return b.refuse(Place{File: int32(i), Line: 1}, dscHelp, "no SHSpaceUser or SHSpaceGroup in it")
		}
		for j := range list {
			if err := b.dscResource(&list[j], covered); err != nil {
				return err
			}
		}
		if i == 0 {
			all = list
		} else {
			all = append(all, list...)
		}
	}
	b.checkEnsured(all)
	return nil
}

// checkEnsured finds users and groups that are present and absent in one workspace. The files say nothing for certain
// about such a workspace.
func (b *builder) checkEnsured(all []dscResource) {
	absent := func(x dscResource) bool { return strings.EqualFold(x.Ensure, "Absent") }
	if !slices.ContainsFunc(all, absent) {
		return
	}
	first, bad := map[[3]string]*dscResource{}, map[string]bool{}
	for i := range all {
		x := &all[i]
		key := [3]string{x.Kind, policy.Fold(x.Space), policy.Fold(x.Email + x.Group)}
		old := first[key]
		if old == nil {
			first[key] = x
			continue
		}
		if absent(*old) != absent(*x) {
			was := b.o.Position(old.Place)
			bad[key[1]] = true
			b.gap(x.Place, "export the configuration again", "contradicts %s:%d: %q is present and absent in %q",
				was.File,
				was.Line, x.Email+x.Group, x.Space)
		}
	}
	b.o.Areas = slices.DeleteFunc(b.o.Areas, func(a Area) bool {
		path := b.o.Scopes[a.Scope].Path
		return bad[policy.Fold(path[len(path)-1])]
	})
}

func (b *builder) dscJSON(in *Input, file int32) (list []dscResource, err error) {
	var x dscResource
	_, err = b.readList(in, file, nil, func(next *listReader, at Place) error {
		if err := next.decode(at, &x); err != nil {
			return err
		}
		x.Place = at
		if x.Kind == "SHSpaceUser" || x.Kind == "SHSpaceGroup" {
			list = append(roomFor(next, list), x)
		}
		return nil
	})
	return list, err
}

// dscResource adds the roles of a user or group. Such a configuration covers workspaces alone, and the words it knows.
func (b *builder) dscResource(x *dscResource, covered map[string]bool) error {
	if x.Space == "" || x.Email+x.Group == "" {
		return b.refuse(x.Place, dscHelp, "%s without SpaceName, Email or GroupName", x.Kind)
	}
	path := []string{x.Space}
	if about := b.opts.scopeOf(b.o.Files[x.File].Name); about != "" {
		path = append(strings.Split(about, "/"), x.Space)
	}
	scope := b.scope(Scope{Path: path, Place: x.Place})
	isGroup := x.Kind == "SHSpaceGroup"
	if key := x.Kind + "\x00" + x.Space; !covered[key] {
		covered[key] = true
		a := Area{Roles: true, Grants: true, Users: !isGroup, Groups: isGroup, Scope: scope, Group: None}
		for _, twin := range dscWords {
			a.Only = append(a.Only, twin)
		}
		b.o.Areas = append(b.o.Areas, a)
	}
	if strings.EqualFold(x.Ensure, "Absent") {
		return nil
	}
	who := Holder{None, None}
	if isGroup {
		who.Group = b.group(Group{Name: x.Group, Home: None, Place: x.Place})
	} else {
		who.Person = b.person(Person{Logins: []string{x.Email}, Home: None, Place: x.Place})
	}
	for _, role := range x.Roles {
		if strings.TrimSpace(role) == "" {
			continue // PowerShell writes an empty list as nothing
		}
		b.entry(Entry{Holder: who, Thing: b.thing(hubThing(role)), Scope: scope, Place: x.Place})
	}
	return nil
}

// hubThing returns what Services Hub and Microsoft365DSC say with a word.
func hubThing(word string) named {
	return named{what: word, ids: [3]string{dscWords[word]}, either: true, above: true}
}

// dscScript reads the resources of a configuration, and nothing else of the script.
func (b *builder) dscScript(in *Input, file int32) (list []dscResource, err error) {
	text, err := decodeText(in.Raw)
	if err != nil {
		return nil, b.refuse(Place{File: file}, "save it as UTF-8", "%v", err)
	}
	s := &script{text: string(text), line: 1}
	for {
		word := s.next()
		if word == "" {
			return list, nil
		}
		if word != "SHSpaceUser" && word != "SHSpaceGroup" {
			continue
		}
		x := dscResource{Kind: word, Place: Place{file, int32(s.line)}}
		is, err := s.resource(&x)
		if err != nil {
			return nil, b.refuse(Place{file, int32(s.line)},
				"export the configuration again, with values in place of variables", "%v", err)
		}
		if is {
			list = append(list, x)
		}
	}
}

// script reads the words of a PowerShell script: names, marks, and strings with their quotes.
type script struct {
	text string
	at   int
	line int
}

// next returns the next word, or "".
func (s *script) next() string {
	s.skip()
	if s.at >= len(s.text) {
		return ""
	}
	start := s.at
	switch c := s.text[s.at]; {
	case c == '"' || c == '\'':
		return s.quoted(c)
	case isNameByte(c):
		for s.at < len(s.text) && isNameByte(s.text[s.at]) {
			s.at++
		}
	default:
		s.at++
	}
	return s.text[start:s.at]
}

func isNameByte(c byte) bool {
	return c == '_' || c == '$' || c == '.' || c == '-' || c >= 0x80 || unicode.IsLetter(rune(c)) ||
		unicode.IsDigit(rune(c))
}

// skip goes over blanks and comments.
func (s *script) skip() {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '\n':
			s.line++
			s.at++
		case c == ' ' || c == '\t' || c == '\r' || c == ';' || c == ',':
			s.at++
		case c == '#':
			for s.at < len(s.text) && s.text[s.at] != '\n' {
				s.at++
			}
		case strings.HasPrefix(s.text[s.at:], "<#"):
			end := strings.Index(s.text[s.at:], "#>")
			if end < 0 {
				end = len(s.text) - s.at - 2
			}
			s.line += strings.Count(s.text[s.at:s.at+end], "\n")
			s.at += end + 2
		default:
			return
		}
	}
}

// quoted returns a string with its opening quote in front. A variable in it is kept as a mark that it is not plain.
func (s *script) quoted(quote byte) string {
	b := []byte{quote}
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == quote && s.at+1 < len(s.text) && s.text[s.at+1] == quote:
			b = append(b, c)
			s.at++
		case c == quote:
			s.at++
			return string(b)
		case c == '`' && quote == '"' && s.at+1 < len(s.text):
			s.at++
			b = append(b, s.text[s.at])
		case c == '$' && quote == '"':
			b = append(b, 0) // a variable
		default:
			if c == '\n' {
				s.line++
			}
			b = append(b, c)
		}
	}
	return string(b)
}

// resource reads the fields of a resource: a name, and KEY = VALUE in braces. It reports false for another use of the
// word.
func (s *script) resource(x *dscResource) (bool, error) {
	if name := s.next(); name == "{" || !strings.HasPrefix(name, "\"") && !strings.HasPrefix(name, "'") &&
		!isNameByte((name + " ")[0]) {
		return false, nil
	}
	if s.next() != "{" {
		return false, nil
	}
	for {
		key := s.next()
		if key == "}" {
			return true, nil
		}
		if key == "" {
			return false, errors.New("the resource does not end")
		}
		if s.next() != "=" {
			return false, errors.New("a field of the resource has no value")
		}
		values, err := s.values(key)
		if err != nil {
			return false, err
		}
		x.set(key, values)
	}
}

func (x *dscResource) set(key string, values []string) {
	one := ""
	if len(values) > 0 {
		one = values[0]
	}
	switch key {
	case "SpaceName":
		x.Space = one
	case "Email":
		x.Email = one
	case "GroupName":
		x.Group = one
	case "Ensure":
		x.Ensure = one
	case "Roles":
		x.Roles = values
	}
}

// values reads a string, a list of strings, or something else that is not needed.
func (s *script) values(key string) (list []string, err error) {
	needed := key == "SpaceName" || key == "Email" || key == "GroupName" || key == "Ensure" || key == "Roles"
	word := s.next()
	if word == "@" {
		for word = s.next(); word != ")"; word = s.next() {
			if word == "" {
				return nil, errors.New("a list does not end")
			}
			if word == "(" {
				continue
			}
			text, ok := plain(word)
			if !ok && needed {
				return nil, errors.New(key + " has a value that is not plain text")
			}
			list = append(list, text)
		}
		return list, nil
	}
	text, ok := plain(word)
	if !ok && needed {
		return nil, errors.New(key + " has a value that is not plain text")
	}
	return []string{text}, nil
}

// plain returns the text of a string, and reports whether it is one without variables.
func plain(word string) (string, bool) {
	if word == "" || word[0] != '"' && word[0] != '\'' {
		return word, false
	}
	return word[1:], !strings.Contains(word, "\x00")
}
