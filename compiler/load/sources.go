package load

import (
	"bytes"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/policy"
)

// Sources returns a project's files of some kinds, such as ".cue", by name, and the skipped files. ".yaml" stands for
// both extensions of YAML. Apart from ignore, their content does not matter, unless they are plainly no declarations.
func Sources(paths []string, kinds ...string) (files *policy.Files, skipped []Skipped, err error) {
	l := &loader{paths: paths, files: &policy.Files{}}
	defer l.close()
	if err := l.open(paths); err != nil {
		return nil, nil, err
	}
	l.finder.sources = slices.DeleteFunc(l.finder.sources, func(s *source) bool {
		return !slices.Contains(kinds, s.ext)
	})
	t, err := plainShape()
	if err != nil {
		return nil, nil, err
	}
	if err := l.readTexts(t.FieldNames()); err != nil {
		return nil, nil, err
	}
	var others []Skipped
	for _, s := range l.finder.sources {
		if why := notOurs(s, t.FieldNames()); why != "" {
			others = append(others, Skipped{s.name, why, s.rel})
			continue
		}
		l.files.Add(s.name, slices.Clone(s.data))
	}
	skipped = append(others, l.finder.skipped...)
	for _, r := range l.finder.refused {
		skipped = append(skipped, Skipped{r.name, r.message, ""})
	}
	return l.files, skipped, nil
}

// notOurs says why a YAML file is not certainly a declaration, even if it was named as a PATH, or returns "". What is
// no YAML at all is left to those who read it.
func notOurs(s *source, fields []string) string {
	if s.ext != ".yaml" {
		return ""
	}
	if isForeign(s.ext, s.data, fields) {
		return notDeclaration
	}
	dec := yaml.NewDecoder(bytes.NewReader(s.data))
	for {
		var n yaml.Node
		if dec.Decode(&n) != nil {
			return ""
		}
		top := &n
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
			top = n.Content[0]
		}
		if top.Kind != yaml.MappingNode {
			return notDeclaration
		}
		for i := 0; i < len(top.Content); i += 2 {
			if name := top.Content[i].Value; !slices.Contains(fields, name) {
				return fmt.Sprintf("%q is no field of a declaration", name)
			}
		}
	}
}
