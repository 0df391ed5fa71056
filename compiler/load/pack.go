package load

import (
	"encoding/binary"
	"errors"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// packTree writes a tree for another process.
func packTree(t tree.Tree) []byte {
	out := binary.AppendUvarint(nil, uint64(len(t)))
	for i := range t {
		n := &t[i]
		out = append(out, byte(n.Kind))
		for _, x := range [...]uint32{uint32(n.Len), uint32(n.Pos.File), n.Pos.Off, n.Pos.End, uint32(len(n.Text))} {
			out = binary.AppendUvarint(out, uint64(x))
		}
		out = append(out, n.Text...)
	}
	return out
}

var errPacked = errors.New("the data of the CUE files cannot be read")

// unpackTree reads what packTree wrote.
func unpackTree(data []byte) (tree.Tree, error) {
	number := func() int {
		x, n := binary.Uvarint(data)
		if n <= 0 || x > 1<<32-1 {
			data = nil
			return 0
		}
		data = data[n:]
		return int(x)
	}
	count := number()
	t := make(tree.Tree, 0, min(count, len(data)))
	for range count {
		if len(data) == 0 {
			return nil, errPacked
		}
		n := tree.Node{Kind: tree.Kind(data[0])}
		data = data[1:]
		n.Len = int32(number())
		n.Pos = policy.Pos{File: int32(number()), Off: uint32(number()), End: uint32(number())}
		size := number()
		if size > len(data) || n.Kind > tree.Struct {
			return nil, errPacked
		}
		n.Text, data = string(data[:size]), data[size:]
		t = append(t, n)
	}
	return t, nil
}
