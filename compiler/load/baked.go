package load

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// Evaluating the CUE of a large catalog takes longer than all the rest of a small
// project. So permc embeds what each shipped catalog evaluates to, with places,
// which is valid only for the exact CUE that it was made from. Any other CUE is
// evaluated.

// BakeCatalog evaluates a shipped catalog and writes it as text, below the digest
// of its source.
func BakeCatalog(product string) (string, error) {
	var files policy.Files
	sources, err := addShipped(&files, product)
	if err != nil {
		return "", err
	}
	t, err := evaluateShipped(&files, product, sources)
	if err != nil {
		return "", err
	}
	return hashCatalog(product) + "\n" + tree.Format(t), nil
}

// bakedCatalog reads the embedded form of a shipped catalog. It returns false if
// that was made from another source. The numbers of its files begin after shift.
func bakedCatalog(product string, shift int32) (tree.Tree, bool) {
	hash, text, _ := strings.Cut(schema.BakedCatalog(product), "\n")
	if hash != hashCatalog(product) {
		return nil, false
	}
	return tree.Parse(text, shift)
}

func hashCatalog(product string) string {
	sum := sha256.Sum256(schema.CatalogSource(product))
	return "sha256:" + hex.EncodeToString(sum[:])
}
