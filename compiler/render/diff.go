package render

import (
	"cmp"
	"io"
	"slices"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// DiffFormats are the output formats of diff.
var DiffFormats = []string{"text", "json", "markdown", "github", "html", "reviewers"}

// WriteDiff writes a comparison in one of DiffFormats.
func WriteDiff(w io.Writer, d *Diff, format string, with With) error {
	if format == "markdown" {
		return DiffMarkdown(w, d) // which has only so much room for the names
	}
	return withExternal(w, d.External(), format, with.Style, func(w io.Writer) error {
		return writeDiff(w, d, format, with)
	}, d.named()...)
}

func writeDiff(w io.Writer, d *Diff, format string, with With) error {
	switch format {
	case "json":
		return DiffJSON(w, d)
	case "github":
		return with.Summary(func(summary *JobSummary) error { return DiffGitHub(w, summary, d) })
	case "html":
		return with.Page(w, d)
	case "reviewers":
		return DiffReviewers(w, d, with.System)
	}
	return DiffText(w, d, with.Style)
}

// Diff is the effect of a change on people and on findings.
type Diff struct {
	*diff.Answer
	Links   Links
	Verbose bool // name everybody
}

// files returns the files of one side.
func (d *Diff) files(base bool) *policy.Files {
	if base {
		return d.Base.Files
	}
	return d.Head.Files
}

// block groups changes of one person that have the same kind and reason.
type block struct {
	kind   diff.Kind
	why    string // how it is held, or was
	scopes []string
	items  []ChangedItem
	causes []diff.Cause
	rank   int // the gravity of the gravest item
}

// blocks groups what a person gains or loses in the same way, by scope, and merges scopes with the same permissions.
// Roles that no row mentions come last.
func (d *Diff) blocks(p *diff.Person) (list []block) {
	type alike struct {
		kind       diff.Kind
		why, scope string
	}
	byKey := map[alike][]int{}
	changes := d.Changes(p)
	for i := range changes {
		c := &changes[i]
		key := alike{c.Kind, reasonText(c), c.Row().Scope.Path}
		same := func(n int) bool { return slices.Equal(list[n].causes, c.Causes) }
		at := slices.IndexFunc(byKey[key], same)
		if at < 0 {
			at = len(byKey[key])
			byKey[key] = append(byKey[key], len(list))
			list = append(list, block{kind: c.Kind, why: key.why, scopes: []string{key.scope}, causes: c.Causes})
		}
		n := byKey[key][at]
		list[n].items = append(list[n].items, newItem(c))
		list[n].rank = max(list[n].rank, c.Gravity())
	}
	for i := range p.Roles {
		if c := &p.Roles[i]; !toldByRows(changes, c) {
			list = append(list, block{
				kind:   c.Kind,
				why:    roleReason(c),
				scopes: []string{c.Scope.Path},
				items:  []ChangedItem{{ID: c.Role.ID, Title: c.Role.Title, Role: true}},
				causes: c.Causes,
			})
		}
	}
	slices.SortStableFunc(list, func(a, b block) int { return cmp.Compare(a.kind, b.kind) })
	return mergeScopes(list)
}

// toldByRows reports whether a row that changes the same way names the role.
func toldByRows(changes []diff.Change, c *diff.RoleChange) bool {
	return slices.ContainsFunc(changes, func(x diff.Change) bool {
		return (x.Kind.More() && c.Kind.More() || x.Kind.Less() && c.Kind.Less()) && slices.Contains(x.Roles, c.Role.ID)
	})
}

// roleReason says how long a role is held, and that it changes nothing else.
func roleReason(c *diff.RoleChange) string {
	s := "it adds no permission"
	switch c.Kind {
	case diff.Lost:
		s = "it removes no permission"
	case diff.Widened:
		s = "held longer, but it adds no permission"
	case diff.Narrowed:
		s = "held for a shorter time, but it removes no permission"
	}
	if c.Group != nil {
		s = "through group " + c.Group.ID + throughInner(c.Path) + ", " + s
	}
	return s + describePeriod(c.From, c.Until)
}

// describePeriod says on which days a difference applies, if not from now on.
func describePeriod(from, until policy.Date) (s string) {
	if from != 0 {
		s += ", from " + from.String()
	}
	if until != 0 {
		s += ", until " + until.String()
	}
	return s
}

func mergeScopes(list []block) (out []block) {
	type alike struct {
		kind       diff.Kind
		why, items string
		cause      diff.Cause // the first one
	}
	byKey := map[alike][]int{}
	for _, b := range list {
		key := alike{kind: b.kind, why: b.why, items: b.itemsText("\n")}
		if len(b.causes) > 0 {
			key.cause = b.causes[0]
		}
		if at := slices.IndexFunc(byKey[key], func(n int) bool {
			return slices.Equal(out[n].causes, b.causes)
		}); at >= 0 {
			n := byKey[key][at]
			out[n].scopes = append(out[n].scopes, b.scopes...)
			continue
		}
		byKey[key] = append(byKey[key], len(out))
		out = append(out, b)
	}
	return out
}
