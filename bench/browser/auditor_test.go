package browser

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// clinic declares a hospital. TestAuditor has the questions that an auditor asks about it.
//
//go:embed testdata/clinic.cue
var clinic string

// TestAuditor: each question of an auditor is answered after two clicks from the overview, as the commands answer it.
func TestAuditor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.cue"), []byte(clinic), 0o644); err != nil {
		t.Fatal(err)
	}
	file := report(t, dir)
	for _, q := range []struct {
		question string
		clicks   []string
		shown    string
		want     []string
		command  []string // which says all of said
		said     []string
	}{
		{"who can manage users", []string{`#overview a[href="#permissions"]`, `#permissions a[href="#permission:users"]`},
			"[id='permission:users']", []string{"Ada Miller", "Bea Miller", "Tom Miller"},
			[]string{"who", "users"}, []string{"3 users hold it", "Ada Miller", "Bea Miller", "Tom Miller"}},
		{"who holds it by a grant", []string{`#overview a[href="#user:p20@agnes.example"]`},
			"[id='user:p20@agnes.example']", []string{"Users: manage", "Surgery ward", "Grant"},
			[]string{"explain", "p20@agnes.example", "users"}, []string{"yes", "grant on agnes/surgery"}},
		{"what expires next", []string{`#overview a[href="#expiry"]`}, "#expiry",
			[]string{"2026-12-20", "Eve Miller", "Leo Miller"},
			[]string{"ends"}, []string{"2026-12-20", "p05@agnes.example", "p12@agnes.example"}},
		{"why does Ned hold drugs, and until when", []string{`#overview a[href="#user:p14@agnes.example"]`},
			"[id='user:p14@agnes.example']", []string{"Drug cabinet", "Eye ward", "2027-02-01", "PH-2"},
			[]string{"explain", "p14@agnes.example", "drugs"}, []string{"until 2027-02-01", "grant on agnes/eye"}},
		{"who approved the accepted findings", []string{`.cards a[href^="#findings?show=waived"]`}, "#findings",
			[]string{"approved by p01@agnes.example", "SEC-1", "2027-05-01"},
			[]string{"check", "-v"}, []string{"approved by p01@agnes.example, SEC-1, until 2027-05-01"}},
		{"who last confirmed a role, and which reviews are overdue", []string{`.cards a[href="#reviews"]`}, "#reviews",
			[]string{"p02@agnes.example", "2026-10-01", "Overdue: 34 never confirmed, 1 confirmed too long ago."},
			[]string{"explain", "p01@agnes.example", "users"}, []string{"last confirmed on 2026-10-01 by p02@agnes.example"}},
		{"who could give themselves more", []string{`#overview a[href="#user:p02@agnes.example"]`},
			"[id='user:p02@agnes.example']", []string{"Could get alone", "Pharmacist"},
			[]string{"paths", "p02@agnes.example"}, []string{"pharmacist"}},
		{"what people hold by individual grants that is critical or high", []string{`.banner a[href*="individual=1"]`},
			"#grid [role=status]", []string{"2 permissions held, of 2 people"},
			[]string{"explain", "p14@agnes.example", "drugs"}, []string{"grant on agnes/eye"}},
		{"which groups give patient records", []string{`#overview a[href="#permission:records"]`},
			"[id='permission:records']", []string{"Through groups", "Night shift"},
			[]string{"explain", "p05@agnes.example", "records"}, []string{"nights"}},
		{"how much expires soon", []string{`#overview a[href="#expiry"]`}, "#expiry",
			[]string{"Within 30 days, "}, []string{"ends"}, []string{"2026-12-20"}},
	} {
		t.Run(q.question, func(t *testing.T) {
			b := open(t, file, chromedp.EmulateViewport(1400, 900))
			for _, c := range q.clicks {
				b.do(settled(), chromedp.Click(chromedp.CSS(c)), settled())
			}
			b.has(q.shown, q.want...)
			text, _ := exec.Command(permc, append(q.command, "-C", dir, "--as-of", "2026-12-01")...).CombinedOutput()
			for _, s := range q.said {
				if !strings.Contains(string(text), s) {
					t.Errorf("permc %s: want %q in\n%s", strings.Join(q.command, " "), s, text)
				}
			}
		})
	}
}

// TestDenied: the overview leads to what Microsoft's people hold, and to what a rule denies them.
func TestDenied(t *testing.T) {
	t.Parallel()
	file := report(t, "examples/services-hub")
	for link, want := range map[string][]string{
		`#overview a[href*="affiliation=microsoft"]`: {"Mia Novak", "Sam Ito"},
		`#overview a[href*="special=withheld"]`:      {"Mia Novak", "Sam Ito", "Customer activity"},
	} {
		b := open(t, file, chromedp.EmulateViewport(1400, 900))
		b.do(settled(), chromedp.Click(chromedp.CSS(link)), settled())
		b.has("#grid", want...)
		if strings.Contains(b.text("#grid .matrix"), "Ana Diaz") {
			t.Errorf("%s shows somebody else", link)
		}
	}
}
