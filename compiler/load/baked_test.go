package load

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// TestBakedCatalogs keeps the embedded catalogs in step with their CUE.
func TestBakedCatalogs(t *testing.T) {
	for _, product := range schema.Catalogs() {
		t.Run(product, func(t *testing.T) {
			want, err := BakeCatalog(product)
			if err != nil {
				t.Fatal(err)
			}
			name := schema.CatalogDir(product) + "/baked.txt"
			if os.Getenv("PERMC_UPDATE") != "" {
				if err := os.WriteFile("../../schema/"+name, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, schema.BakedCatalog(product)); diff != "" {
				t.Fatalf("schema/%s is stale (-want +got); PERMC_UPDATE=1 writes it:\n%s", name, diff)
			}
			compareBaked(t, product)
		})
	}
}

// compareBaked compares a catalog as it is loaded with its CUE evaluated, with all
// places, in a project that has files before it.
func compareBaked(t *testing.T, product string) {
	t.Helper()
	var files policy.Files
	files.Add("access.yaml", []byte("product: "+product+"\n"))
	sources, err := addShipped(&files, product)
	if err != nil {
		t.Fatal(err)
	}
	evaluated, err := evaluateShipped(&files, product, sources)
	if err != nil {
		t.Fatal(err)
	}
	baked, ok := bakedCatalog(product, 1)
	if !ok {
		t.Fatal("the embedded catalog cannot be read")
	}
	if diff := cmp.Diff(evaluated, baked); diff != "" {
		t.Errorf("the embedded catalog is not the evaluated one (-want +got):\n%s", diff)
	}
	var others policy.Files
	others.Add("access.yaml", nil)
	loaded, err := Shipped(&others, product)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decodeCatalog(evaluated), loaded); diff != "" {
		t.Errorf("the loaded catalog is not the evaluated one (-want +got):\n%s", diff)
	}
}

// TestCatalogVersions compares the versions that permc names with those that the
// catalogs say, and with what they say they changed.
func TestCatalogVersions(t *testing.T) {
	for _, product := range schema.Products() {
		versions := schema.Versions(product)
		for _, v := range versions {
			c, err := Shipped(&policy.Files{}, product+"@"+v)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := policy.ParseDate(c.Version); err != nil || c.Version != v || c.Product != product {
				t.Errorf("%s@%s says that it is %s %q", product, v, c.Product, c.Version)
			}
		}
		c, err := Shipped(&policy.Files{}, product)
		if err != nil {
			t.Fatal(err)
		}
		var changes []string
		for _, x := range c.Changes {
			changes = append(changes, x.Date)
		}
		if c.Version != versions[0] {
			t.Errorf("%s is %s, and %s the newest", product, c.Version, versions[0])
		}
		if diff := cmp.Diff(versions, changes); diff != "" {
			t.Errorf("%s does not say what its versions changed (-versions +changes):\n%s", product, diff)
		}
	}
}
