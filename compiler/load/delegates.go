package load

import (
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// decodeDelegates reads what holders of something can give.
func decodeDelegates(t tree.Tree) (list []policy.DeclaredDelegate) {
	elemsOf(t, func(v tree.Tree) {
		gives, confidence := v.Get("gives"), decodeRef(v.Get("confidence"))
		d := policy.DeclaredDelegate{
			Values:        decodeRefs(v.Get("values")),
			Grantable:     gives.Get("grantable").Text() == "true",
			Permissions:   decodeRefs(gives.Get("permissions")),
			Reach:         decodeReach(v.Get("reach")),
			Others:        v.Get("others").Text() == "true",
			Own:           v.Get("bound").Text() == "own",
			Source:        decodeRef(v.Get("source")),
			Confidence:    confidence.Name,
			ConfidencePos: confidence.Pos,
			Derived:       v.Get("derived").Text(),
			Inferred:      v.Get("inferred").Text(),
			Pos:           v[0].Pos,
		}
		if r := gives.Get("roles"); r != nil && r[0].Kind == tree.List {
			d.Roles = decodeRefs(r)
		} else {
			d.AllRoles = r.Text() == "true"
		}
		for _, r := range decodeRefs(v.Get("to")) {
			d.To = append(d.To, r.Name)
		}
		list = append(list, d)
	})
	return list
}
