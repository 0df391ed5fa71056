package scan

import "permc.dev/permc/compiler/load/tree"

// flow reads a list or struct in brackets on one line and returns its end.
func (s *yamlScanner) flow(i, depth int) int {
	if depth > yamlDeepest {
		return -1
	}
	kind, closing := tree.List, byte(']')
	if s.text[i] == '{' {
		kind, closing = tree.Struct, '}'
	}
	keys := keySet{at: len(s.b.Nodes)}
	s.b.Open(kind, s.pos(i, i+1))
	i = s.space(i + 1)
	for n := 0; i < len(s.text) && (n > 0 || s.text[i] != closing); n++ {
		if kind == tree.Struct {
			if i = s.flowKey(i, &keys); i < 0 {
				return -1
			}
		}
		if i = s.flowValue(i, depth); i < 0 || i == len(s.text) {
			return -1
		}
		if s.text[i] == closing {
			break
		}
		if s.text[i] != ',' {
			return -1
		}
		i = s.space(i + 1)
	}
	if i >= len(s.text) {
		return -1
	}
	s.b.Close(0)
	return i + 1
}

func (s *yamlScanner) space(i int) int {
	for i < len(s.text) && s.text[i] == ' ' {
		i++
	}
	return i
}

// flowKey reads a key and its colon.
func (s *yamlScanner) flowKey(i int, keys *keySet) int {
	key, after, ok := s.scalar(i, yamlFlow)
	if !ok || !key.isKey() || after+1 >= len(s.text) || s.text[after+1] != ' ' || keys.twice(s.b.Nodes, key.text) {
		return -1
	}
	s.b.Key(key.text, s.pos(key.off, key.end))
	return s.space(after + 1)
}

// flowValue reads a value in brackets and the spaces after it.
func (s *yamlScanner) flowValue(i, depth int) int {
	if i == len(s.text) || len(s.b.Nodes) > MostNodes {
		return -1
	}
	if s.text[i] == '[' || s.text[i] == '{' {
		if i = s.flow(i, depth+1); i < 0 {
			return -1
		}
		return s.space(i)
	}
	v, after, ok := s.scalar(i, yamlFlow)
	if !ok || v.key {
		return -1
	}
	s.add(v)
	return s.space(after)
}

// isKey reports whether the scalar is a key that a struct may have.
func (v *yamlScalar) isKey() bool {
	if !v.key || len(v.text) > yamlLongestKey {
		return false
	}
	if v.quoted {
		return true
	}
	kind, _ := yamlResolve(v.text)
	return kind > tree.Bool
}
