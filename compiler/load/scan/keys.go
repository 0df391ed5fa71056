package scan

import "permc.dev/permc/compiler/load/tree"

// keySet finds repeated keys in a struct that is not closed yet.
type keySet struct {
	at   int             // node of the struct
	bits uint64          // of the keys so far; see keyBit
	all  map[string]bool // used if there are many
}

// many is the number of nodes of a struct from which a map finds its keys.
const many = 256

// twice reports whether the struct already has the key, and adds it.
func (k *keySet) twice(nodes tree.Tree, key string) bool {
	bit := keyBit(key)
	if k.all == nil && k.bits&bit == 0 {
		k.bits |= bit
		return false
	}
	open := nodes[k.at:]
	if k.all == nil && len(open) < many {
		return hasKey(open, key)
	}
	if k.all == nil {
		k.all = map[string]bool{}
		for i := 1; i < len(open); i += 1 + int(open[i+1].Len) {
			k.all[open[i].Text] = true
		}
	}
	found := k.all[key]
	k.all[key] = true
	return found
}

// keyBit returns one of 64 bits for a key: keys with different bits differ.
func keyBit(key string) uint64 {
	if key == "" {
		return 1
	}
	return 1 << ((len(key)*7 + int(key[0])*3 + int(key[len(key)-1])) & 63)
}

// hasKey looks for a key in a struct that is not closed yet.
func hasKey(open tree.Tree, key string) bool {
	for i := 1; i < len(open); i += 1 + int(open[i+1].Len) {
		if open[i].Text == key {
			return true
		}
	}
	return false
}
