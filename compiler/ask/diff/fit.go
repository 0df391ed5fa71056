package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Fit is a rule of the base, adapted to judge the head. Lost lists the alternatives that are gone; Why says why the
// rule cannot judge at all.
type Fit struct {
	Rule policy.DeclaredRule
	Lost []string
	Why  string

	Wider bool // it judges scopes, too, that may have been moved out of its own
}

// Fit fits a rule of the base to the names of the head.
func (c *Vocabularies) Fit(r policy.DeclaredRule) Fit {
	f := fitter{Vocabularies: c}
	switch {
	case r.Deny != nil:
		r.Deny = f.selector(r.Deny)
	case r.Forbid != nil:
		r.Forbid = f.selector(r.Forbid)
	case r.Conflict != nil:
		x := *r.Conflict
		x.Between, x.And = f.side(x.Between), f.side(x.And)
		r.Conflict = &x
	case r.Require != nil:
		x := *r.Require
		x.Holding = *f.selector(&x.Holding)
		x.Needs = f.requirement(x.Needs)
		r.Require = &x
	case r.Holders != nil:
		f.need(kindOf(r.Holders.What), r.Holders.What.Name)
		f.need(aLevel, r.Holders.Level)
		for _, a := range r.Holders.Actions {
			f.need(anAction, policy.Ref{Name: r.Holders.What.Name.Name + " " + a.Name})
		}
		for _, x := range r.Holders.Except {
			f.need(aRole, x)
		}
		for _, x := range r.Holders.Groups {
			f.need(aGroup, x)
		}
	case r.PerUser != nil:
		f.need(aLevel, r.PerUser.Level)
	case r.Labels != nil:
		f.need(aLabel, r.Labels.What.Name)
		f.need(aLevel, r.Labels.Level)
	}
	return Fit{r, f.lost, f.why, f.wider}
}

type fitter struct {
	*Vocabularies
	lost []string
	why  string // the first reason

	wider bool
}

func (f *fitter) fail(format string, args ...any) {
	if f.why == "" {
		f.why = fmt.Sprintf(format, args...)
	}
}

func kindOf(i policy.DeclaredItem) string {
	if i.Permission {
		return aPermission
	}
	return aRole
}

// need notes a name that the rule cannot do without.
func (f *fitter) need(kind string, r policy.Ref) {
	if kind == aGroup && !f.Base.has(kind, r.Name) {
		return // a shipped rule may name one that the project does not have
	}
	if r.Given() && !f.keeps(kind, "", r.Name) {
		f.fail("the change removed or renamed %s %q", kind, r.Name)
	}
}

// lose notes that a list of alternatives loses a name. Where the change also
// adds one of the kind, that may be the same by another name.
func (f *fitter) lose(kind, name string, left int, under []policy.Ref) {
	switch fresh := f.added(kind, under); {
	case left == 0:
		f.fail("the change removed or renamed %s %q", kind, name)
	case fresh != "":
		f.fail("%s %q is gone, and the change adds %q, which may be the same by another name", kind, name, fresh)
	default:
		f.lost = append(f.lost, fmt.Sprintf("%s %q", kind, name))
	}
}

// alternatives keeps the names of a list that still exist.
func (f *fitter) alternatives(kind string, list []policy.Ref, known func(name string) bool) (kept []policy.Ref) {
	for _, r := range list {
		if known(r.Name) {
			kept = append(kept, r)
		}
	}
	for _, r := range list {
		if !known(r.Name) {
			f.lose(kind, r.Name, len(kept), kept)
		}
	}
	return kept
}

// selector adapts a selector.
func (f *fitter) selector(s *policy.DeclaredSelector) *policy.DeclaredSelector {
	of := func(kind string, list []policy.Ref) []policy.Ref {
		return f.alternatives(kind, list, func(name string) bool { return f.Head.has(kind, name) })
	}
	out := &policy.DeclaredSelector{
		Affiliations: of(anAffiliation, s.Affiliations), Roles: of(aRole, s.Roles),
		Permissions: of(aPermission, s.Permissions), Scopes: of(aScope, s.Scopes), Levels: of(aLevel, s.Levels),
		Attributes: f.attributes(anAttribute, s.Attributes), Unless: f.requirement(s.Unless),
		Groups: of(aGroup, s.Groups), Direct: s.Direct, Files: s.Files, ExceptFiles: s.ExceptFiles,
	}
	out.Scopes = append(out.Scopes, f.movedOut(out.Scopes)...)
	out.Actions = f.alternatives(anAction, s.Actions, func(name string) bool {
		if len(out.Permissions) == 0 {
			return f.Head.has(anAction, name)
		}
		return slices.ContainsFunc(out.Permissions, func(p policy.Ref) bool {
			return f.Head.has(anAction, p.Name+" "+name)
		})
	})
	return out
}

// movedOut returns scopes that the head adds elsewhere, if some below the rule's are gone: they may be the same, so
// the rule holds there as well.
func (f *fitter) movedOut(list []policy.Ref) (out []policy.Ref) {
	for _, r := range list {
		if from, _ := f.movedScope(r.Name); from == "" {
			continue
		}
		f.wider = true
		for _, path := range slices.Sorted(maps.Keys(f.Head[aScope])) {
			inside := strings.HasPrefix(path, r.Name+"/")
			if !inside && !f.Base.has(aScope, path) &&
				!slices.ContainsFunc(out, func(x policy.Ref) bool { return x.Name == path }) {
				out = append(out, policy.Ref{Name: path, Pos: r.Pos})
			}
		}
	}
	return out
}

// attributes keeps attributes, which are all required, and their remaining values.
func (f *fitter) attributes(kind string, list []policy.Attribute) (out []policy.Attribute) {
	for _, a := range list {
		f.need(kind, a.Name)
		a.Values = f.alternatives(kind, a.Values, func(name string) bool {
			return f.keeps(kind, a.Name.Name+" ", name)
		})
		out = append(out, a)
	}
	return out
}

// side keeps what exists, if any item of the side is enough.
func (f *fitter) side(s policy.DeclaredSide) policy.DeclaredSide {
	if s.All {
		for _, i := range s.Items {
			f.need(kindOf(i), i.Name)
			f.need(aLevel, i.Level)
		}
		return s
	}
	out := s
	out.Items = nil
	for _, i := range s.Items {
		if f.Head.has(kindOf(i), i.Name.Name) && f.knownLevel(i) {
			out.Items = append(out.Items, i)
		}
	}
	for _, i := range s.Items {
		switch {
		case !f.Head.has(kindOf(i), i.Name.Name):
			f.lose(kindOf(i), i.Name.Name, len(out.Items), nil)
		case !f.knownLevel(i):
			f.lose(aLevel, i.Level.Name, len(out.Items), nil)
		}
	}
	return out
}

func (f *fitter) knownLevel(i policy.DeclaredItem) bool {
	return !i.Level.Given() || f.Head.has(aLevel, i.Level.Name)
}

// requirement adapts a requirement.
func (f *fitter) requirement(r *policy.DeclaredRequirement) *policy.DeclaredRequirement {
	if r == nil {
		return nil
	}
	out := *r
	f.need(aRole, r.Role)
	f.need(aPermission, r.Permission)
	f.need(aGroup, r.Group)
	f.need(anAttribute, r.Matching)
	f.need(aScopeAttribute, r.Matching)
	for _, a := range r.Actions {
		f.need(anAction, policy.Ref{Name: r.Permission.Name + " " + a.Name})
	}
	out.Attributes, out.ScopeAttributes = f.attributes(anAttribute, r.Attributes),
		f.attributes(aScopeAttribute, r.ScopeAttributes)
	each := func(list []*policy.DeclaredRequirement) (all []*policy.DeclaredRequirement) {
		for _, x := range list {
			all = append(all, f.requirement(x))
		}
		return all
	}
	out.AllOf, out.NoneOf = each(r.AllOf), each(r.NoneOf)
	out.AnyOf = f.anyOf(r.AnyOf)
	return &out
}

func (f *fitter) anyOf(list []*policy.DeclaredRequirement) (kept []*policy.DeclaredRequirement) {
	why := ""
	for _, x := range list {
		alone := fitter{Vocabularies: f.Vocabularies}
		if y := alone.requirement(x); alone.why == "" {
			kept = append(kept, y)
			f.lost = append(f.lost, alone.lost...)
		} else if why == "" {
			why = alone.why
		}
	}
	if len(list) > 0 && len(kept) == 0 {
		f.fail("%s", why)
	}
	return kept
}
