package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAxe finds no violation of WCAG with axe-core, light and dark, in any view.
func TestAxe(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("axe-core is not installed: npm ci --prefix bench/browser")
	}
	change := filepath.Join(t.TempDir(), "change.html")
	writeChange(t, change)
	for _, page := range []struct {
		file  string
		views []string
	}{
		{report(t, "examples/services-hub"), everyView},
		{report(t, "examples/services-hub-violations"), []string{"overview", "findings", "matrix"}},
		{change, changeViews},
	} {
		b := open(t, page.file, theme("light"))
		b.do(chromedp.Evaluate[chromedp.Void](string(axe) + ";0"))
		for _, v := range page.views {
			b.goTo(v)
			b.do(theme("light"))
			for _, problem := range axeProblems(b, "{}") {
				t.Errorf("%s, light: %s", v, problem)
			}
			b.do(theme("dark"))
			for _, problem := range axeProblems(b, colorRules) {
				t.Errorf("%s, dark: %s", v, problem)
			}
		}
	}
}

// colorRules name what a dark page can break and a light one cannot: both have the same elements.
const colorRules = `{ runOnly: ["color-contrast", "link-in-text-block"] }`

// axeScript looks at what is in sight. It takes the rest off the page meanwhile, which axe-core would walk through.
const axeScript = `(options => {
	const away = [...document.querySelectorAll(".view.away")].map(view => [view, document.createComment("")]);
	for (const [view, mark] of away) view.replaceWith(mark);
	return axe.run(document, { resultTypes: ["violations"], ...options }).then(r => {
		for (const [view, mark] of away) mark.replaceWith(view);
		return r.violations.flatMap(v => v.nodes.slice(0, 3).map(n => v.id + ": " + n.html.slice(0, 160)));
	});
})(%s)`

func axeProblems(b *tab, options string) []string {
	b.Helper()
	list, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](fmt.Sprintf(axeScript, options),
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	return list
}
