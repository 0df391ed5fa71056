package report

import (
	"fmt"

	"permc.dev/permc/compiler/policy"
)

// addImported lists the exports from which permc import made parts of the declaration.
func (r *Report) addImported(list []policy.Imported) {
	var items []Item
	for i := range list {
		x := &list[i]
		from := "from " + x.From
		if x.Read != 0 {
			from += ", read " + x.Read.String()
		}
		for _, f := range x.Files {
			items = append(items, Item{fmt.Sprintf("%s: %s, SHA-256 %s", from, f.Name, f.Hash), x.Pos})
		}
		if len(x.Files) == 0 {
			items = append(items, Item{from, x.Pos})
		}
	}
	if len(items) > 0 {
		r.Gaps = append(r.Gaps, newGap("Imported declarations", "permc import made them from these exports. "+
			"Later changes in the system are not on the page: permc drift finds them.", items))
	}
}
