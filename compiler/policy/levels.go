package policy

import (
	"math/bits"
	"strings"
)

// LevelSet is a set of levels, by bit.
type LevelSet uint32

// Has reports whether a level is in the set.
func (s LevelSet) Has(level int) bool { return s>>level&1 != 0 }

// Only returns the only level of the set.
func (s LevelSet) Only() (level int, ok bool) {
	return bits.TrailingZeros32(uint32(s)), s != 0 && s&(s-1) == 0
}

// BelowAny returns some levels with all those that scopes anywhere inside can have.
func (c *Catalog) BelowAny(set LevelSet) (below LevelSet) {
	for i := range c.Levels {
		if set.Has(i) {
			below |= c.Below[i]
		}
	}
	return below
}

// SameTree returns the levels that can be in one tree with one of some levels.
func (c *Catalog) SameTree(set LevelSet) (all LevelSet) {
	for i := range c.Levels {
		if c.Outermost.Has(i) && c.Below[i]&set != 0 {
			all |= c.Below[i]
		}
	}
	return all
}

// LevelOf returns the level of a scope.
func (c *Catalog) LevelOf(s *Scope) string { return c.Levels[s.Level] }

// WriteLevels writes the levels in a line: org > (repo, team).
func (c *Catalog) WriteLevels() string {
	known := LevelSet(0)
	var write func(set LevelSet) string
	write = func(set LevelSet) string {
		var parts []string
		for i, name := range c.Levels {
			if !set.Has(i) {
				continue
			}
			if inside := c.Inside[i] &^ (1 << i); inside != 0 && !known.Has(i) {
				known |= 1 << i
				name += " > " + write(inside)
			}
			parts = append(parts, name)
		}
		if len(parts) > 1 {
			return "(" + strings.Join(parts, ", ") + ")"
		}
		return strings.Join(parts, "")
	}
	text := write(c.Outermost)
	if _, one := c.Outermost.Only(); !one {
		text = strings.TrimSuffix(strings.TrimPrefix(text, "("), ")")
	}
	return text
}

// SelfNested returns the levels of scopes that can contain each other.
func (c *Catalog) SelfNested() (list []string) {
	for i, name := range c.Levels {
		if c.Inside[i].Has(i) {
			list = append(list, name)
		}
	}
	return list
}

// LevelNames returns the names of some levels, outermost first.
func (c *Catalog) LevelNames(set LevelSet) (list []string) {
	for i, l := range c.Levels {
		if set.Has(i) {
			list = append(list, l)
		}
	}
	return list
}
