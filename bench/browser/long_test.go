package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// manyExpiries makes a project in which so many people lose something on a day of their own.
func manyExpiries(t *testing.T, people int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("product: services-hub\nscopes: {northwind: {scopes: {emea: {}}}}\nusers:\n")
	for i := range people {
		fmt.Fprintf(&b, "  person-%03d@northwind.example: {affiliation: customer, grants: [{permission: learning, "+
			"scope: northwind/emea, expires: %d-%02d-%02d}]}\n", i, 2027+i/336, 1+i/28%12, 1+i%28)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.yaml"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestLongTable: a long table shows its first lines. Sorting, filtering, copying and printing cover all of them, and
// every line can be reached.
func TestLongTable(t *testing.T) {
	t.Parallel()
	const people = 400
	file := report(t, manyExpiries(t, people))
	b := open(t, file+"#expiry", chromedp.EmulateViewport(1400, 600))
	const table = "#expiry table"
	b.do(settled())
	if n := len(b.column(table, 0)); n < 20 || n > people/2 {
		t.Errorf("%d lines are in sight at first", n)
	}
	b.has("#expiry .rest", fmt.Sprintf("of %d lines shown", people))
	b.do(catchCopied,
		chromedp.Click(chromedp.CSS("#expiry .copy")), settled())
	if n := strings.Count(eval[string](b, "copied"), "\r\n"); n != people+1 {
		t.Errorf("%d lines are copied", n)
	}
	b.goTo("expiry?find=person-39")
	if got := b.column(table, 1); len(got) != 10 || !strings.Contains(got[9], "person-399") {
		t.Errorf("found %q", got)
	}
	b.goTo("expiry?sort=-1")
	b.has(table+" tbody tr", "person-399")
	b.goTo("expiry")
	// A click with the mouse would scroll there first, which shows more lines and moves the button.
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#expiry .rest button").click()`))
	for range 20 {
		b.do(settled())
	}
	if got := b.column(table, 1); len(got) != people || !slices.IsSorted(got) {
		t.Errorf("%d lines are in sight in the end", len(got))
	}
	b.goTo("overview")
	b.goTo("expiry")
	b.do(chromedp.Evaluate[chromedp.Void]("scrollTo(0, 1e6)"), settled(), settled())
	if n := len(b.column(table, 0)); n < 60 {
		t.Errorf("%d lines are in sight after scrolling", n)
	}
	b.do(media("print"))
	if n := len(b.column(table, 0)); n != people {
		t.Errorf("%d lines are on paper", n)
	}
}

// TestObservedSize: what exports say of each entry counts as a line of the page. A page that it makes too large lists
// people on request, and says of each how much is there.
func TestObservedSize(t *testing.T) {
	t.Parallel()
	dir := manyExpiries(t, 1500)
	var export strings.Builder
	export.WriteString("Email,Role,Scope\n")
	for i := range 1400 {
		fmt.Fprintf(&export, "person-%03d@northwind.example,Learning,northwind/emea\n", i)
	}
	file := filepath.Join(t.TempDir(), "export.csv")
	if err := os.WriteFile(file, []byte(export.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if n := open(t, report(t, dir)).count("#people-table"); n != 1 {
		t.Errorf("without exports there are %d tables of people", n)
	}
	b := open(t, report(t, dir, "--observed", "table="+file, "--read", "2026-11-30")+"#people")
	if n := b.count("#people-table"); n != 0 {
		t.Errorf("with exports there are %d tables of people", n)
	}
	b.has("#people-list", "Really there 2026-11-30")
	b.goTo("user:person-1450@northwind.example")
	b.has("#person", "Declared, and really there", "1 not covered")
}

// TestBar: the bar is no taller than it needs to be after the window was narrow.
func TestBar(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, "examples/services-hub"), chromedp.EmulateViewport(200, 800))
	height := func() int { return eval[int](b, "document.querySelector('.bar').offsetHeight") }
	b.do(settled())
	narrow := height()
	b.do(chromedp.EmulateViewport(1400, 900), settled(), settled())
	if wide := height(); wide >= narrow || wide > 64 {
		t.Errorf("the bar is %d px tall, and %d px in a narrow window", wide, narrow)
	}
}

// TestLongTableAddress: an address of a line that is not among the first shows it.
func TestLongTableAddress(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, "examples/services-hub")+"#people")
	line := eval[string](b, `(() => {
		const table = document.querySelector("table.held");
		const body = table.tBodies[0];
		const rows = [...body.rows];
		for (let i = 0; i < 300; i++) rows.forEach(tr => body.append(Object.assign(tr.cloneNode(true), { id: "" })));
		body.lastChild.id = "the-last";
		return body.lastChild.id;
	})()`)
	b.goTo(line)
	if !eval[bool](b, "document.getElementById('the-last').offsetHeight > 0") {
		t.Error("the line is not in sight")
	}
}
