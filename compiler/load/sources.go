package load

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Sources returns a project's files of one kind, such as ".cue", by name, and the skipped files. Apart
// from ignore, their content does not matter.
func Sources(paths []string, kind string) (files *policy.Files, skipped []Skipped, err error) {
	l := &loader{paths: paths, files: &policy.Files{}}
	defer l.close()
	if err := l.open(paths); err != nil {
		return nil, nil, err
	}
	l.finder.sources = slices.DeleteFunc(l.finder.sources, func(s *source) bool { return s.ext != kind })
	t, err := plainShape()
	if err != nil {
		return nil, nil, err
	}
	if err := l.readTexts(t.FieldNames()); err != nil {
		return nil, nil, err
	}
	for _, s := range l.finder.sources {
		l.files.Add(s.name, slices.Clone(s.data))
	}
	skipped = l.finder.skipped
	for _, r := range l.finder.refused {
		skipped = append(skipped, Skipped{r.name, r.message, ""})
	}
	return l.files, skipped, nil
}
