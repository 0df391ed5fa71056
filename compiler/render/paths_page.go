package render

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
)

// PathsPage holds what a page about paths shows: the gravest people first.
type PathsPage struct {
	*paths.Answer
	Head   string
	Counts struct{ Users, Alone, Assisted, Others int }
	People []PathsPerson
}

// PathsPerson is somebody with the paths that are the gravest for a page.
type PathsPerson struct {
	*policy.User
	Gravest [3]string // sensitivity of what they reach alone, with help and for others
	Has     [3]bool   // whether there is anything
	Lines   []PathsLine
	More    int // lines that are not listed

	weight int
}

// PathsLine is some paths that are alike.
type PathsLine struct {
	Kind     int    // of PathKinds
	Level    string // sensitivity of the gravest permission
	What     []string
	On       string
	For      string // or "": the person
	Steps    []PathsStep
	Likewise bool // on several scopes: the steps name the first
}

// PathsStep is one act.
type PathsStep struct {
	Text      string // in a sentence
	What, To  string // To is "" for the person themselves
	On, By    string
	Confident string // or how it is known, if it is not stated
}

// PathKinds name the kinds of path.
var PathKinds = [3]string{"alone", "with help", "for others"}

// keptPeople limits the people on a page, and keptLines the lines of each.
const (
	keptPeople = 2000
	keptLines  = 25
)

// NewPathsPage finds everybody's paths, and keeps what a page can show.
func NewPathsPage(ctx context.Context, a *paths.Answer) (*PathsPage, error) {
	p := &PathsPage{Answer: a}
	var n pathCounts
	var all []*pathCounts
	err := paths.Each(ctx, a, func() func([]PathsPerson, *paths.User) []PathsPerson {
		f, own := newFolder(), &pathCounts{}
		f.rates = true
		all = append(all, own)
		return func(list []PathsPerson, u *paths.User) []PathsPerson {
			own.add(u.Run)
			return append(list, f.person(u))
		}
	}, func(list []PathsPerson) error {
		if p.People = append(p.People, list...); len(p.People) > 2*keptPeople {
			p.trim()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.trim()
	for _, own := range all {
		n.merge(own)
	}
	p.Head = pathsHead(a, n)
	p.Counts.Users, p.Counts.Alone, p.Counts.Assisted, p.Counts.Others = n.users, n.alone, n.assisted, n.others
	return p, nil
}

// trim keeps the gravest people.
func (p *PathsPage) trim() {
	slices.SortFunc(p.People, func(a, b PathsPerson) int {
		return cmp.Or(b.weight-a.weight, cmp.Compare(a.ID, b.ID))
	})
	kept := min(len(p.People), keptPeople)
	clear(p.People[kept:])
	p.People = p.People[:kept]
}

// Missing counts the people who are not on the page.
func (p *PathsPage) Missing() int { return p.Counts.Users - len(p.People) }

// rankOfSensitivity returns 0 for none, and more for what is more sensitive.
func rankOfSensitivity(level string) int { return slices.Index(policy.Sensitivities, level) + 1 }

// person words the gravest paths of somebody.
func (f *folder) person(u *paths.User) PathsPerson {
	p := PathsPerson{User: u.User}
	type ranked struct {
		kind, weight int
		line         *pathLine
	}
	var all []ranked
	for _, s := range f.sections(u) {
		kind := s.number()
		p.Has[kind] = true
		for i := range s.lines {
			l := &s.lines[i]
			if l.level > rankOfSensitivity(p.Gravest[kind]) {
				p.Gravest[kind] = policy.Sensitivities[l.level-1]
			}
			all = append(all, ranked{kind, len(PathKinds)*l.level - kind, l})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int {
		return cmp.Or(b.weight-a.weight, len(a.line.path.Acts)-len(b.line.path.Acts))
	})
	if len(all) > 0 {
		p.weight = all[0].weight
	}
	p.More = max(0, len(all)-keptLines)
	for _, x := range all[:len(all)-p.More] {
		p.Lines = append(p.Lines, x.line.onPage(u, x.kind))
	}
	return p
}

// number returns the number of a kind of path, as PathKinds has it.
func (s *pathSection) number() int {
	return slices.Index([]string{"alone", "assisted", "others"}, s.id)
}

// onPage words a line.
func (l *pathLine) onPage(u *paths.User, kind int) PathsLine {
	x := PathsLine{Kind: kind, What: slices.Clone(l.what), On: scopeNames(u, l.scopes),
		For: strings.Join(l.who, " and "), Likewise: len(l.scopes) > 1}
	if l.level > 0 {
		x.Level = policy.Sensitivities[l.level-1]
	}
	texts := l.steps(u)
	for i, a := range l.path.Acts {
		s := PathsStep{Text: texts[i], What: givenBy(a), To: receiverOf(a), By: reasonName(a)}
		if a.Scope != nil {
			s.On = u.At(a.Scope).Path
		}
		if d := a.Why.Delegate; d != nil && d.Confidence != policy.Stated {
			s.Confident = d.Confidence.String()
		}
		x.Steps = append(x.Steps, s)
	}
	return x
}

func scopeNames(u *paths.User, list []*policy.Scope) string {
	var t gappedText
	t.scopes(list)
	return strings.TrimPrefix(t.about(u), " on ")
}

// AlonePaths words what somebody could get alone, the gravest first.
func AlonePaths(u *paths.User) []PathsLine {
	f := newFolder()
	f.rates = true
	return f.person(u).Lines
}
