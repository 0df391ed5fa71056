package policy

import (
	"fmt"
	"strconv"

	"permc.dev/permc/compiler/internal/pattern"
)

// share matches a percentage as people write it: no sign, no exponent, no NaN.
var share = pattern.Lazy(`^(100|[0-9]{1,2}(\.[0-9]{1,3})?)%?$`)

// ParseShare parses a percentage from 0 to 100, with or without %.
func ParseShare(s string) (float64, error) {
	m := share().FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q: use a percentage from 0 to 100, such as 5 or 0.5", s)
	}
	return strconv.ParseFloat(m[1], 64)
}
