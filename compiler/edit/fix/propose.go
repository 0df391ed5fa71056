package fix

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// proposal is an edit that would fix some findings.
type proposal struct {
	findings []diag.Finding
	spots    []spot // of the findings
	file     string
	off      int        // in the state that it is for
	origin   int        // in the original file
	place    policy.Pos // of the entry, in that state's files
	wrong    string     // of a rename
	right    string

	remedy *remedy // the edit that the finding asks for, or nil
	early  bool    // it is tried like a rename: before the project can be evaluated

	elsewhere bool // the user is in another file, too
	commented bool // a comment above the removed text stays
}

// what says how the proposal fixed a finding.
func (p *proposal) what(d *diag.Finding) string {
	if p.remedy != nil {
		return p.withComment(p.remedy.Done)
	}
	if p.right != "" {
		return "renamed " + diag.Quote(p.wrong) + " to " + diag.Quote(p.right)
	}
	if d.Role+d.Permission == "" {
		said := fmt.Sprintf("removed a membership of %s in group %q", describeHolder(d), d.Group)
		if d.User == "" {
			said = fmt.Sprintf("removed a member of group %q", d.Group)
		}
		return p.withComment(said)
	}
	return p.withComment(fmt.Sprintf("removed %s on %s of %s", diag.Quote(d.Role+d.Permission), diag.Quote(d.Scope),
		describeHolder(d)))
}

// withComment adds that a comment above the removed text stays.
func (p *proposal) withComment(said string) string {
	if p.commented {
		said += "; the comment above it stays"
	}
	return said
}

func describeHolder(d *diag.Finding) string {
	if d.User == "" {
		return "group " + diag.Quote(d.Group)
	}
	return diag.Quote(d.User)
}

// holderOf returns the user of a finding's entry, or the group with its prefix.
func holderOf(d *diag.Finding) string {
	if d.User == "" {
		return "group:" + d.Group
	}
	return d.User
}

// moved updates the places of a proposal after the edits between two states.
func (p *proposal) moved(from, to *state) {
	for _, made := range to.history[p.file][len(from.history[p.file]):] {
		p.off = made.forward(p.off)
		if p.remedy != nil {
			p.remedy.moved(made)
		}
	}
	for i, f := range to.project.Files.All() {
		if f.Name == p.file {
			p.place = policy.Pos{File: int32(i + 1), Off: uint32(p.off)}
		}
	}
}

// wanted reports whether to fix the findings of a rule.
func (r *runner) wanted(rule string, among []string) bool {
	return slices.Contains(among, rule) && r.asked(rule)
}

// asked reports whether the findings of a rule are asked about.
func (r *runner) asked(rule string) bool {
	return len(r.opts.Rules) == 0 || slices.Contains(r.opts.Rules, rule)
}

// collector makes one proposal for all findings that the same edit fixes.
type collector struct {
	runner *runner
	state  *state
	early  bool
	list   []*proposal
	at     map[spot]*proposal
}

// add adds a finding to the proposal at a place, or a new one.
func (c *collector) add(d diag.Finding, pos policy.Pos, right string) {
	file, off := c.state.place(pos)
	at := c.state.spot(&d)
	if _, left := c.runner.left[at]; left || file == "" || at.file == "" {
		return
	}
	key := spot{"", file, off}
	remedy := c.state.newRemedy(&d)
	if remedy != nil && right == "" {
		key.rule = remedy.Done
	}
	if p := c.at[key]; p != nil {
		p.findings, p.spots = append(p.findings, d), append(p.spots, at)
		return
	}
	origin := c.state.origin(file, off)
	p := &proposal{findings: []diag.Finding{d}, spots: []spot{at}, file: file, off: off, origin: origin,
		place: dropEnd(pos), wrong: d.Wrong, right: right, early: c.early}
	if right == "" {
		p.remedy = remedy
	}
	if c.at == nil {
		c.at = map[spot]*proposal{}
	}
	c.at[key] = p
	c.list = append(c.list, p)
}

// misspelt lists the renames of a state: names that stop the evaluation, fields
// that have a new name, and users in another spelling.
func (r *runner) misspelt(s *state) []*proposal {
	c := &collector{runner: r, state: s, early: true}
	for i := range s.findings {
		d := &s.findings[i]
		if d.Edit != nil && d.Stops && !d.Silenced() && r.asked(d.Rule) {
			c.add(*d, d.Pos, "")
			continue
		}
		if !r.wanted(d.Rule, Renamed) || d.Right == "" || d.Silenced() ||
			s.project.Policy != nil && d.Rule != "renamed-field" && d.Rule != "two-spellings" {
			continue
		}
		if r.sure(d) == "" {
			c.add(*d, d.Pos, d.Right)
		}
	}
	return c.list
}

// idle lists the removals of a state that can be evaluated.
func (r *runner) idle() []*proposal {
	clear(r.words)
	c := &collector{runner: r, state: r.now}
	for i := range r.now.findings {
		d := &r.now.findings[i]
		if d.Silenced() || !r.wanted(d.Rule, Removed) && (d.Edit == nil || !r.asked(d.Rule)) {
			continue
		}
		if pos, why := r.removable(d); why == "" {
			c.add(*d, pos, "")
		}
	}
	for _, p := range c.list {
		p.elsewhere = strings.EqualFold(path.Ext(p.file), ".csv") && r.elsewhere(p)
	}
	return c.list
}

// elsewhere reports whether another file, too, has the user whose entry is to be
// removed.
func (r *runner) elsewhere(p *proposal) bool {
	u := findUser(r.now.project.Policy, p.findings[0].User)
	return u != nil && (u.Pos.File != p.place.File || slices.ContainsFunc(u.Entries, func(e policy.Entry) bool {
		return e.Pos.File != p.place.File
	}))
}

// removable returns the place of the entry to remove. Of two duplicates it is the
// one without a reason or ticket, or else the later one.
func (r *runner) removable(d *diag.Finding) (pos policy.Pos, why string) {
	if !strings.HasPrefix(d.Rule, "duplicate-") || len(d.Related) == 0 {
		return d.Pos, ""
	}
	var later, first words
	if d.Rule == "duplicate-membership" {
		later, first = r.memberWords(d, d.Pos), r.memberWords(d, d.Related[0].Pos)
	} else {
		entries := r.entriesOf(d)
		later, first = r.findWords(entries, d.Pos), r.findWords(entries, d.Related[0].Pos)
	}
	switch {
	case later == first, later == (words{}):
		return d.Pos, ""
	case first == (words{}):
		return d.Related[0].Pos, ""
	}
	return pos, "the two have different reasons or tickets: keep the right one"
}

// words holds the reason and the ticket of an entry.
type words struct{ reason, ticket string }

// findWords returns the words of the first entry at a place that has any. It reads the entries of each holder once.
func (r *runner) findWords(entries []policy.Entry, at policy.Pos) words {
	if len(entries) == 0 {
		return words{}
	}
	known := r.words[&entries[0]]
	if known == nil {
		known = map[policy.Pos]words{}
		for i := range entries {
			e := &entries[i]
			if _, ok := known[e.Pos]; !ok && e.Detail != nil {
				known[e.Pos] = words{e.Detail.Reason, e.Detail.Ticket}
			}
		}
		if r.words == nil {
			r.words = map[*policy.Entry]map[policy.Pos]words{}
		}
		r.words[&entries[0]] = known
	}
	return known[at]
}

// memberWords returns the words of the membership at a place.
func (r *runner) memberWords(d *diag.Finding, at policy.Pos) words {
	if r.now.members == nil {
		r.now.members = map[membership]words{}
		for _, g := range r.now.project.Policy.Groups {
			for _, m := range g.Special {
				k := membership{g.ID, m.Pos}
				if _, known := r.now.members[k]; !known && m.Terms != nil {
					r.now.members[k] = words{m.Terms.Reason, m.Terms.Ticket}
				}
			}
		}
	}
	return r.now.members[membership{d.Group, at}]
}

// membership is the place where a group has a member.
type membership struct {
	group string
	at    policy.Pos
}

func (r *runner) entriesOf(d *diag.Finding) []policy.Entry {
	p := r.now.project.Policy
	if d.User == "" {
		for _, g := range p.Groups {
			if g.ID == d.Group {
				return g.Entries
			}
		}
		return nil
	}
	if u := findUser(p, d.User); u != nil {
		return u.Entries
	}
	return nil
}

// findUser finds a user by the exact id.
func findUser(p *policy.Policy, id string) *policy.User {
	i, ok := p.FindUser(id)
	if !ok {
		return nil
	}
	return p.Users[i]
}
