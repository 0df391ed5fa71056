package load

import (
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// respell gives users the spelling of their ids that counts, and returns the
// others. What is written under several spellings is then merged like anything
// that is in several places.
func (l *loader) respell(docs []doc) (spelled []policy.Spelled) {
	if len(l.opts.Spellings) == 0 {
		return nil
	}
	right := map[string]policy.Pos{} // where the spellings that count are
	for _, id := range l.opts.Spellings {
		right[id] = policy.Pos{}
	}
	one := func(id *string, pos policy.Pos) {
		if to, ok := l.opts.Spellings[*id]; ok {
			spelled = append(spelled, policy.Spelled{Ref: policy.Ref{Name: *id, Pos: pos}, Right: policy.Ref{Name: to}})
			*id = to
		} else if first, ok := right[*id]; ok && (!first.IsValid() || pos.Before(first)) {
			right[*id] = pos
		}
	}
	for i := range docs {
		for j := range docs[i].records {
			x := &docs[i].records[j]
			one(&x.ID, policy.Pos{File: x.File, Off: x.Key, End: x.KeyEnd})
		}
		for _, section := range []string{"users", "invitations"} {
			fieldsOf(docs[i].value.Get(section), func(k *tree.Node, _ tree.Tree) { one(&k.Text, k.Pos) })
		}
	}
	for i := range spelled {
		spelled[i].Right.Pos = right[spelled[i].Right.Name]
	}
	return spelled
}
