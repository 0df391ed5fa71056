package rules

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// StaleCatalog flags a catalog that is older than the project allows.
var StaleCatalog = &lint.Rule{
	ID:       "stale-catalog",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What:  "A catalog older than settings.catalogMaxAge allows.",
		Why:   "The product may have changed its roles since, and the table still shows the old ones.",
		Do:    "Update permc, or move the pin to a newer version; `permc catalog diff` shows who changes.",
		Fires: staleCatalog("2025-06-01"),
		Fixed: staleCatalog("2026-06-01"),
		Settings: `The largest age: settings: catalogMaxAge: "180d". Without it, no catalog is too old. ` +
			`The age is from the catalog's version to the day of the check.`,
		Gaps: "A catalog whose version is not a date has no age.",
	},
	Policy: checkCatalogAge,
}

// staleCatalog returns an example with a catalog of a version.
func staleCatalog(version string) string {
	return `catalog: {
	version: "` + version + `"
	levels: ["site"]
	permissions: edit: level: "site"
	roles: author: {level: "site", permissions: edit: {}}
}
scopes: blog: {}
users: "ana@contoso.example": roles: [{role: "author", scope: "blog"}]
settings: catalogMaxAge: "180d"
`
}

func checkCatalogAge(p *lint.Pass) {
	max, c := p.Policy.CatalogAge, p.Policy.Catalog
	made, err := policy.ParseDate(c.Version)
	age := int(p.Policy.AsOf - made)
	if !max.Limited || err != nil || age <= max.Days {
		return
	}
	name := "the catalog"
	if c.Product != "" {
		name += " of " + c.Product
	}
	// A baseline knows a finding by its message, so the age itself is a note.
	d := lint.Findingf(p.Policy.CatalogName.Pos, "%s is of %s, more than %s old", name, made, countDays(max.Days))
	d.Notes = []string{fmt.Sprintf("%s on %s", countDays(age), p.Policy.AsOf)}
	d.Help = staleHelp(p.Policy.CatalogName.Name)
	p.Report(d.WithRelated(max.Pos, "the limit here"))
}

func countDays(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// staleHelp says how to get a newer catalog.
func staleHelp(name string) string {
	if !schema.Ships(name) {
		return "check the catalog against the product, and set its version to the day"
	}
	product, version, pinned := schema.SplitVersion(name)
	newest := schema.Versions(product)[0]
	if pinned && version != newest {
		return "pin " + product + "@" + newest + "; permc catalog diff " + name + " " + product + " . shows who changes"
	}
	return "update permc, or raise settings.catalogMaxAge if the product is the same"
}
