// Package approval reads who has approved which commit of a change, as build servers answer it or as a list.
package approval

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"permc.dev/permc/compiler/policy"
)

// Approvals hold who made a change, and who approved which commit of it.
type Approvals struct {
	Authors [][]string // of the change and of its commits, each in all known spellings
	Author  bool       // the author of the change is among them
	Head    string     // the head commit that the build server names, or ""
	List    []Approval // by name
}

// Approval is what somebody said last.
type Approval struct {
	Who    string // a login with its system, or as written
	Commit string // the commit that it is about, or "" if nobody knows
	No     string // why it is no approval, or ""

	at    time.Time
	order int
}

// IsAfter reports whether something was said after something else: by its time or, without one, its place in the list.
func (a *Approval) IsAfter(b *Approval) bool {
	if a.at.IsZero() || b.at.IsZero() {
		return a.order > b.order
	}
	return cmp.Or(a.at.Compare(b.at), a.order-b.order) > 0
}

// longest limits the size of a file of approvals.
const longest = 64 << 20

// Read reads approvals: answers of the interfaces of GitHub and GitLab, one after the other, or a list.
func Read(in io.Reader) (*Approvals, error) {
	data, err := io.ReadAll(io.LimitReader(in, longest+1))
	if err != nil {
		return nil, err
	}
	if len(data) > longest {
		return nil, fmt.Errorf("it is longer than %d MiB", longest>>20)
	}
	r := &reader{}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if text := bytes.TrimSpace(data); len(text) > 0 && text[0] != '[' && text[0] != '{' {
		err = r.lines(string(text))
	} else {
		err = r.values(text)
	}
	if err != nil {
		return nil, err
	}
	return r.approvals(), nil
}

// reader collects what a file says.
type reader struct {
	Approvals
	versions []version
	dated    []Approval // of GitLab: without a commit, but with a time
}

// version is a state of a merge request on GitLab.
type version struct {
	commit string
	at     time.Time
}

// lines reads WHO COMMIT, one a line.
func (r *reader) lines(text string) error {
	n := 0
	for line := range linesOf(text) {
		n++
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		at := strings.LastIndexAny(line, " \t")
		if at < 0 || !IsCommit(line[at+1:]) {
			return fmt.Errorf("line %d: want WHO COMMIT, such as gh:kim and the 40 digits of a commit", n)
		}
		r.add(Approval{Who: strings.TrimSpace(line[:at]), Commit: line[at+1:]})
	}
	return nil
}

// linesOf returns the lines of a text, whichever line ends it has.
func linesOf(text string) iter.Seq[string] {
	return strings.SplitSeq(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
}

// IsCommit reports whether a text is the full name of a commit.
func IsCommit(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

func (r *reader) add(a Approval) {
	a.Commit, a.order = strings.ToLower(a.Commit), len(r.List)
	r.List = append(r.List, a)
}

// values reads JSON values, one after the other.
func (r *reader) values(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var v json.RawMessage
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is not JSON: %w", err)
		}
		if err := r.value(v, 0); err != nil {
			return err
		}
	}
}

// value reads a list of items, which may hold other lists, or one item.
func (r *reader) value(v json.RawMessage, depth int) error {
	if v = bytes.TrimSpace(v); v[0] != '[' {
		var o object
		if err := json.Unmarshal(v, &o); err != nil || o == nil {
			return fmt.Errorf("want objects and lists of them, got %s", shorten(string(v)))
		}
		return r.item(o)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(v, &list); err != nil {
		return err
	}
	if depth > 3 {
		return errors.New("lists are nested too deep")
	}
	for _, x := range list {
		if err := r.value(x, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func shorten(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// item reads an object by its shape.
func (r *reader) item(o object) error {
	switch {
	case o.has("approvals"):
		return r.own(o)
	case o.has("login", "commit"):
		return r.approval(o)
	case o.has("state", "user", "commit_id"):
		return r.githubReview(o)
	case o.has("head", "user"):
		r.change("gh:"+o.in("user").text("login"), o.in("head").text("sha"))
	case o.has("sha", "commit"):
		r.githubCommit(o)
	case o.has("approved_by"):
		return r.gitlabApprovals(o)
	case o.has("head_commit_sha", "created_at"):
		return r.gitlabVersion(o)
	case o.has("author_email"):
		r.Authors = append(r.Authors, []string{o.text("author_email"), o.text("author_name")},
			[]string{o.text("committer_email"), o.text("committer_name")})
		r.coauthors(o.text("message"))
	case o.has("author", "iid"):
		r.change("gl:"+o.in("author").text("username"), o.text("sha"))
	default:
		return fmt.Errorf("an object with %s is no approval; want reviews of GitHub, approvals of GitLab, or "+
			`{"login": …, "commit": …}`, shorten(o.fields()))
	}
	return nil
}

// change notes who made a change, and its head commit.
func (r *reader) change(login, head string) {
	if !strings.HasSuffix(login, ":") {
		r.Authors, r.Author = append(r.Authors, []string{login}), true
	}
	if IsCommit(head) {
		r.Head = strings.ToLower(head)
	}
}

// own reads an answer in the form of permc: {"author", "head", "approvals"}.
func (r *reader) own(o object) error {
	if who := o.text("author"); who != "" {
		r.Authors, r.Author = append(r.Authors, []string{who}), true
	}
	if head := o.text("head"); IsCommit(head) {
		r.Head = strings.ToLower(head)
	}
	return r.value(o["approvals"], 1)
}

// approval reads {"login", "commit"}.
func (r *reader) approval(o object) error {
	a := Approval{Who: o.text("login"), Commit: o.text("commit")}
	if !IsCommit(a.Commit) {
		return fmt.Errorf("the commit of %s is %q: want its full name of 40 digits", shorten(a.Who), shorten(a.Commit))
	}
	if state := o.text("state"); state != "" && !strings.EqualFold(state, "approved") {
		a.No = strings.ToLower(strings.ReplaceAll(state, "_", " "))
	}
	r.add(a)
	return nil
}

// githubReview reads a review of GitHub. A comment changes nothing about what its author said before.
func (r *reader) githubReview(o object) error {
	a := Approval{Who: "gh:" + o.in("user").text("login"), Commit: o.text("commit_id")}
	a.at, _ = time.Parse(time.RFC3339Nano, o.text("submitted_at"))
	switch state := o.text("state"); state {
	case "APPROVED":
	case "CHANGES_REQUESTED", "DISMISSED":
		a.No = strings.ToLower(strings.ReplaceAll(state, "_", " "))
	case "COMMENTED", "PENDING":
		return nil
	default:
		return fmt.Errorf("a review of %s has the unknown state %q", shorten(a.Who), shorten(state))
	}
	if a.Who != "gh:" {
		r.add(a)
	}
	return nil
}

// githubCommit notes who made a commit of the change.
func (r *reader) githubCommit(o object) {
	for _, role := range []string{"author", "committer"} {
		c := o.in("commit").in(role)
		who := []string{c.text("email"), c.text("name")}
		if login := o.in(role).text("login"); login != "" {
			who = append(who, "gh:"+login)
		}
		r.Authors = append(r.Authors, who)
	}
	r.coauthors(o.in("commit").text("message"))
}

// coauthors notes who else made a commit, by the lines of its message that say so.
func (r *reader) coauthors(message string) {
	for line := range linesOf(message) {
		key, who, ok := strings.Cut(line, ":")
		if ok && policy.Fold(strings.TrimSpace(key)) == "co-authored-by" {
			r.Authors = append(r.Authors, []string{strings.TrimSpace(who)})
		}
	}
}

func (r *reader) gitlabApprovals(o object) error {
	var list []object
	if err := json.Unmarshal(o["approved_by"], &list); err != nil {
		return fmt.Errorf("approved_by: %w", err)
	}
	for _, x := range list {
		a := Approval{Who: "gl:" + x.in("user").text("username")}
		a.at, _ = time.Parse(time.RFC3339Nano, x.text("approved_at"))
		if a.Who != "gl:" {
			r.dated = append(r.dated, a)
		}
	}
	return nil
}

func (r *reader) gitlabVersion(o object) error {
	v := version{commit: o.text("head_commit_sha")}
	var err error
	if v.at, err = time.Parse(time.RFC3339Nano, o.text("created_at")); err != nil || !IsCommit(v.commit) {
		return errors.New("a version of the merge request has no commit or time")
	}
	r.versions = append(r.versions, v)
	return nil
}

// approvals returns what everybody said last, in order of their names. An approval on GitLab is about the version
// that was the last one at its time.
func (r *reader) approvals() *Approvals {
	slices.SortStableFunc(r.versions, func(a, b version) int { return a.at.Compare(b.at) })
	for _, a := range r.dated {
		for _, v := range r.versions {
			if v.at.Before(a.at) {
				a.Commit = v.commit
			}
		}
		r.add(a)
	}
	slices.SortStableFunc(r.List, func(a, b Approval) int {
		return cmp.Or(strings.Compare(policy.Fold(a.Who), policy.Fold(b.Who)), a.at.Compare(b.at), a.order-b.order)
	})
	r.List = valid(r.List)
	return &r.Approvals
}

// valid returns the approvals that nobody took back later. Whoever took back all keeps the last word.
func valid(sorted []Approval) (list []Approval) {
	for i := range sorted {
		from := len(list)
		for from > 0 && policy.Fold(list[from-1].Who) == policy.Fold(sorted[i].Who) {
			from--
		}
		if from < len(list) && (sorted[i].No != "" || list[len(list)-1].No != "") {
			list = list[:from]
		}
		list = append(list, sorted[i])
	}
	return list
}
