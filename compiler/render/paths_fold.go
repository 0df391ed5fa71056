package render

import (
	"slices"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/internal/keys"
	"permc.dev/permc/compiler/policy"
)

// pathSection is one kind of path.
type pathSection struct {
	id, title string
	lines     []pathLine
}

// pathLine is some paths that are alike: what they reach, on which scopes, for whom.
type pathLine struct {
	what, who  []string
	scopes, by []*policy.Scope // by: those of the last act's reason
	path       *reach.Path
	way        int // paths of one way may be joined; noWay: with none
	level      int // of sensitivity, the highest of what they reach; 0 unless the folder rates
}

// folder joins paths that are alike. It reuses its memory, so each goroutine needs its own. What it returns is valid
// until the next call.
type folder struct {
	shared map[*reach.Run][]pathSection
	folded int // paths in shared
	rates  bool

	list  [3]pathSection
	lines [3][]pathLine
	found keyNumbers     // the first line with a key
	ways  map[string]int // numbers of ways
	key   keys.Text

	delegates   map[*policy.Delegate]int
	roles       map[*policy.Role][]string // in words
	permissions map[*policy.Permission][]string
	people      map[string][]string // by affiliation
	single      []*policy.Scope     // memory for lists of one
}

func newFolder() *folder {
	return &folder{
		shared:      map[*reach.Run][]pathSection{},
		found:       newKeyNumbers(),
		ways:        map[string]int{},
		delegates:   map[*policy.Delegate]int{},
		roles:       map[*policy.Role][]string{},
		permissions: map[*policy.Permission][]string{},
		people:      map[string][]string{},
	}
}

// mostFolded limits the paths that a folder knows folded, of people who share them, and the ways that it numbers.
const mostFolded = 1 << 16

// sectionsOf returns the kinds of path that there are.
func sectionsOf(r *reach.Run) []pathSection { return newFolder().sections(&paths.User{Run: r}) }

// sections returns the kinds of path that somebody has.
func (f *folder) sections(u *paths.User) []pathSection {
	if !u.Shared {
		return f.sectionsOf(u.Run)
	}
	if list, ok := f.shared[u.Run]; ok {
		return list
	}
	if f.folded += len(u.Alone) + len(u.Assisted) + len(u.Others); f.folded > mostFolded {
		clear(f.shared)
		f.folded = 0
	}
	list := f.sectionsOf(u.Run)
	f.shared[u.Run] = slices.Clone(list)
	f.list, f.lines, f.single = [3]pathSection{}, [3][]pathLine{}, nil
	return f.shared[u.Run]
}

func (f *folder) sectionsOf(r *reach.Run) []pathSection {
	list := f.list[:0]
	f.single = f.single[:0]
	for i, s := range [...]pathSection{
		{id: "alone", title: "for themselves, alone"},
		{id: "assisted", title: "for themselves, with somebody else's help"},
		{id: "others", title: "for others"},
	} {
		if from := [...][]reach.Path{r.Alone, r.Assisted, r.Others}[i]; len(from) > 0 {
			f.lines[i] = f.fold(f.lines[i][:0], from)
			s.lines = f.lines[i]
			list = append(list, s)
		}
	}
	return list
}

// fold joins paths that differ only in what the last act gives, in its scope, or in the receiver.
func (f *folder) fold(lines []pathLine, list []reach.Path) []pathLine {
	if len(f.ways) > mostFolded {
		clear(f.ways)
	}
	for i := range list {
		p := &list[i]
		last := p.Last()
		l := pathLine{what: f.whatOf(p), scopes: f.scopesOf(p), who: f.receiver(last), path: p, way: f.wayOf(p)}
		if last.Why.Scope != nil {
			l.by = f.one(last.Why.Scope)
		}
		if f.rates {
			l.level = levelOf(p)
		}
		lines = append(lines, l)
	}
	lines = f.join(lines, func(t *keys.Text, l *pathLine) {
		t.Words(l.what)
		addPlaces(t, l.scopes)
		addPlaces(t, l.by)
	}, func(to, from *pathLine) { to.who = append(to.who, from.who...) })
	lines = f.join(lines, func(t *keys.Text, l *pathLine) {
		t.Words(l.what)
		t.Words(l.who)
	}, func(to, from *pathLine) {
		to.scopes, to.by = append(to.scopes, from.scopes...), append(to.by, from.by...)
	})
	return f.join(lines, func(t *keys.Text, l *pathLine) {
		addPlaces(t, l.scopes)
		t.Words(l.who)
		addPlaces(t, l.by)
	}, func(to, from *pathLine) { to.what = append(to.what, from.what...) })
}

// levelOf returns the highest rank among the sensitivities of what a path reaches.
func levelOf(p *reach.Path) (level int) {
	for _, g := range p.Gains {
		if g.Permission != nil {
			level = max(level, rankOfSensitivity(g.Permission.SensitivityOf(g.Actions)))
		}
	}
	return level
}

// one returns a list of one scope.
func (f *folder) one(s *policy.Scope) []*policy.Scope {
	f.single = append(f.single, s)
	n := len(f.single)
	return f.single[n-1 : n : n]
}

// join joins each line into the first with the same key, of those that take the same way.
func (f *folder) join(lines []pathLine, addKey func(*keys.Text, *pathLine),
	join func(to, from *pathLine)) []pathLine {
	f.found.reset()
	out := lines[:0]
	for i := range lines {
		x := &lines[i]
		if x.way == noWay {
			out = append(out, *x)
			continue
		}
		from := len(f.found.text)
		f.found.text.Number(x.way)
		addKey(&f.found.text, x)
		if at, ok := f.found.number(from, len(out)); ok {
			join(&out[at], x)
			out[at].level = max(out[at].level, x.level)
			continue
		}
		out = append(out, *x)
	}
	for i := range out {
		l := &out[i]
		l.what, l.who, l.scopes, l.by = once(l.what), once(l.who), once(l.scopes), once(l.by)
	}
	return out
}

// once returns a list without what it repeats.
func once[T comparable](list []T) []T {
	const few = 8
	if len(list) < 2 {
		return list
	}
	out := list[:0]
	if len(list) <= few {
		for _, x := range list {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
		return out
	}
	known := make(map[T]bool, len(list))
	for _, x := range list {
		if !known[x] {
			known[x] = true
			out = append(out, x)
		}
	}
	return out
}

// noWay is in place of the number of a way.
const noWay = -1

// wayOf numbers what a path has in common with those that it may be joined with. Numbers are for one list of paths.
func (f *folder) wayOf(p *reach.Path) int {
	f.key = f.key[:0]
	if !f.way(p) {
		return noWay
	}
	n, ok := f.ways[string(f.key)]
	if !ok {
		n = len(f.ways)
		f.ways[string(f.key)] = n
	}
	return n
}

// way adds to the key what two paths have in common that differ at most in scopes and in the last act. It reports
// whether the path can be joined with any.
func (f *folder) way(p *reach.Path) bool {
	n := len(p.Acts)
	if n > 1 && actWhat(p) != givenBy(p.Last()) {
		return false
	}
	f.key.Number(n)
	for i, a := range p.Acts {
		f.ground(a)
		if i == n-1 {
			break
		}
		f.key.Flag(a.To.Other)
		f.key.Word(a.To.Affiliation)
		f.key.Word(givenBy(a))
	}
	return true
}

// ground adds the reason of an act, but for its scope, and the group that gets something.
func (f *folder) ground(a *reach.Act) {
	w := a.Why
	switch {
	case w.Role != nil:
		f.key.Number(3 * w.Role.Index)
	case w.Permission != nil:
		f.key.Number(3*w.Permission.Index + 1)
	case w.Owned != nil:
		f.key.Number(3*w.Owned.Index + 2)
	default:
		f.key.Number(-1)
		f.key.Word(w.Attribute)
	}
	n, ok := f.delegates[w.Delegate]
	if !ok {
		n = len(f.delegates)
		f.delegates[w.Delegate] = n
	}
	f.key.Number(n)
	if a.Group != nil {
		f.key.Number(a.Group.Index)
	} else {
		f.key.Number(-1)
	}
}

func addPlaces(t *keys.Text, list []*policy.Scope) {
	t.Number(len(list))
	for _, s := range list {
		t.Number(s.Index)
	}
}

// whatOf names what a path reaches by its last act.
func (f *folder) whatOf(p *reach.Path) []string {
	last := p.Last()
	switch {
	case len(p.Acts) > 1 || last.Join:
		return []string{actWhat(p)}
	case last.Permission != nil:
		return wordsOf(f.permissions, last.Permission, last)
	}
	return wordsOf(f.roles, last.Role, last)
}

// wordsOf returns what an act gives as a list of one.
func wordsOf[T comparable](known map[T][]string, x T, a *reach.Act) []string {
	words := known[x]
	if words == nil {
		words = []string{givenBy(a)}
		known[x] = words
	}
	return words
}

// scopesOf returns the scopes on which a path reaches something: that of its last act, or those of what several acts
// reach by a membership.
func (f *folder) scopesOf(p *reach.Path) (list []*policy.Scope) {
	if s := p.Last().Scope; s != nil {
		return f.one(s)
	}
	if len(p.Acts) == 1 {
		return nil
	}
	for _, g := range p.Gains {
		if g.Scope != nil {
			list = append(list, g.Scope)
		}
	}
	return once(list)
}

// receiver names who gets what an act gives, if it is not the person in question.
func (f *folder) receiver(a *reach.Act) []string {
	switch {
	case a.ToGroup():
		return []string{"group " + a.Group.ID}
	case !a.To.Other:
		return nil
	}
	words := f.people[a.To.Affiliation]
	if words == nil {
		words = []string{"anybody"}
		if a.To.Affiliation != "" {
			words[0] = a.To.Affiliation + " users"
		}
		f.people[a.To.Affiliation] = words
	}
	return words
}
