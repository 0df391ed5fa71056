package diff

import (
	"strings"

	"permc.dev/permc/compiler/ask/approval"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
	"permc.dev/permc/compiler/policy/signer"
)

// somebody returns a person by spellings of any kind, and all that is declared about the person.
func (x *assembly) somebody(spellings []string) *person.Person {
	p := person.New()
	for _, s := range spellings {
		if s == "" {
			continue
		}
		p = p.With(person.New(s))
		for _, n := range append(namesIn(s), s) {
			p = p.With(x.people.Find(n)).With(x.people.FindLogin(n))
			if u := x.users.Find(n); u != nil {
				p = p.With(person.OfUser(u, x.users.of.Catalog))
			}
		}
		p = p.With(person.New(loginsIn(s)...))
	}
	return p
}

// namesIn returns the logins and addresses that a text contains.
func namesIn(text string) []string {
	list := loginsIn(text)
	for _, word := range wordsIn(text) {
		if word = strings.TrimPrefix(word, "mailto:"); strings.Contains(word, "@") {
			list = append(list, word)
		}
	}
	return list
}

// wordsIn returns the parts of a text, folded and without invisible characters.
func wordsIn(text string) []string {
	text = strings.ReplaceAll(signer.Read(text).String(), ": ", ":")
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" <>(),;\"'", r) })
}

// hosts are what people write before a login, and the system that it means.
var hosts = []struct{ before, system string }{{"gh:", "gh:"}, {"gl:", "gl:"}, {"github:", "gh:"}, {"gitlab:", "gl:"},
	{"github.com/", "gh:"}, {"gitlab.com/", "gl:"}, {"@", ""}}

// loginsIn returns the logins that a text contains in any form: with the system or an @ before it, as the address of a
// page, or as the address that a build server makes for somebody.
func loginsIn(text string) (list []string) {
	for _, word := range wordsIn(text) {
		if local, domain, ok := strings.Cut(word, "@"); ok && strings.HasPrefix(domain, "users.noreply.") {
			list = append(list, loginOf(strings.TrimPrefix(local, "mailto:"), domain))
			continue
		}
		for _, scheme := range []string{"https://", "http://", "www."} {
			word = strings.TrimPrefix(word, scheme)
		}
		for _, h := range hosts {
			login, ok := strings.CutPrefix(word, h.before)
			if login = strings.Trim(login, "@/"); ok && login != "" {
				list = append(list, h.system+login)
			}
		}
	}
	return list
}

// loginOf returns the login in an address that GitHub or GitLab gives a person without one. A server of a company says
// by its form what it is: NUMBER+LOGIN or NUMBER-LOGIN.
func loginOf(local, domain string) string {
	if number, login, ok := strings.Cut(local, "+"); ok && isNumber(number) {
		return "gh:" + login
	}
	if number, login, ok := strings.Cut(local, "-"); ok && isNumber(number) && !strings.Contains(domain, "github") {
		return "gl:" + login
	}
	return "gh:" + local
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// countApprovals finds who approved the head commit, and says which approvals do not count. Somebody's last word
// counts, whatever spelling it has.
func (x *assembly) countApprovals() (ignored []Ignored) {
	list := x.Approvals.List
	who, refused := make([]*person.Person, len(list)), map[*person.Person]*approval.Approval{}
	for i := range list {
		a := &list[i]
		if who[i] = x.approver(a.Who); a.No != "" && (refused[who[i]] == nil || a.IsAfter(refused[who[i]])) {
			refused[who[i]] = a
		}
	}
	for i := range list {
		a, why := &list[i], ""
		no := refused[who[i]]
		switch {
		case who[i] == nil:
			why = "not among the people of the base"
		case a.No != "":
			why = a.No
		case x.people.Find(a.Who) == nil:
			why = "a login needs its system, as in gh:" + a.Who
		case a.Commit == "":
			why = "no commit is known"
		case a.Commit != x.Commit:
			why = "approved commit " + shortCommit(a.Commit)
		case no != nil && no.IsAfter(a):
			why = no.No + " by " + no.Who
		default:
			x.approved = append(x.approved, who[i])
			continue
		}
		ignored = append(ignored, Ignored{a.Who, why})
	}
	return ignored
}

// approver returns the declared person who approved, or nil.
func (x *assembly) approver(who string) *person.Person {
	if p := x.people.Find(who); p != nil || policy.IsLogin(who) {
		return p
	}
	return x.people.FindLogin(who)
}
