package diff

import (
	"slices"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// pathReasons notes what people could newly give that an entry is about, and returns those people: nobody agrees to a
// path of their own.
func (x *assembly) pathReasons(n *Need, i int) (givers []gainer) {
	if !x.owners[i].Is("gain") {
		return nil
	}
	matcherFor := func(u *policy.User) *Matcher { return x.matcherFor(i, u) }
	found, suffix := x.answer.fresh.find(matcherFor), ""
	now := x.answer.freshNow.find(matcherFor)
	takers := append(found.takers, now.takers...)
	if found.count == 0 && now.count > 0 {
		found, suffix = now, ", compared with the base as it is now"
	}
	if found.count == 0 {
		return nil
	}
	text := countText(found.count, "new path", "new paths") + ", the first is to " + found.text() + suffix
	n.Reasons = append(n.Reasons, text)
	n.Paths, n.Path = found.count, &NewWay{found.by, found.path}
	if n.First == "" {
		n.First, n.From = "a path to "+found.text(), found.by.From
	}
	for _, t := range takers {
		givers = append(givers, gainer{x.giver(t.user), "a path to " + andMore(t.first, t.count)})
	}
	return givers
}

// unownedPaths counts the new paths that no entry is about, and names the first.
func (x *assembly) unownedPaths() (count int, first string) {
	all := &x.answer.fresh
	for i := range all.list {
		by := &all.list[i]
		matchers := x.matchersFor(by.User)
		for _, path := range slices.Concat(by.Alone, by.Assisted, by.Others) {
			if x.ownsPath(by, matchers, &path) || len(path.Gains) == 0 {
				continue
			}
			if count++; count == 1 {
				first = describePath(by, &path.Gains[0])
			}
		}
	}
	return count, first
}

// ownsPath reports whether an entry is about a new path.
func (x *assembly) ownsPath(by *paths.Fresh, matchers []*Matcher, path *reach.Path) bool {
	all := &x.answer.fresh
	for i, m := range matchers {
		if x.owners[i].Is("gain") && m.fitsPath(by, path, all.was(by.User), all.of) != nil {
			return true
		}
	}
	return false
}

// giver returns somebody with a new path, as described on both sides.
func (x *assembly) giver(u *policy.User) *person.Person {
	return x.user(&Person{Base: x.answer.fresh.formerly(u), Head: u})
}

// formerly returns somebody in the base, or nil.
func (x *newPaths) formerly(u *policy.User) *policy.User {
	if x.was == nil {
		return nil
	}
	return x.was(u)
}

// whyUnjudged says what the change does to what an entry names, or to what paths depend on, or "".
func (x *assembly) whyUnjudged(c Vocabularies, i int, judge *policy.Policy) string {
	if why := c.whyUnjudged(&x.matches[i], judge, x.answer.Head); why != "" {
		return why
	}
	if !x.owners[i].Is("gain") {
		return ""
	}
	if what := lostDelegate(judge.Catalog, x.answer.Head.Catalog); what != "" {
		return "takes from what " + what + " lets people give"
	}
	return ""
}
