package reference_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// reviewed is an entry or a membership that needs reviews, as a review names it.
type reviewed struct {
	user, group, role, permission, memberOf, scope, actions string
	starts, expires                                         string
}

// review is what somebody confirmed.
type review struct {
	of            reviewed
	by, on, until string
}

// toReview: "What is not in force needs no review: entries that start later or have expired, and those of users who are
// disabled or only invited. Nor does what nobody writes: a product's default role, the built-in groups, and groups of
// those who are at home."
func (pr project) toReview() (all []reviewed) {
	add := func(x reviewed, starts, expires string) {
		if pr.isNow(stay{starts, expires}) {
			x.starts, x.expires = starts, expires
			all = append(all, x)
		}
	}
	entry := func(x reviewed, e entry) {
		x.role, x.permission, x.scope = e.role, e.permission, e.scope
		if e.named {
			x.actions = strings.Join(slices.Compact(slices.Sorted(slices.Values(e.actions))), ",")
		}
		add(x, e.starts, e.expires)
	}
	for _, p := range pr.people() {
		for _, e := range pr.entriesOf("", p.Home, p.Roles, p.Grants) {
			if p.status == "active" && !e.byDefault && pr.fault(e, pr.admits(p, e)) == "" {
				entry(reviewed{user: p.id}, e)
			}
		}
	}
	for _, id := range sorted(pr.Groups) {
		g := pr.Groups[id]
		for _, e := range pr.entriesOf(id, g.Home, g.Roles, g.Grants) {
			if !e.byDefault && pr.fault(e, true) == "" {
				entry(reviewed{group: id}, e)
			}
		}
		if pr.allAtHome(id) {
			continue
		}
		for _, m := range g.Members {
			if m.Group != "" && !pr.isGroup(m.plain()) {
				continue // "gives nothing here"
			}
			if m.Group != "" {
				add(reviewed{group: m.plain(), memberOf: id}, m.Starts, m.Expires)
			} else if p := pr.find(m.User); p.status == "active" {
				add(reviewed{user: p.id, memberOf: id}, m.Starts, m.Expires)
			}
		}
	}
	for _, p := range pr.people() {
		for _, j := range p.User.Groups {
			if p.status == "active" && pr.isGroup(j.Group) && !pr.allAtHome(j.Group) {
				add(reviewed{user: p.id, memberOf: j.Group}, j.Starts, j.Expires)
			}
		}
	}
	return all
}

// benefits reports whether somebody, or one whose id differs in case alone, has the access. Of exact ids, that of
// another user differs.
func (pr project) benefits(id string, x reviewed) bool {
	same := func(other string) bool { return strings.EqualFold(other, id) }
	if pr.Catalog.UserIDs == "exact" && pr.find(id).User != nil {
		same = func(other string) bool { return other == id }
	}
	return slices.ContainsFunc(pr.people(), func(p person) bool {
		return same(p.id) &&
			(p.id == x.user || x.group != "" && slices.ContainsFunc(pr.stays(p.id, x.group), pr.comes))
	}) || same(x.user)
}

// isGroup reports whether a group is declared or built in.
func (pr project) isGroup(id string) bool {
	_, builtIn := pr.everyone(id)
	return builtIn || pr.Groups[id] != nil
}

// find returns a person by an id, in any case unless ids are exact.
func (pr project) find(id string) person {
	for _, p := range pr.people() {
		if pr.Catalog.sameUser(p.id, id) {
			return p
		}
	}
	return person{}
}

// last returns the latest review that counts: "If that is extended later, the entry is no longer confirmed." "by is not
// who has the access, or a member of the group that has it."
func (pr project) last(x reviewed, reviews []review) (last *review) {
	for i := range reviews {
		r := &reviews[i]
		of := r.of
		of.starts, of.expires = x.starts, x.expires
		if of != x || r.of.expires != "" && (x.expires == "" || x.expires > r.of.expires) || r.on > pr.asOf ||
			pr.benefits(r.by, x) {
			continue
		}
		if last == nil || r.on > last.on {
			last = r
		}
	}
	return last
}

// state: "It counts for as long as settings.reviewEvery says, or through until if that is earlier." "What was never
// reviewed is due that long after its starts, or at once if it has none."
func (pr project) state(x reviewed, last *review, every int) string {
	switch {
	case last != nil && (last.until != "" && pr.asOf > last.until || every > 0 && pr.asOf > daysAfter(last.on, every)):
		return "overdue"
	case last != nil:
		return "confirmed"
	case every > 0 && (x.starts == "" || pr.asOf > daysAfter(x.starts, every)):
		return "never confirmed"
	}
	return "not due yet"
}

// TestReviews: the compiler and the twin agree about what needs reviews, who confirmed it last, and what is overdue,
// and so do the findings.
func TestReviews(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		pr := remembering(d, today)
		things := pr.toReview()
		reviews := someReviews(t, pr, things)
		every := one(t, "review every", []int{0, 30, 90})
		p := loadedText(t, "access.json", withReviews(t, d, reviews, every))
		var want, got []string
		overdue := 0
		for _, x := range things {
			last := pr.last(x, reviews)
			state := pr.state(x, last, every)
			on := ""
			if last != nil {
				on = last.on
			}
			if every > 0 && (state == "overdue" || state == "never confirmed") {
				overdue++
			}
			want = append(want, fmt.Sprint(x.user, "|", x.group, "|", x.role, x.permission, x.memberOf, "|", x.scope,
				"|",
				x.actions, "|", state, "|", on))
		}
		p.Policy.EachToReview(func(x *policy.ToReview) { got = append(got, sayState(p.Policy, x)) })
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-twin +compiler):\n%s\n%s", diff, withReviews(t, d, reviews, every))
		}
		due := map[string]int{}
		for _, f := range all(t, p) {
			due[f.Rule]++
		}
		if due["review-due"] > overdue || overdue > 0 && due["review-due"] == 0 {
			t.Fatalf("%d findings, %d things are due", due["review-due"], overdue)
		}
		page := pageOf(t, p, render.Filter{})
		if says := fmt.Sprintf(`<b>%d</b> overdue for review<span>`, overdue); every > 0 &&
			!strings.Contains(page, says) {
			t.Fatalf("the page does not say %q", says)
		}
	})
}

func sayState(p *policy.Policy, x *policy.ToReview) string {
	user, group, on := "", "", ""
	if x.User != nil {
		user = x.User.ID
	}
	if x.Group != nil {
		group = x.Group.ID
	}
	if x.Last != nil {
		on = x.Last.On.String()
	}
	return fmt.Sprint(user, "|", group, "|", x.What, "|", x.Subject.Scope, "|", x.Actions, "|",
		render.ReviewStates[x.State(p.ReviewEvery, p.AsOf)], "|", on)
}

// someReviews draws reviews of some of the things, by any user.
func someReviews(t *rapid.T, pr project, things []reviewed) (list []review) {
	if len(things) == 0 || len(pr.Users) == 0 {
		return nil
	}
	for range upTo(t, "reviews", 6) {
		r := review{of: one(t, "reviewed", things), by: one(t, "by", slices.Sorted(maps.Keys(pr.Users))),
			on: daysAfter(today, -upTo(t, "days ago", 120))}
		if rapid.Bool().Draw(t, "limited") {
			r.until = daysAfter(r.on, upTo(t, "for days", 60))
		}
		switch upTo(t, "expiry then", 3) {
		case 0:
			r.of.expires = daysAfter(today, 10)
		case 1:
			r.of.expires = ""
		}
		list = append(list, r)
	}
	return list
}

// withReviews returns the project with reviews as JSON.
func withReviews(t *rapid.T, d *Declaration, reviews []review, every int) string {
	var fields map[string]any
	if err := json.Unmarshal([]byte(compact(d)), &fields); err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	for _, r := range reviews {
		x := map[string]any{}
		for name, value := range map[string]string{"user": r.of.user, "group": r.of.group, "role": r.of.role,
			"permission": r.of.permission, "memberOf": r.of.memberOf, "scope": r.of.scope, "expires": r.of.expires,
			"by": r.by, "on": r.on, "until": r.until} {
			if value != "" && (name != "group" || r.of.user == "") {
				x[name] = value
			}
		}
		if r.of.scope != "" && rapid.Bool().Draw(t, "by path") {
			delete(x, "scope")
			x["path"] = namesOn(r.of.scope, true)
		}
		if r.of.actions != "" {
			x["actions"] = strings.Split(r.of.actions, ",")
		}
		list = append(list, x)
	}
	if list != nil {
		fields["reviews"] = list
	}
	if every > 0 {
		fields["settings"] = map[string]any{"reviewEvery": fmt.Sprintf("%dd", every)}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
