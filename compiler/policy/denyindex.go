package policy

// DenyIndex finds which of many deny rules may match a user.
type DenyIndex struct {
	index *RuleIndex
	found []int
}

// NewDenyIndex returns the index of some rules.
func NewDenyIndex(rules []*Rule) *DenyIndex { return &DenyIndex{index: NewRuleIndex(rules)} }

// About returns the rules that may match a user, in order. The list is valid until the next call.
func (x *DenyIndex) About(a *Access) []int {
	x.found = x.index.AppendAbout(x.found[:0], a, nil)
	return x.found
}
