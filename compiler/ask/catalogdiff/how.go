package catalogdiff

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// direction says whether something gives more, less, or both.
type direction uint8

const (
	more direction = 1 << iota
	less
)

// describeChange says what happens to an item that both catalogs have.
func describeChange(was, is *Item, fields []FieldChange) Change {
	c := Change{Key: was.Key, Fields: fields}
	if f := c.field("confidence"); f != nil {
		c.Confidence = slices.Index(policy.Confidences(), f.Before[0]) - slices.Index(policy.Confidences(), f.After[0])
		c.Confidence = max(-1, min(1, c.Confidence))
	}
	if c.Kind != Cell { // those of other kinds have no confidence but a reason
		if f := c.field("inferred"); f != nil && (f.Before == nil) != (f.After == nil) {
			c.Confidence = 1
			if f.Before == nil {
				c.Confidence = -1
			}
		}
	}
	c.How = c.how(directionOf(was, is, fields))
	return c
}

// how returns the gravest of what happens.
func (c *Change) how(d direction) How {
	switch d {
	case more:
		return Widened
	case less:
		return Narrowed
	case more | less:
		return Changed
	}
	if slices.ContainsFunc(c.Fields, func(f FieldChange) bool {
		return !isText(f.Name) && !isSource(f.Name) && f.Name != "title"
	}) {
		return Changed
	}
	switch {
	case c.Confidence > 0:
		return Surer
	case c.Confidence < 0:
		return LessSure
	case c.field("title") != nil:
		return Renamed
	case slices.ContainsFunc(c.Fields, func(f FieldChange) bool { return isSource(f.Name) }):
		return SourceChanged
	}
	return TextChanged
}

func (c *Change) field(name string) *FieldChange {
	for i := range c.Fields {
		if c.Fields[i].Name == name {
			return &c.Fields[i]
		}
	}
	return nil
}

// Matters reports whether a field says something about what happened to the item,
// beside words and sources that changed with it.
func (c *Change) Matters(field string) bool {
	switch {
	case isText(field):
		return c.How == TextChanged || field == "inferred" && c.Confidence != 0
	case isSource(field):
		return c.How == SourceChanged
	}
	return true
}

// isText reports whether a field is words for people, which change no access.
func isText(name string) bool {
	switch name {
	case "aliases", "description", "note", "notes", "text", "derived", "inferred", "message", "help", "grantors",
		"limits", "changes", "version", "confidence":
		return true
	}
	return strings.HasPrefix(name, "capabilities.") || strings.HasSuffix(name, ".hint")
}

func isSource(name string) bool {
	switch name {
	case "source", "backing", "url", "read":
		return true
	}
	return false
}

// directionOf says whether an item gives more or less.
func directionOf(was, is *Item, fields []FieldChange) (d direction) {
	switch was.Kind {
	case Cell:
		d = cellDirection(was, is)
	case Include:
		d = reachDirection(valueOf(was, "reach"), valueOf(is, "reach"))
	}
	for _, f := range fields {
		switch was.Kind.String() + " " + f.Name {
		case "cell actions", "permission actions", "permission levels", "permission implies", "role levels":
			d |= setDirection(f.Before, f.After)
		case "permission deprecated":
			d |= setDirection(f.After, f.Before)
		}
	}
	switch was.Kind {
	case Permission:
		d |= limitedDirection(grantees(was), grantees(is)) | limitedDirection(depths(was), depths(is))
	case Role:
		d |= limitedDirection(limited(was, "limited", "affiliations"), limited(is, "limited", "affiliations"))
	case UserAttribute, ScopeAttribute, GroupAttribute:
		d |= limitedDirection(listed(was), listed(is)) | setDirection(valuesOf(is, "closed"), valuesOf(was, "closed"))
	}
	return d
}

// cellDirection compares how far two cells reach. The user's own records, wherever
// they are, are less than all records of any scope: that is how products order them.
func cellDirection(was, is *Item) direction {
	before, after := valueOf(was, "own") != "", valueOf(is, "own") != ""
	switch {
	case before && !after:
		return more
	case after && !before:
		return less
	}
	return reachDirection(valueOf(was, "reach"), valueOf(is, "reach")) | conditionDirection(conditionOf(was),
		conditionOf(is))
}

// conditionDirection compares for whom two cells count. One without a condition counts for all.
func conditionDirection(was, is []Field) direction {
	same := slices.EqualFunc(was, is, func(a, b Field) bool {
		return a.Name == b.Name &&
			slices.Equal(a.Values, b.Values)
	})
	switch {
	case same:
		return 0
	case len(was) == 0:
		return less
	case len(is) == 0:
		return more
	}
	return more | less
}

// conditionOf returns the fields of an item that say when it counts.
func conditionOf(x *Item) (list []Field) {
	for _, f := range x.Fields {
		if strings.HasPrefix(f.Name, "when.") && !isText(f.Name) {
			list = append(list, f)
		}
	}
	return list
}

// reachDirection compares two reaches as ReachText writes them.
func reachDirection(was, is string) direction {
	if was == is {
		return 0
	}
	x, labelled := strings.CutPrefix(was, "labels ")
	y, both := strings.CutPrefix(is, "labels ")
	if labelled && both { // of scopes that have all of them: each label is a limit
		return setDirection(strings.Split(y, ", "), strings.Split(x, ", "))
	}
	rank := map[string]int{"self": 1, "subtree": 2, "tree": 3}
	a, b := rank[was], rank[is]
	switch {
	case labelled && b >= 2:
		return more
	case both && a >= 2:
		return less
	case labelled || both:
		return more | less
	case a < b:
		return more
	}
	return less
}

// setDirection compares two lists of what is given.
func setDirection(was, is []string) (d direction) {
	if slices.ContainsFunc(is, func(s string) bool { return !slices.Contains(was, s) }) {
		d |= more
	}
	if slices.ContainsFunc(was, func(s string) bool { return !slices.Contains(is, s) }) {
		d |= less
	}
	return d
}

// limits are what may be, or anything.
type limits struct {
	all  bool
	some []string
}

func limitedDirection(was, is limits) direction {
	switch {
	case was.all && is.all:
		return 0
	case is.all:
		return more
	case was.all:
		return less
	}
	return setDirection(was.some, is.some)
}

func limited(x *Item, flag, list string) limits {
	return limits{all: valueOf(x, flag) == "", some: valuesOf(x, list)}
}

// listed are the values of an attribute. One without any takes all, unless it is closed.
func listed(x *Item) limits {
	some := valuesOf(x, "values")
	return limits{all: some == nil && valueOf(x, "closed") == "", some: some}
}

func grantees(x *Item) limits {
	to := valuesOf(x, "grantTo")
	return limits{all: valueOf(x, "grantable") != "" && to == nil, some: to}
}

func depths(x *Item) limits {
	some := valuesOf(x, "depths")
	return limits{all: some == nil, some: some}
}

func valuesOf(x *Item, field string) []string {
	for _, f := range x.Fields {
		if f.Name == field {
			return f.Values
		}
	}
	return nil
}

func valueOf(x *Item, field string) string {
	return strings.Join(valuesOf(x, field), ", ")
}
