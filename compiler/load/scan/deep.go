package scan

import "strings"

// Deep reports whether a CUE text may be nested so deeply, or have so long chains of operators or labels, that
// recursion would end the process. It never overlooks such a text.
func Deep(text string) bool {
	const small, most = 64 << 10, 50_000
	if len(text) < small {
		return false
	}
	// The length of the chain in each open bracket, and in all of them.
	chains, total := []int{0}, 0
	reset := func() {
		total -= chains[len(chains)-1]
		chains[len(chains)-1] = 0
	}
	last := byte('\n')
	for i := 0; i < len(text) && total+len(chains) < most; i++ {
		c := text[i]
		switch c {
		case ' ', '\t', '\r':
			continue
		case '\n':
			if strings.IndexByte("+-*/^&|=<>!~.:([{,", last) < 0 {
				reset()
			}
			continue
		case '/':
			if strings.HasPrefix(text[i:], "//") {
				for i+1 < len(text) && text[i+1] != '\n' {
					i++
				}
				continue
			}
		case ',':
			reset()
		case ')', ']', '}':
			if reset(); len(chains) > 1 {
				chains = chains[:len(chains)-1]
			}
		}
		if strings.IndexByte("+-*/^&|=<>!~.:([{", c) >= 0 {
			chains[len(chains)-1]++
			total++
		}
		if c == '(' || c == '[' || c == '{' {
			chains = append(chains, 0)
		}
		last = c
	}
	return total+len(chains) >= most
}
