package reference_test

import (
	"encoding/json"
	"slices"
	"strings"
)

// Levels are a line of names, outermost first, or a tree: kinds of scope beside
// each other.
type Levels struct {
	Line []string
	Tree map[string]*Level
}

// Level is a level of a tree, with the levels inside it.
type Level struct {
	Nested bool              `json:"nested,omitempty"`
	Levels map[string]*Level `json:"levels,omitempty"`
}

func (l Levels) MarshalJSON() ([]byte, error) {
	if l.Tree != nil {
		return json.Marshal(l.Tree)
	}
	return json.Marshal(l.Line)
}

func (l *Levels) UnmarshalJSON(data []byte) error {
	if data[0] == '{' {
		return json.Unmarshal(data, &l.Tree)
	}
	return json.Unmarshal(data, &l.Line)
}

// names lists each level once, outermost first.
func (c *Catalog) levelNames() []string {
	var all []string
	var walk func(levels map[string]*Level)
	walk = func(levels map[string]*Level) {
		for _, id := range sorted(levels) {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
			walk(levels[id].Levels)
		}
	}
	walk(c.Levels.Tree)
	return append(all, c.Levels.Line...)
}

// levelsIn are the levels of the scopes directly inside one of a level, or of
// outermost ones for "". "A level that is listed in several places is one kind of
// scope, which can be in each of them."
func (c *Catalog) levelsIn(level string) []string {
	if c.Levels.Tree == nil {
		i := slices.Index(c.Levels.Line, level) + 1
		if i == len(c.Levels.Line) && c.Nested {
			i--
		}
		return c.Levels.Line[i:min(i+1, len(c.Levels.Line))]
	}
	if level == "" {
		return sorted(c.Levels.Tree)
	}
	inside := map[string]bool{}
	var walk func(levels map[string]*Level)
	walk = func(levels map[string]*Level) {
		for id, l := range levels {
			if id == level {
				for other := range l.Levels {
					inside[other] = true
				}
				if l.Nested {
					inside[id] = true
				}
			}
			walk(l.Levels)
		}
	}
	walk(c.Levels.Tree)
	return sorted(inside)
}

// atOrBelow are the levels that a scope of a level and those below it can have.
func (c *Catalog) atOrBelow(level string) []string {
	all := []string{level}
	for i := 0; i < len(all); i++ {
		for _, inner := range c.levelsIn(all[i]) {
			if !slices.Contains(all, inner) {
				all = append(all, inner)
			}
		}
	}
	return all
}

// sameTreeLevels are those that can be in one tree with a level.
func (c *Catalog) sameTreeLevels(level string) []string {
	var all []string
	for _, outermost := range c.levelsIn("") {
		if inside := c.atOrBelow(outermost); slices.Contains(inside, level) {
			all = append(all, inside...)
		}
	}
	return all
}

// levelOf is the level of a scope: "the one that it names, by level or in front of
// its id; otherwise the only one that can be there".
func (c *Catalog) levelOf(id string, s *Scope, above string) string {
	if s.Level != "" {
		return s.Level
	}
	fitting := c.levelsIn(above)
	if named, _, ok := strings.Cut(id, ":"); ok && slices.Contains(fitting, named) {
		return named
	}
	if len(fitting) != 1 {
		panic("schema: the level is not clear")
	}
	return fitting[0]
}
