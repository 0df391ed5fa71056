package starter

import (
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/policy"
)

// attribute begins the name of a column with values of an attribute, such as attr:licenses.
const attribute = "attr:"

// attributeColumns returns the columns that a product's attributes of users may have.
func attributeColumns(c *policy.Catalog) (list []string) {
	for _, id := range slices.Sorted(maps.Keys(c.UserAttributes)) {
		list = append(list, attribute+id)
	}
	return list
}

// attributeColumn returns the column of the attribute that a title names, in the singular or the plural, or "".
func (p *People) attributeColumn(title string) string {
	id := toKebab(title)
	for _, id := range []string{id, id + "s", strings.TrimSuffix(id, "s")} {
		if p.catalog.UserAttributes[id] != nil {
			return attribute + id
		}
	}
	return ""
}

// attributeCells returns the cells of a row with values of attributes, as permc writes them.
func (p *People) attributeCells(r *spreadsheet.Row) (cells []string) {
	for _, column := range p.attributes {
		var values []string
		split := func(c rune) bool { return strings.ContainsRune(";,+\r\n", c) }
		for part := range strings.FieldsFuncSeq(cellOf(r, p.at[column]), split) {
			if value := p.attributeValue(column, strings.TrimSpace(part)); value != "" &&
				!slices.Contains(values, value) {
				values = append(values, value)
			}
		}
		cells = append(cells, strings.Join(values, ";"))
	}
	return cells
}

// attributeValue returns the id of a value. One that the catalog does not have becomes an id in the same way, so that
// permc check flags it.
func (p *People) attributeValue(column, written string) string {
	id := toKebab(written)
	for _, v := range p.catalog.UserAttributes[strings.TrimPrefix(column, attribute)].Values {
		if policy.Fold(v.Name) == policy.Fold(written) || v.Name == id {
			return v.Name
		}
	}
	if id == "" {
		return written
	}
	return id
}
