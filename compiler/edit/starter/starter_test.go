package starter

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

func catalogOf(t *testing.T, product string) *policy.Catalog {
	t.Helper()
	c, err := compiler.Catalog(&policy.Files{}, product)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func compiled(t *testing.T, c *policy.Catalog) *jsonschema.Schema {
	t.Helper()
	text, err := JSONSchema(c)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	js := jsonschema.NewCompiler()
	if err := js.AddResource("permc.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := js.Compile("permc.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestExamples checks the YAML of the examples against the JSON Schema of their
// product: editors must accept what permc accepts.
func TestExamples(t *testing.T) {
	files, _ := filepath.Glob("../../../examples/*/*.yaml")
	for _, file := range files {
		dir := filepath.Dir(file)
		p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir},
			Limits: load.DefaultLimits})
		if err != nil || p.Policy == nil {
			t.Fatal(dir, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled(t, p.Policy.Catalog).Validate(instance(t, string(text))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// instance reads YAML as JSON. Dates are text, as permc reads them.
func instance(t *testing.T, text string) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	untime(&n)
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func untime(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		untime(c)
	}
}

// TestVerdicts compares the JSON Schema with permc on small declarations, right
// and wrong: one line is changed in a declaration that is right.
func TestVerdicts(t *testing.T) {
	const right = `
product: services-hub
scopes: {contoso: {title: Contoso, scopes: {emea: {labels: [first]}}}}
domains: {contoso.example: customer}
users:
  ana@contoso.example:
    name: Ana
    affiliation: customer
    roles: [{role: workspace-administrator, scope: contoso/emea, expires: 2027-01-31}]
groups: {desk: {members: [ana@contoso.example]}}
settings: {horizon: 30d}
expect: [{user: ana@contoso.example, can: manage-users, scope: contoso/emea}]
`
	s := compiled(t, catalogOf(t, "services-hub"))
	for _, c := range []struct{ old, new string }{
		{"", ""},
		{"services-hub", "service-hub"}, {"title: Contoso", "titel: Contoso"}, {"title: Contoso", "title: 7"},
		{"title: Contoso", "title: ''"},
		{"contoso: {", "\" contoso\": {"}, {"[first]", "[frist]"}, {"[first]", "first"},
		{"contoso.example: customer", "contoso.example: custmer"},
		{"affiliation: customer", "affiliation: custmer"}, {"affiliation: customer", "afiliation: customer"},
		{"name: Ana", "name: [Ana]"},
		{"role: workspace-administrator", "role: workspace-admin"}, {"2027-01-31", "2027-13-31"},
		{"2027-01-31", "31.1.2027"}, {"2027-01-31", "true"},
		{"members: [ana@contoso.example]", "members: {}"}, {"desk:", "The Desk:"}, {"30d", "30"}, {"30d", "month"},
		{"can: manage-users", "can: mange-users"}, {"can: manage-users", "cann: manage-users"},
		{"can: manage-users", "can: manage-users, role: wizard"},
	} {
		text := strings.Replace(right, c.old, c.new, 1)
		findings, err := stops(text)
		if err != nil {
			t.Fatal(err)
		}
		if bad := s.Validate(instance(t, text)); (bad != nil) != findings {
			t.Errorf("%q for %q: permc stops: %v, JSON Schema: %v", c.new, c.old, findings, bad)
		}
	}
}

func stops(text string) (bool, error) {
	dir, err := os.MkdirTemp("", "permc")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(text), 0o600); err != nil {
		return false, err
	}
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, Limits: load.DefaultLimits})
	return err == nil && p.Policy == nil, err
}

// TestKeywords checks that yaml-language-server knows each keyword of the schema.
func TestKeywords(t *testing.T) {
	known := strings.Fields(`$schema $ref definitions title description type
		properties required additionalProperties propertyNames items minItems maxItems
		enum enumDescriptions const pattern patternErrorMessage format minLength
		minimum maximum exclusiveMinimum exclusiveMaximum allOf anyOf not`)
	text, err := JSONSchema(catalogOf(t, "services-hub"))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	is := map[string]bool{}
	for _, k := range known {
		is[k] = true
	}
	var walk func(v any, names bool)
	walk = func(v any, names bool) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if !names && !is[k] {
					t.Errorf("keyword %q", k)
				}
				walk(x, !names && (k == "properties" || k == "definitions"))
			}
		case []any:
			for _, x := range v {
				walk(x, false)
			}
		}
	}
	walk(doc, false)
}

// TestNamed keeps the table of names in step with the schema.
func TestNamed(t *testing.T) {
	source := string(schema.Source())
	for field := range named {
		def, name, _ := strings.Cut(field, ".")
		at := strings.Index(source, "\n"+def+":")
		if at < 0 || !strings.Contains(source[at:], "\t"+strings.TrimSuffix(strings.TrimSuffix(name, "*"), ".")) {
			t.Errorf("%s is not in the schema", field)
		}
	}
}

// TestCUE checks the starters, and wrong ones, with the real cue command.
func TestCUE(t *testing.T) {
	cue := command(t)
	for _, product := range schema.Products() {
		for _, format := range []string{"cue", "yaml"} {
			c := catalogOf(t, product)
			dir := t.TempDir()
			files, err := Files(c, format, nil, []string{"package.json", "data/a \"b\".json"})
			if err != nil {
				t.Fatal(err)
			}
			write(t, dir, files)
			args := []string{"vet", "-c=false", "."}
			if format == "yaml" {
				write(t, dir, vendoredFiles(t, c))
				args = []string{"vet", "-d", "#Declaration", "permc.dev/schema", "access.yaml"}
			}
			for _, args := range [][]string{args, {"fmt", "--check", "--files", "."}} {
				if out, err := vet(cue, dir, args); err != nil {
					t.Errorf("%s %s: cue %v: %s", product, format, args, out)
				}
			}
			name := "access." + format
			write(t, dir, map[string][]byte{name: bytes.Replace(files[name], []byte("roles: [{"), []byte("rolls: [{"),
				1)})
			if format == "yaml" {
				write(t, dir, map[string][]byte{name: bytes.Replace(files[name], []byte("    roles:"),
					[]byte("    rolls:"), 1)})
			}
			if out, err := vet(cue, dir, args); err == nil || !strings.Contains(out, "rolls") {
				t.Errorf("%s %s: cue vet takes a wrong field: %s", product, format, out)
			}
			write(t, dir, map[string][]byte{name: append(files[name], wrongWaiver[format]...)})
			if out, err := vet(cue, dir, args); err == nil || !strings.Contains(out, "reasn") {
				t.Errorf("%s %s: cue vet takes a wrong waiver: %s", product, format, out)
			}
		}
	}
}

// vendoredFiles returns the schema for plain CUE, which a project in YAML does not have.
func vendoredFiles(t *testing.T, c *policy.Catalog) map[string][]byte {
	t.Helper()
	files, err := Files(c, "cue", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	delete(files, "access.cue")
	delete(files, "schema.cue")
	delete(files, Editor)
	return files
}

var wrongWaiver = map[string]string{
	"cue":  `waivers: [{rule: "expired", user: "ana@contoso.example", reasn: "because", expires: "2027-01-31"}]`,
	"yaml": `waivers: [{rule: expired, user: ana@contoso.example, reasn: because, expires: "2027-01-31"}]`,
}

func vet(cue, dir string, args []string) (string, error) {
	cmd := exec.Command(cue, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func write(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// command builds cue in its own module, whose go.sum has its dependencies.
func command(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "cuelang.org/go").Output()
	if err != nil {
		t.Skip("cue cannot be found:", err)
	}
	bin := filepath.Join(t.TempDir(), "cue")
	build := exec.Command("go", "build", "-o", bin, "./cmd/cue")
	build.Dir = strings.TrimSpace(string(dir))
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("cue cannot be built here: %s", out)
	}
	return bin
}
