package resolve

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// identified is an id that another system has for something.
type identified struct {
	system, key string
	id          policy.Ref
	kind, of    string // such as user and its id
}

// identities binds the ids of something in other systems. That no two things of a kind share one is checked once all
// are bound.
func (b *binder) identities(kind, of string, list []policy.Attribute) policy.Identities {
	if len(list) == 0 {
		return nil
	}
	ids := make(policy.Identities, len(list))
	known := map[[2]string]bool{} // of systems with several ids
	for _, system := range list {
		for _, id := range system.Values {
			if of := ids[system.Name.Name]; len(of) > 0 {
				known[[2]string{system.Name.Name, of[len(of)-1]}] = true
				if known[[2]string{system.Name.Name, id.Name}] {
					continue
				}
			}
			ids[system.Name.Name] = append(ids[system.Name.Name], id.Name)
			b.identified = append(b.identified, identified{system.Name.Name, policy.IdentityKey(id.Name), id, kind, of})
		}
	}
	return ids
}

// identifiedTwice reports ids of other systems that two things of a kind have.
func (b *binder) identifiedTwice() {
	if len(b.identified) < 2 {
		return
	}
	slices.SortFunc(b.identified, func(x, y identified) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.system, y.system), cmp.Compare(x.key, y.key),
			comparePos(x.id.Pos, y.id.Pos), cmp.Compare(x.of, y.of))
	})
	first := &b.identified[0]
	for i := range b.identified[1:] {
		x := &b.identified[i+1]
		if x.kind != first.kind || x.system != first.system || x.key != first.key {
			first = x
			continue
		}
		if x.of == first.of {
			continue
		}
		d := diag.Stopf("schema", x.id.Pos, "%s %s has the id %s of %s %s in %s", x.kind, diag.Quote(x.of),
			diag.Quote(x.id.Name), first.kind, diag.Quote(first.of), diag.Quote(x.system)).
			WithRelated(first.id.Pos, "%s %s has it here", first.kind, diag.Quote(first.of)).
			WithHelp("correct one of them: no two %ss have the same id in a system", x.kind)
		d.SetSubject(x.kind, x.of)
		b.fail(d)
	}
}
