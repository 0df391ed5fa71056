package fix

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// renameParts makes edits that rename names of a scope that is written as a list: path: [prod, shop].
func renameParts(file syntax, name, text string, p *proposal) (edits []edit, err error) {
	x, err := source.Parse(name, text)
	if err != nil {
		return nil, errOtherName
	}
	list := listAt(x.Docs, p.off)
	if list == nil || pathOf(list) != p.wrong {
		return nil, errOtherName
	}
	wrong, right := strings.Split(p.wrong, "/"), strings.Split(p.right, "/")
	if len(wrong) != len(right) {
		return nil, errLayout
	}
	for i, item := range list.Items {
		if wrong[i] == right[i] {
			continue
		}
		e, err := file.rename(item.From, item.Text, policy.ScopeName(right[i]))
		if err != nil {
			return nil, err
		}
		edits = append(edits, e)
	}
	return edits, nil
}

// listAt returns the innermost list that begins at an offset, or nil.
func listAt(nodes []*source.Node, off int) *source.Node {
	for _, n := range nodes {
		if n == nil || off < n.From || off >= n.To {
			continue
		}
		below := slices.Clone(n.Items)
		for i := range n.Fields {
			below = append(below, n.Fields[i].Value)
		}
		if list := listAt(below, off); list != nil {
			return list
		}
		if n.Kind == source.List && n.From == off {
			return n
		}
	}
	return nil
}

// pathOf returns the path that a list of names stands for, or "".
func pathOf(list *source.Node) string {
	var parts []string
	for _, item := range list.Items {
		if item.Kind != source.Scalar {
			return ""
		}
		parts = append(parts, policy.ScopePart(item.Text))
	}
	return strings.Join(parts, "/")
}
