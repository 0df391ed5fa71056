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
	for i := range docs {
		records := docs[i].records
		for j := range records {
			x := &records[j]
			if right, ok := l.opts.Spellings[x.ID]; ok {
				pos := policy.Pos{File: x.File, Off: x.Key, End: x.KeyEnd}
				spelled = append(spelled, policy.Spelled{Ref: policy.Ref{Name: x.ID, Pos: pos}, Right: right})
				x.ID = right
			}
		}
		for _, section := range []string{"users", "invitations"} {
			fieldsOf(docs[i].value.Get(section), func(k *tree.Node, _ tree.Tree) {
				if right, ok := l.opts.Spellings[k.Text]; ok {
					spelled = append(spelled, policy.Spelled{Ref: keyRef(k), Right: right})
					k.Text = right
				}
			})
		}
	}
	return spelled
}
