package diff

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// PolicyChanges lists the differences between two projects other than users, groups and scopes, in a fixed order,
// with old and new values. The base may be nil. The findings are those of each project with its own exceptions.
func PolicyChanges(base, head *compiler.Project, baseFound, headFound []diag.Finding) (list []PolicyChange) {
	var b policy.Declared
	if base != nil {
		b = *base.Declared()
	}
	h := *head.Declared()
	list = append(list, compareLists("rule", projectRules(base), projectRules(head),
		func(r policy.DeclaredRule) policy.Ref { return r.ID }, nil)...)
	list = append(list, compareLists("severity", b.Severities, h.Severities, settingName,
		func(s policy.Setting) string { return s.Value.Name })...)
	if base != nil {
		list = append(list, settingChanges(b, h)...)
	}
	list = append(list, compareLists("waiver", b.Waivers, h.Waivers, func(w policy.DeclaredWaiver) policy.Ref {
		return policy.Ref{Name: w.Rule.Name + " of " + w.User.Name + w.Group.Name, Pos: w.Pos}
	}, nil)...)
	list = append(list, reviewChanges(b.Reviews, h.Reviews)...)
	list = append(list, commentChanges(base, head, baseFound, headFound)...)
	list = append(list, gateChanges(b.Gates, h.Gates)...)
	list = append(list, compareLists("owners", b.Owners, h.Owners, func(o policy.Ownership) policy.Ref {
		return policy.Ref{Name: ownershipText(&o), Pos: o.Pos}
	}, nil)...)
	list = append(list, compareLists("people", b.People, h.People, func(p policy.People) policy.Ref {
		return p.Name
	}, nil)...)
	list = append(list, compareLists("ignore", b.Ignore, h.Ignore, func(r policy.Ref) policy.Ref {
		return r
	}, noText)...)
	list = append(list, compareLists("correction", correctionsOf(b), correctionsOf(h),
		func(c policy.Correction) policy.Ref {
			about, _ := c.What()
			return policy.Ref{Name: about, Pos: c.Pos}
		}, nil)...)
	list = append(list, compareLists("expectation", b.Expects, h.Expects, func(e policy.Expect) policy.Ref {
		return policy.Ref{Name: expectationText(e), Pos: e.Pos}
	}, nil)...)
	return append(list, besideChanges(base, head)...)
}

// besideChanges lists the differences in what the declarations rest on: the baseline, the schema, the files that are
// read, and the catalog.
func besideChanges(base, head *compiler.Project) (list []PolicyChange) {
	was, is := besideOf(base), besideOf(head)
	exact := head.Policy.Catalog.ExactUsers
	list = append(list, baselineChanges(knownEntries(was, exact), knownEntries(is, exact))...)
	list = append(list, schemaChanges(was, is)...)
	if base != nil {
		list = append(list, skippedChanges(base, head)...)
		list = append(list, catalogChanges(base, head)...)
		list = append(list, factChanges(*base.Declared(), *head.Declared())...)
		list = append(list, levelChanges(base, head)...)
	}
	return list
}

// skippedChanges lists files that were part of the declaration, and that the head skips since they no longer look like
// one.
func skippedChanges(base, head *compiler.Project) (list []PolicyChange) {
	skipped := map[string]bool{}
	for _, s := range head.Skipped {
		if s.Foreign() {
			skipped[s.Rel] = true
		}
	}
	for i, f := range base.Files.All() {
		if !f.Shipped && f.Rel != "" && skipped[f.Rel] {
			list = append(list, PolicyChange{
				What: "file",
				Name: f.Rel,
				How:  "skipped",
				Text: "it is no longer a declaration",
				Base: true,
				Pos:  policy.Pos{File: int32(i + 1), End: 1},
			})
		}
	}
	return list
}

func noText[T any](T) string { return "" }

func settingChanges(b, h policy.Declared) (list []PolicyChange) {
	if b.HorizonDays != h.HorizonDays {
		list = append(list, settingChange("horizon", daysText(b.HorizonDays)+" -> "+daysText(h.HorizonDays),
			b.HorizonAt, h.HorizonAt))
	}
	if !sayAlike(b.CatalogAge, h.CatalogAge) {
		list = append(list, settingChange("catalogMaxAge", maxAge(b.CatalogAge)+" -> "+maxAge(h.CatalogAge),
			b.CatalogAge.Pos, h.CatalogAge.Pos))
	}
	if !sayAlike(b.ReviewEvery, h.ReviewEvery) {
		list = append(list, settingChange("reviewEvery", maxAge(b.ReviewEvery)+" -> "+maxAge(h.ReviewEvery),
			b.ReviewEvery.Pos, h.ReviewEvery.Pos))
	}
	if b.Escalation.Name != h.Escalation.Name {
		list = append(list, settingChange("escalation",
			cmp.Or(b.Escalation.Name, "critical")+" -> "+cmp.Or(h.Escalation.Name, "critical"), b.Escalation.Pos,
			h.Escalation.Pos))
	}
	if b.FailOn.Name != h.FailOn.Name {
		list = append(list, settingChange("failOn",
			cmp.Or(b.FailOn.Name, "error")+" -> "+cmp.Or(h.FailOn.Name, "error"), b.FailOn.Pos, h.FailOn.Pos))
	}
	return list
}

// settingName names a severity by its rule and, if it is not for all, its files.
func settingName(s policy.Setting) policy.Ref {
	if s.Files.Given() {
		return policy.Ref{Name: s.Rule.Name + " in " + s.Files.Name, Pos: s.Rule.Pos}
	}
	return s.Rule
}

// settingChange returns a change at the setting of the head, or of the base if the head has none.
func settingChange(what, text string, was, is policy.Pos) PolicyChange {
	c := PolicyChange{What: what, How: "changed", Text: text, Pos: is}
	if !is.IsValid() {
		c.Base, c.Pos = true, was
	}
	return c
}

func maxAge(m policy.MaxAge) string {
	if !m.Limited {
		return "none"
	}
	return daysText(m.Days)
}

func daysText(n int) string {
	if n < 0 {
		return "30d"
	}
	return strconv.Itoa(n) + "d"
}

// correctionsOf returns the declared corrections.
func correctionsOf(d policy.Declared) []policy.Correction {
	if d.Catalog == nil {
		return nil
	}
	return d.Catalog.Corrections
}

// expectationText describes an expectation.
func expectationText(e policy.Expect) string {
	who := e.User.Name + e.Group.Name + e.Affiliation.Name
	switch {
	case e.IsOnly:
		var names []string
		for _, r := range e.Only {
			names = append(names, r.Name)
		}
		return who + " only " + strings.Join(names, ", ")
	case e.Can.Given():
		return who + " can " + e.Can.Name
	}
	return who + " cannot " + e.Cannot.Name
}

// gateChanges compares the gates of the declarations, gate by gate.
func gateChanges(b, h *policy.Gates) []PolicyChange {
	c := PolicyChange{What: "gates", How: "changed"}
	var was, is policy.Gates
	switch {
	case b == nil && h == nil || b != nil && h != nil && sayAlike(*b, *h):
		return nil
	case b == nil:
		c.How, c.Pos, is = "added", h.Pos, *h
	case h == nil:
		c.How, c.Base, c.Pos, was = "removed", true, b.Pos, *b
	default:
		c.Pos, was, is = h.Pos, *b, *h
	}
	forbid := func(m policy.Matcher) policy.Ref {
		x := ReviewMatcher(m)
		return policy.Ref{Name: x.String(), Pos: m.Pos}
	}
	var parts []string
	changes := compareLists("forbid", was.Forbid, is.Forbid, forbid, noText)
	for _, x := range append(changes, compareLists("forbidPath", was.ForbidPath, is.ForbidPath, forbid, noText)...) {
		parts = append(parts, x.What+" "+cmp.Or(x.Name, "everything")+" "+x.How)
	}
	was.Forbid, is.Forbid, was.ForbidPath, is.ForbidPath = nil, nil, nil, nil
	c.Text = clipText(strings.Join(append(fieldDifferences(was, is), parts...), "; "))
	return []PolicyChange{c}
}

// compareLists compares lists of named things, as often as each occurs, and describes each change: with text, or
// field by field.
func compareLists[T any](what string, base, head []T, name func(T) policy.Ref,
	text func(T) string) (list []PolicyChange) {
	come := leftOver(head, base)
	byName := map[string][]T{}
	for _, y := range come {
		byName[name(y).Name] = append(byName[name(y).Name], y)
	}
	changed := map[string]int{}
	for _, x := range leftOver(base, head) {
		id := name(x)
		if rest := byName[id.Name]; len(rest) > changed[id.Name] {
			y := rest[changed[id.Name]]
			changed[id.Name]++
			list = append(list, PolicyChange{
				What: what,
				Name: id.Name,
				How:  "changed",
				Text: wasAndIs(x, y, text),
				Pos:  name(y).Pos,
			})
			continue
		}
		list = append(list, PolicyChange{
			What: what,
			Name: id.Name,
			How:  "removed",
			Text: textOf(x, text),
			Base: true,
			Pos:  id.Pos,
		})
	}
	for _, y := range come {
		id := name(y)
		if changed[id.Name]--; changed[id.Name] >= 0 {
			continue
		}
		list = append(list, PolicyChange{What: what, Name: id.Name, How: "added", Text: textOf(y, text), Pos: id.Pos})
	}
	return list
}

// leftOver returns the items of a list that another lacks, or has less often.
func leftOver[T any](list, other []T) (left []T) {
	n := map[string]int{}
	for _, y := range other {
		n[sayValue(reflect.ValueOf(y))]++
	}
	for _, x := range list {
		key := sayValue(reflect.ValueOf(x))
		if n[key]--; n[key] < 0 {
			left = append(left, x)
		}
	}
	return left
}

// textOf applies text, if there is one.
func textOf[T any](x T, text func(T) string) string {
	if text != nil {
		return text(x)
	}
	return ""
}

func wasAndIs[T any](x, y T, text func(T) string) string {
	if text == nil {
		return clipText(strings.Join(fieldDifferences(x, y), "; "))
	}
	if text(x) == text(y) {
		return ""
	}
	return text(x) + " -> " + text(y)
}

// clipText shortens a long text.
func clipText(s string) string {
	const most = 400
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// commentChanges compares the comments that silence findings: each with what it
// silences, or with its line where it silences nothing.
func commentChanges(base, head *compiler.Project, baseFound, headFound []diag.Finding) []PolicyChange {
	return compareLists("suppression", commentsOf(base, baseFound), commentsOf(head, headFound),
		func(c comment) policy.Ref {
			return policy.Ref{Name: c.name(), Pos: c.Pos}
		}, noText)
}

// comment is a suppression as declared, with the findings that it silences.
type comment struct {
	Text, Rules string
	Silences    []string
	Pos         policy.Pos
}

func (c *comment) name() string {
	switch len(c.Silences) {
	case 0:
		return c.Rules
	case 1:
		return c.Silences[0]
	}
	return fmt.Sprintf("%s, and %d more", c.Silences[0], len(c.Silences)-1)
}

// commentsOf lists the suppressions of a project with the findings that they silence.
func commentsOf(p *compiler.Project, found []diag.Finding) (list []comment) {
	if p == nil || p.Policy == nil || len(p.Policy.Suppressions) == 0 {
		return nil
	}
	silences := map[policy.Pos][]string{}
	for i := range found {
		if c := found[i].Comment; c != nil {
			silences[c.Pos] = append(silences[c.Pos], aboutText(&found[i]))
		}
	}
	for _, s := range p.Policy.Suppressions {
		text := p.Files.File(s.Pos.File).Data
		c := comment{Text: text[s.Pos.Off:s.Pos.End], Silences: silences[s.Pos], Pos: s.Pos}
		if slices.Sort(c.Silences); len(c.Silences) == 0 {
			c.Text += "\n" + strings.TrimSpace(text[s.Line.Off:s.Line.End])
		}
		var ids []string
		for _, r := range s.Rules {
			ids = append(ids, r.Name)
		}
		c.Rules = strings.Join(ids, ", ")
		list = append(list, c)
	}
	return list
}

// aboutText says what a finding is about.
func aboutText(d *diag.Finding) string {
	k := d.Key()
	s := d.Rule
	if whom := cmp.Or(d.User, d.Group); whom != "" {
		s += " of " + whom
	}
	for _, x := range []string{k.Role, k.Permission, k.Action} {
		if x != "" {
			s += ", " + x
		}
	}
	for _, x := range d.With {
		if _, name, _ := strings.Cut(x, ":"); name != k.Role && name != k.Permission {
			s += ", " + name
		}
	}
	if d.Scope != "" {
		s += " on " + d.Scope
	}
	return s
}
