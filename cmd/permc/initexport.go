package main

import (
	"bytes"

	"permc.dev/permc/compiler/edit/starter"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render/xlsx"
)

// readExport reads the users of an export: CSV in any of its shapes, or a workbook.
func readExport(raw []byte, c *policy.Catalog, columns map[string]string) (*starter.People, error) {
	if !bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return starter.Read(raw, c, columns)
	}
	var b starter.Book
	if err := xlsx.Read(raw, &b); err != nil {
		return nil, err
	}
	return starter.ReadBook(&b, c, columns)
}
