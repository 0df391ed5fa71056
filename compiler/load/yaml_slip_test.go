package load

import (
	"math/rand/v2"
	"strings"
	"testing"

	"permc.dev/permc/compiler/policy"
)

// TestSlipsHavePlaces breaks a file in random ways: each error has a place in the file.
func TestSlipsHavePlaces(t *testing.T) {
	text := "product: services-hub\nusers:\n  ana@x.example:\n    name: \"Ana\"\n    roles:\n      - role: csam\n" +
		"        scope: contoso\n      - {role: csam, scope: contoso/emea}\n    groups: [\n      a,\n      b]\n"
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		broken := []byte(text)
		for range 1 + random.IntN(3) {
			if len(broken) == 0 {
				break
			}
			i := random.IntN(len(broken))
			switch random.IntN(3) {
			case 0:
				broken = append(broken[:i], broken[i+1:]...)
			case 1:
				broken[i] = " \n\t[]{}\"':-"[random.IntN(11)]
			default:
				broken = broken[:i+1]
			}
		}
		file := policy.NewFile("a.yaml", broken)
		_, faults := readYAML(file, 1)
		for _, d := range faults {
			if int(d.Pos.Off) > len(file.Data) || strings.HasSuffix(d.Message, ": ") {
				t.Fatalf("%q at %v of\n%s", d.Message, d.Pos, broken)
			}
		}
	}
}
