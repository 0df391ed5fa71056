package compiler

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/resolve"
)

// findMoreErrors adds the errors that can be found behind those that stop a project. A beginner who corrects a project
// should not have to do so in more rounds than needed.
func (p *Project) findMoreErrors(opts Options) {
	switch {
	case !opts.More || len(p.Stopped) == 0 || opts.Catalog != nil:
	case p.binding != nil:
		p.findMoreEntries(p.binding.Policy)
	default:
		p.findMore(opts.AsOf)
	}
}

// findMore adds errors to those that stop a project: of names, of affiliations and of single entries, in what could be
// read. Each one is certain: what could not be read does not explain it.
func (p *Project) findMore(asOf policy.Date) {
	part := p.loaded.Partial()
	if part == nil {
		return
	}
	if c := part.Declared.Catalog; c != nil && len(c.Solutions) > 0 {
		return // their roles are not known
	}
	catalog, faults, err := chooseCatalog(part.Declared, nil)
	if err != nil {
		return
	}
	more := &moreFinder{unread: part.Unread, files: p.Files}
	for _, d := range part.Faults {
		// A catalog has several forms, and its other fields decide which one is meant.
		if !strings.Contains(d.Message, " in catalog") || !more.unread.Mentions("catalog") {
			more.add(d)
		}
	}
	if len(faults) == 0 {
		var binding *resolve.Binding
		binding, faults = bindPartial(part.Declared, catalog, asOf)
		more.spelled = len(binding.Spellings()) > 0
		more.entries(binding.Policy, faults)
	}
	for i := range faults {
		if more.certain(&faults[i]) {
			more.add(faults[i])
		}
	}
	p.addMore(more)
}

// findMoreEntries adds errors of single entries to errors of names, if everything could be read.
func (p *Project) findMoreEntries(bound *policy.Policy) {
	more := &moreFinder{unread: &load.Unread{}, files: p.Files}
	more.entries(bound, p.Stopped)
	p.addMore(more)
}

func (p *Project) addMore(more *moreFinder) {
	known := map[policy.Pos]bool{}
	for i := range p.Stopped {
		known[p.Stopped[i].Pos] = true
	}
	for _, d := range more.found {
		if !known[d.Pos] {
			p.Stopped = append(p.Stopped, d)
		}
	}
	p.Stopped = diag.Sort(p.Stopped)
}

func bindPartial(d *policy.Declared, c *policy.Catalog, asOf policy.Date) (*resolve.Binding, []diag.Finding) {
	all, stopping := rules.IDs()
	return resolve.Bind(d, c, resolve.Options{AsOf: asOf, BuiltIn: all, Stopping: stopping})
}

// moreFinder looks for errors in a project that has others already.
type moreFinder struct {
	unread  *load.Unread
	files   *policy.Files
	spelled bool // a user is declared in two spellings, each with a part of what there is about the user
	found   []diag.Finding
}

// add adds a finding, with a note that more may come.
func (m *moreFinder) add(d diag.Finding) {
	d.Partial = true
	d.Notes = append(slices.Clip(d.Notes), m.note())
	m.found = append(m.found, d)
}

func (m *moreFinder) note() string {
	switch names := m.unread.Files; {
	case len(names) > 3:
		return fmt.Sprintf("checked without %s and %d other files, which permc cannot read yet", names[0], len(names)-1)
	case len(names) > 0:
		return "checked without " + strings.Join(names, ", ") + ", which permc cannot read yet"
	case !m.unread.Empty():
		return "checked without the parts that are not valid yet"
	}
	return "checked without the names that are not known yet"
}

// certain reports whether a finding of binding stays whatever is in the parts that could not be read. Most are not:
// one about the shape of the scopes, for example, may come from a scope that is missing.
func (m *moreFinder) certain(d *diag.Finding) bool {
	switch {
	case d.Wrong != "":
		return !m.unread.Mentions(lastPart(d.Wrong))
	case d.Rule == rules.Schema.ID && d.User != "":
		return !m.spelled && m.knows(d.User)
	}
	return false
}

// lastPart returns the part of a name that only its own declaration has.
func lastPart(name string) string { return name[strings.LastIndexAny(name, "/:")+1:] }

// knows reports whether all that the project says about a user could be read.
func (m *moreFinder) knows(user string) bool {
	return user == "" || !m.unread.Mentions(user) && !m.unread.MayImply(user[strings.LastIndexByte(user, '@')+1:])
}

// entries finds errors of single entries, if the catalog and the scopes are known well enough.
func (m *moreFinder) entries(bound *policy.Policy, faults []diag.Finding) {
	if m.spelled || m.unread.Mentions("catalog") {
		return
	}
	doubtful := map[string]bool{} // users whose affiliation may be another
	for i := range faults {
		switch f := &faults[i]; {
		case f.Rule == rules.Schema.ID && f.User == "" && f.Group == "":
			return
		case f.Rule == rules.Schema.ID || f.Rule == rules.UnknownAffiliation.ID:
			doubtful[f.User] = true
		}
	}
	for _, f := range checkEntries(bound) {
		needsAffiliation := f.Rule != rules.WrongLevel.ID && f.Rule != rules.NotGrantable.ID
		if f.Severity == diag.Error && !(doubtful[f.User] && needsAffiliation) && m.sure(&f) {
			m.add(f)
		}
	}
}

// checkEntries returns the findings of the rules that look at a single entry.
func checkEntries(bound *policy.Policy) []diag.Finding {
	alone := *bound
	alone.Rules, alone.Denies = nil, nil
	linter := lint.New(&alone, rules.Alone, rules.Form, func(*diag.Finding) policy.Date { return 0 })
	w := linter.Worker()
	var found []diag.Finding
	for _, u := range bound.Users {
		found = append(found, w.User(&policy.Access{User: u, On: bound.AsOf})...)
	}
	return linter.Finish([]*lint.Worker{w}, found)
}

// sure reports whether the finding of an entry stays, whatever is in the parts that could not be read. A rule that the
// project names somewhere may be waived, or be off.
func (m *moreFinder) sure(d *diag.Finding) bool {
	for _, f := range m.files.All() {
		if !f.Shipped && strings.Contains(f.Data, d.Rule) {
			return false
		}
	}
	if m.unread.Empty() {
		return true
	}
	for part := range strings.SplitSeq(d.Scope, "/") {
		if m.unread.Mentions(part) {
			return false
		}
	}
	return m.knows(d.User) && (d.Group == "" || !m.unread.Mentions(d.Group))
}
