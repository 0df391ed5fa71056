package resolve

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// mostLevels is how many levels a policy.LevelSet holds.
const mostLevels = 32

// levels binds the levels: a line, or a tree.
func (b *catalogBinder) levels() {
	c := b.catalog
	if b.declared.LevelTree == nil {
		b.levelLine()
	} else {
		b.levelTree()
	}
	if n := len(c.Levels); n > mostLevels {
		b.errorf("schema", b.declared.Pos, "%d levels, at most %d allowed", n, mostLevels)
	}
	c.Below = slices.Clone(c.Inside)
	for i := range c.Below {
		c.Below[i] |= 1 << i
	}
	for range min(len(c.Below), mostLevels) { // each round reaches one level further
		for i, set := range c.Below {
			for j := range min(len(c.Below), mostLevels) {
				if set.Has(j) {
					c.Below[i] |= c.Below[j]
				}
			}
		}
	}
}

// levelLine binds levels of which each is inside the one before it.
func (b *catalogBinder) levelLine() {
	c := b.catalog
	for _, l := range b.declared.Levels {
		if slices.Contains(c.Levels, l.Name) {
			b.errorf("schema", l.Pos, "level %q is listed twice", l.Name)
			continue
		}
		if n := len(c.Levels); n > 0 {
			c.Inside[n-1] = 1 << n
		}
		c.Levels, c.Inside = append(c.Levels, l.Name), append(c.Inside, 0)
	}
	c.Outermost = 1
	if last := len(c.Levels) - 1; c.Nested && last >= 0 {
		c.Inside[last] = 1 << last
	}
}

// levelTree binds levels that may be beside each other. A level in several places
// is one kind of scope.
func (b *catalogBinder) levelTree() {
	c := b.catalog
	if c.Nested {
		b.fail(diag.Stopf("schema", b.declared.Pos, "levels are a tree, so nested is about one of them").
			WithHelp("move nested: true into the level whose scopes can contain each other"))
	}
	if len(b.declared.LevelTree) == 0 {
		b.fail(diag.Stopf("schema", b.declared.Pos, "levels is empty").WithHelp("name at least one level"))
	}
	var bind func(list []policy.DeclaredLevel) policy.LevelSet
	bind = func(list []policy.DeclaredLevel) (here policy.LevelSet) {
		for i := range list {
			d := &list[i]
			n := slices.Index(c.Levels, d.ID.Name)
			if n < 0 {
				n = len(c.Levels)
				c.Levels, c.Inside = append(c.Levels, d.ID.Name), append(c.Inside, 0)
			}
			here |= 1 << n
			inside := bind(d.Levels)
			if c.Inside[n] |= inside; d.Nested {
				c.Inside[n] |= 1 << n
			}
		}
		return here
	}
	c.Outermost = bind(b.declared.LevelTree)
	c.Branching = true
}

// levelOf returns the level of a scope: the one that it names, by level or in front
// of its id; otherwise the only one that can be there. A colon behind anything else
// than a level is part of the name.
func (b *policyBinder) levelOf(d *policy.DeclaredScope, s *policy.Scope, parent *policy.Scope) int {
	fitting := b.catalog.Outermost
	if parent != nil {
		fitting = b.catalog.Inside[parent.Level]
	}
	only, isOne := fitting.Only()
	if isOne && !d.Level.Given() && strings.IndexByte(d.ID.Name, ':') < 0 {
		return only
	}
	if fitting == 0 {
		b.tooDeep(d, s, parent)
		return parent.Level
	}
	names := b.catalog.LevelNames(fitting)
	inFront := levelInFront(d.ID.Name, b.catalog.Levels)
	switch level := slices.Index(b.catalog.Levels, d.Level.Name); {
	case d.Level.Given() && level >= 0 && fitting.Has(level) && (inFront == "" || inFront == d.Level.Name):
		return level
	case d.Level.Given():
	case inFront == "" && isOne && !beginsLike(d.ID.Name, b.catalog.Levels):
		return only
	case slices.Contains(names, inFront):
		return slices.Index(b.catalog.Levels, inFront)
	}
	b.wrongScopeLevel(d, s.Path, inFront, names, describeInside(b.catalog, parent))
	return only
}

// beginsLike reports whether the id of a scope begins with a misspelt level.
func beginsLike(id string, levels []string) bool {
	before, _, colon := strings.Cut(id, ":")
	return colon && diag.Nearest(before, levels) != ""
}

// tooDeep reports a scope where no level is left.
func (b *policyBinder) tooDeep(d *policy.DeclaredScope, s, parent *policy.Scope) {
	if b.catalog.Branching {
		b.errorf("schema", d.ID.Pos, "scope %q is too deep: no level is inside %s", s.Path, b.catalog.LevelOf(parent))
		return
	}
	b.errorf("schema", d.ID.Pos, "scope %q is too deep: the levels are %s", s.Path,
		strings.Join(b.catalog.Levels, ", "))
}

// wrongScopeLevel reports a scope whose level is not clear, or cannot be there.
func (b *policyBinder) wrongScopeLevel(d *policy.DeclaredScope, path, inFront string, names []string, where string) {
	switch before, _, _ := strings.Cut(d.ID.Name, ":"); {
	case d.Level.Given() && !slices.Contains(names, d.Level.Name):
		f := diag.Stopf("schema", d.Level.Pos, "scope %q cannot be at level %s: %s", path, diag.Quote(d.Level.Name),
			where)
		f.Wrong, f.Right = d.Level.Name, diag.Only(d.Level.Name, names)
		b.fail(f.WithHelp("%s", diag.Suggest(d.Level.Name, names)))
	case inFront != "" && !slices.Contains(names, inFront), inFront == "" && beginsLike(d.ID.Name, b.catalog.Levels):
		before = cmp.Or(inFront, before)
		f := diag.Stopf("schema", d.ID.Pos, "scope %q begins with %s, which is not a level here: %s", path,
			diag.Quote(before), where)
		f.Notes = []string{"if that is part of the name, put the level before it: " +
			diag.Quote(names[0]+":"+d.ID.Name)}
		b.fail(f.WithHelp("%s", diag.Suggest(before, names)))
	case d.Level.Given():
		b.fail(diag.Stopf("schema", d.Level.Pos, "scope %q is at level %q by its id, and at level %q by its field",
			path,
			inFront, d.Level.Name).WithHelp("remove one of them"))
	default:
		b.fail(diag.Stopf("schema", d.ID.Pos, "scope %q needs a level: %s", path, where).
			WithHelp("add level: %s", strings.Join(names, ", or level: ")))
	}
}

// describeInside says which levels can be somewhere.
func describeInside(c *policy.Catalog, parent *policy.Scope) string {
	if parent == nil {
		return "outermost levels are " + strings.Join(c.LevelNames(c.Outermost), ", ")
	}
	return "levels inside " + c.Levels[parent.Level] + " are " + strings.Join(c.LevelNames(c.Inside[parent.Level]),
		", ")
}

// levelInFront returns which of some levels an id begins with, or "". Levels may
// have colons themselves.
func levelInFront(id string, levels []string) (longest string) {
	for _, l := range levels {
		if strings.HasPrefix(id, l+":") && len(l) > len(longest) {
			longest = l
		}
	}
	return longest
}
