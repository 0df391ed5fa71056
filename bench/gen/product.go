package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Own is the name of a product of our own, which has everything that a catalog can say.
const Own = "own"

// Products are the products that there are declarations of.
var Products = []string{"services-hub", "call-manager", "dynamics-365-customer-service", Own}

// Make makes a project of a product with n users, and the catalog of it for the peers. A shipped product other than
// Services Hub may be pinned to a version, as in dynamics-365-customer-service@2026-11-22.
func Make(product string, n int, seed uint64) (p *Project, catalog any, err error) {
	if product == "services-hub" {
		c, err := ServicesHub()
		if err != nil {
			return nil, nil, err
		}
		return New(n, seed, c), c, nil
	}
	d := &dealer{
		rand: rand.New(rand.NewPCG(seed, 0x7065726d63)),
		p:    &Project{Findings: map[string]int{}},
	}
	name, version, _ := strings.Cut(product, "@")
	switch {
	case name == "dynamics-365-customer-service":
		d.dynamics(product, version == "", n)
	case name == "call-manager":
		d.callManager(product, n)
	case product == Own:
		d.own(n)
	default:
		return nil, nil, fmt.Errorf("gen: no product %q; want one of %s", product, strings.Join(Products, ", "))
	}
	reduced, err := d.p.Reduce()
	return d.p, reduced, err
}

// dealer makes users of a product.
type dealer struct {
	rand *rand.Rand
	p    *Project
}

func (d *dealer) pick(list ...string) string { return list[d.rand.IntN(len(list))] }

// oneIn reports true once in n times.
func (d *dealer) oneIn(n int) bool { return d.rand.IntN(n) == 0 }

// fault returns one of the rules for one user in a thousand each, and counts it.
func (d *dealer) fault(rules ...string) string {
	k := d.rand.IntN(1000)
	if k >= len(rules) {
		return ""
	}
	d.p.Findings[rules[k]]++
	return rules[k]
}

// later returns a day long after AsOf, for one entry in twenty.
func (d *dealer) later() string {
	if !d.oneIn(20) {
		return ""
	}
	return fmt.Sprintf("2027-%02d-%02d", 3+d.rand.IntN(10), 1+d.rand.IntN(28))
}

// expire spoils an entry of a user for one of the rules about dates and doubles.
func expire(list *[]Entry, fault string) {
	switch fault {
	case "expired":
		(*list)[0].Expires = "2026-06-30"
	case "expires-soon":
		(*list)[0].Expires = "2026-12-15"
	case "duplicate-assignment":
		*list = append(*list, (*list)[0])
	}
}
