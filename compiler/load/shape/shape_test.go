package shape_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// deriveDeclaration derives the type of a declaration, and returns CUE's value of the same definition.
func declaration(t testing.TB) (*shape.Type, cue.Value) {
	t.Helper()
	pkg, err := load.Schema()
	if err != nil {
		t.Fatal(err)
	}
	typ, err := shape.Derive(pkg, "#Declaration")
	if err != nil {
		t.Fatal(err)
	}
	return typ, pkg.LookupPath(cue.ParsePath("#Declaration"))
}

// TestNothingOpaque makes sure that the schema stays in the subset of CUE that is checked without CUE.
func TestNothingOpaque(t *testing.T) {
	typ, _ := declaration(t)
	for _, path := range typ.Opaque() {
		t.Errorf("left to CUE: %s", path)
	}
}

// TestBaked keeps the embedded type in step with the schema.
func TestBaked(t *testing.T) {
	typ, _ := declaration(t)
	want, ok := typ.Bake(schema.Source())
	if !ok {
		t.Fatal("the schema cannot be written out")
	}
	if os.Getenv("PERMC_UPDATE") != "" {
		if err := os.WriteFile("../../../schema/shape.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(schema.Shape)); diff != "" {
		t.Errorf("schema/shape.json is not what the schema says (-want +got); PERMC_UPDATE=1 writes it:\n%s", diff)
	}
	read, ok := shape.Baked(want, schema.Source())
	if !ok {
		t.Fatal("what was written cannot be read")
	}
	if again, _ := read.Bake(schema.Source()); !bytes.Equal(want, again) {
		t.Error("what was read is not what was written")
	}
	if _, ok := shape.Baked(want, []byte("another schema")); ok {
		t.Error("a type of another schema is taken")
	}
}

// TestAgreesWithCUE compares the derived check with CUE on random values that follow the schema with
// random faults.
func TestAgreesWithCUE(t *testing.T) {
	typ, def := declaration(t)
	rapid.Check(t, func(t *rapid.T) {
		g := generator{t: t, faults: rapid.IntRange(0, 2).Draw(t, "faults")}
		g.value(typ, 0)
		data := cuecontext.New().BuildExpr(shape.Syntax(g.b.Nodes))
		byCUE := def.Unify(data).Validate(cue.Concrete(true))
		ours := typ.Check(g.b.Nodes)
		if (byCUE == nil) != (len(ours) == 0) {
			t.Fatalf("CUE says %v, the derived check says %v, of %v", byCUE, ours, data)
		}
		for _, d := range ours {
			if d.Rule != "schema" || d.Message == "" {
				t.Fatalf("a fault without words: %+v", d)
			}
		}
	})
}

// TestFast compares the fast check with the full one.
func TestFast(t *testing.T) {
	typ, _ := declaration(t)
	rapid.Check(t, func(t *rapid.T) {
		g := &generator{t: t, faults: rapid.IntRange(0, 2).Draw(t, "faults")}
		g.value(typ, 0)
		if fast, slow := typ.OK(g.b.Nodes), typ.Slow(g.b.Nodes); fast != slow {
			t.Fatalf("fast says %v, the checker %v", fast, slow)
		}
	})
}

// TestTables compares the tables with the regexp package.
func TestTables(t *testing.T) {
	typ, _ := declaration(t)
	exprs := append(typ.Regexps(), "", "a", "^a", "a$", "^$", "^a*$", "(a|b)*abb", "^(?:ab|cd)+e?$", "(?i)^group:",
		"x.z", "(?s)x.z",
		"[^a-c]+$", "^a|b$", "a{2,4}", "$a", "a^", "^^a$$", "(^a|b)c", "[[:upper:]][a-z]*", `\d{3}-\d{2}$`)
	made := 0
	for _, expr := range exprs {
		re := regexp.MustCompile(expr)
		if _, _, ok := shape.Match(expr, ""); ok {
			made++
		}
		rapid.Check(t, func(t *rapid.T) {
			s := rapid.StringOfN(rapid.SampledFrom([]rune("abcdexzABGrRoOuUpP:-/ \n\t09@.\x00\x7fé")), 0, 12,
				-1).Draw(t, "text")
			if rapid.Bool().Draw(t, "matching") {
				s = rapid.StringMatching(strings.NewReplacer(`\p{C}`, "", `\p{Z}`, " ", `\p{Zl}`, "", `\p{Zp}`, "",
					"$a", "a", "a^", "a", "(^a|b)c", "ac").Replace(expr)).Draw(t, "match")
			}
			if ok, known, made := shape.Match(expr, s); made && known && ok != re.MatchString(s) {
				t.Fatalf("%s on %q: the table says %v", expr, s, ok)
			}
		})
	}
	if made < len(exprs)-1 {
		t.Errorf("tables were made of %d of %d expressions", made, len(exprs))
	}
	if _, _, ok := shape.Match(`\bx`, "x"); ok {
		t.Error("a table does not know word boundaries")
	}
}

// TestDates compares the fast check of dates with the time package.
func TestDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fmt.Sprintf("%04d-%02d-%02d", rapid.IntRange(0, 9999).Draw(t, "year"),
			rapid.IntRange(0, 13).Draw(t, "month"), rapid.IntRange(0, 32).Draw(t, "day"))
		if rapid.Bool().Draw(t, "odd") {
			at := rapid.IntRange(0, len(s)).Draw(t, "at")
			s = s[:at] + rapid.SampledFrom([]string{"", "0", "-", " ", "x", "+"}).Draw(t,
				"with") + s[min(len(s), at+rapid.IntRange(0, 2).Draw(t, "less")):]
		}
		if _, err := time.Parse(time.DateOnly, s); shape.DateOK(time.DateOnly, s) != (err == nil) {
			t.Fatalf("%q: the time package says %v", s, err)
		}
	})
	for _, s := range []string{"2000-02-29", "1900-02-29", "2024-02-29", "2023-02-29", "0000-02-29", "2026-04-31"} {
		if _, err := time.Parse(time.DateOnly, s); shape.DateOK(time.DateOnly, s) != (err == nil) {
			t.Errorf("%q: the time package says %v", s, err)
		}
	}
}

// BenchmarkCheck checks one user.
func BenchmarkCheck(b *testing.B) {
	typ, _ := declaration(b)
	field := typ.Field("users")
	var v tree.Builder
	text := func(key, value string) {
		v.Key(key, policy.Pos{})
		v.Scalar(tree.String, value, policy.Pos{})
	}
	list := func(key, what, name string, n int) {
		v.Key(key, policy.Pos{})
		v.Open(tree.List, policy.Pos{})
		for range n {
			v.Open(tree.Struct, policy.Pos{})
			text(what, name)
			text("scope", "contoso/emea")
			v.Close(0)
		}
		v.Close(0)
	}
	v.Open(tree.Struct, policy.Pos{})
	text("name", "Ana Diaz")
	text("affiliation", "customer")
	list("roles", "role", "services-admin", 1)
	list("grants", "permission", "health", 2)
	v.Close(0)
	key := &tree.Node{Text: "ana.diaz@contoso.example", Kind: tree.String, Len: 1}
	c := shape.NewChecker()
	b.ReportAllocs()
	for b.Loop() {
		if c.Field(nil, field.Type, key, v.Nodes) != nil {
			b.Fatal("faults")
		}
	}
}

// generator makes random values from the description of a type.
type generator struct {
	t      *rapid.T
	b      tree.Builder
	faults int
}

func (g *generator) value(typ *shape.Type, depth int) {
	if g.faults > 0 && rapid.IntRange(0, 12).Draw(g.t, "fault") == 0 {
		g.faults--
		g.anything()
		return
	}
	switch v := typ.Describe(); {
	case len(v.Alternatives) > 0:
		g.value(rapid.SampledFrom(v.Alternatives).Draw(g.t, "alternative"), depth)
	case v.Kind == tree.Struct:
		g.structure(v, depth)
	case v.Kind == tree.List:
		g.b.Open(tree.List, policy.Pos{})
		for range rapid.IntRange(0, max(1, 3-depth/2)).Draw(g.t, "length") {
			if v.Elem == nil {
				g.anything()
			} else {
				g.value(v.Elem, depth+1)
			}
		}
		g.b.Close(0)
	case v.Kind == tree.Bool:
		g.b.Scalar(tree.Bool, rapid.SampledFrom([]string{"true", "false"}).Draw(g.t, "bool"), policy.Pos{})
	case v.Kind == tree.Number:
		g.b.Scalar(tree.Number, rapid.SampledFrom([]string{"0", "1", "7", "1000000", "1000001", "1.5", "1e3",
			"-1"}).Draw(g.t, "number"), policy.Pos{})
	case len(v.Enum) > 0:
		g.b.Scalar(tree.String, rapid.SampledFrom(v.Enum).Draw(g.t, "enum"), policy.Pos{})
	default:
		g.b.Scalar(tree.String, g.text(), policy.Pos{})
	}
}

var texts = []string{"", "a", "a-b", "portal:write", "A b", "ana@contoso.example", "Group:x", "2026-12-31",
	"2026-02-30", "30d", "30", "x/y", " x", "a\u202eb", "é", "\n", "email"}

func (g *generator) text() string { return rapid.SampledFrom(texts).Draw(g.t, "text") }

func (g *generator) anything() {
	kind := rapid.SampledFrom([]tree.Kind{tree.Null, tree.Bool, tree.Number, tree.String, tree.List,
		tree.Struct}).Draw(g.t, "kind")
	switch kind {
	case tree.List, tree.Struct:
		g.b.Open(kind, policy.Pos{})
		if kind == tree.List && rapid.Bool().Draw(g.t, "one") {
			g.b.Scalar(tree.String, g.text(), policy.Pos{})
		}
		g.b.Close(0)
	case tree.Bool:
		g.b.Scalar(kind, "true", policy.Pos{})
	case tree.Number:
		g.b.Scalar(kind, "3", policy.Pos{})
	default:
		g.b.Scalar(kind, g.text(), policy.Pos{})
	}
}

func (g *generator) structure(v shape.Description, depth int) {
	g.b.Open(tree.Struct, policy.Pos{})
	used := map[string]bool{}
	key := func(name string) bool {
		if used[name] {
			return false
		}
		used[name] = true
		g.b.Key(name, policy.Pos{})
		return true
	}
	for _, f := range v.Fields {
		drop := g.faults > 0 && rapid.IntRange(0, 9).Draw(g.t, "drop") == 0
		if drop {
			g.faults--
		}
		if (f.Required && !drop || depth < 6 && rapid.IntRange(0, 3).Draw(g.t, f.Name) == 0) && key(f.Name) {
			g.value(f.Type, depth+1)
		}
	}
	if len(v.Values) > 0 && depth < 8 {
		for range rapid.IntRange(0, 2).Draw(g.t, "keys") {
			if key(g.text()) {
				g.value(rapid.SampledFrom(v.Values).Draw(g.t, "value"), depth+1)
			}
		}
	}
	if g.faults > 0 && rapid.IntRange(0, 9).Draw(g.t, "extra") == 0 &&
		key(rapid.SampledFrom([]string{"extra", "Rolse", "user", "scope"}).Draw(g.t, "name")) {
		g.faults--
		g.anything()
	}
	g.b.Close(0)
}
