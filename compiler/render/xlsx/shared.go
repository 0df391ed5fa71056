package xlsx

import (
	"strings"

	"permc.dev/permc/compiler/policy"
)

// sharedTexts are the texts that cells refer to by number: names of the declaration and the catalog, which many rows
// repeat. They are listed before the rows are written, so that workers need not agree on numbers. Other texts are
// in their cells.
type sharedTexts struct {
	numbers map[string]int // by text, as shown
	list    []string
}

// newSharedTexts lists the names of a policy.
func newSharedTexts(in *job) *sharedTexts {
	most := len(in.Policy.Users) + len(in.Policy.Scopes) + 4*len(in.Policy.Catalog.Permissions) + 64
	for _, u := range in.Policy.Users {
		if u.Name != "" {
			most++
		}
	}
	s := &sharedTexts{numbers: make(map[string]int, most), list: make([]string, 0, most)}
	s.add("active", "invited", "disabled", "all", "own", in.made.String())
	s.add(policy.Confidences()...)
	s.add(policy.Sensitivities...)
	s.add(in.Policy.Catalog.Levels...)
	for _, p := range in.Policy.Catalog.Permissions {
		s.add(p.ID, strings.Join(p.ConditionIDs, ", "), policy.JoinNames(p.Names(p.All()), ", "))
		s.add(p.Actions...)
	}
	for _, x := range in.Policy.Scopes {
		s.add(x.Path)
	}
	for _, u := range in.Policy.Users {
		s.add(u.ID, u.Name, u.Affiliation)
	}
	return s
}

func (s *sharedTexts) add(texts ...string) {
	for _, t := range texts {
		if t = Shown(t); t == "" || tooLong(t) {
			continue
		}
		if _, ok := s.numbers[t]; !ok {
			s.numbers[t] = len(s.list)
			s.list = append(s.list, t)
		}
	}
}

// find returns the number of a text for a cell of a style. Places in files are no names.
func (s *sharedTexts) find(style int, text string) (n int, ok bool) {
	if style == located {
		return 0, false
	}
	n, ok = s.numbers[text]
	return n, ok
}

// xml returns the part that lists the texts.
func (s *sharedTexts) xml() []byte {
	b := append(make([]byte, 0, 64*len(s.list)+256), xmlHead+`<sst xmlns="`+mainNS+`">`...)
	for _, t := range s.list {
		b = append(append(b, "<si>"...), openText(t)...)
		b = append(appendXML(b, t), "</t></si>"...)
	}
	return append(b, "</sst>"...)
}

// openText opens an element of text. Spreadsheets drop blanks at both ends unless they are to be preserved.
func openText(s string) string {
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return `<t xml:space="preserve">`
	}
	return "<t>"
}
