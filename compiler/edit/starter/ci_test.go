package starter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocsCI compares the examples in docs/ci with what init writes, below the comments at their top.
func TestDocsCI(t *testing.T) {
	from := Source{Module: "github.com/OWNER/permc", Version: "v0.1.0"}
	for which, pages := range map[string]map[string]string{
		"github": {".github/workflows/permc-comment.yml": "github-comment.yml"},
		"gitlab": {".gitlab-ci.yml": "gitlab.yml"},
	} {
		files, err := CI(Workflows{Which: which, Folder: "access", From: from})
		if err != nil {
			t.Fatal(err)
		}
		for name, page := range pages {
			text, err := os.ReadFile("../../../docs/ci/" + page)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(belowComments(string(text)), belowComments(string(files[name]))); diff != "" {
				t.Errorf("docs/ci/%s (-page +init):\n%s", page, diff)
			}
		}
	}
}

// TestInstall checks that every example in docs/ci that installs permc does it in the way that works from a fork.
func TestInstall(t *testing.T) {
	install, err := ci.ReadFile("ci/install.sh")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("../../../docs/ci/*.yml")
	if err != nil || len(pages) == 0 {
		t.Fatal(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "PERMC_MODULE") {
			continue
		}
		lines := strings.Split(string(text), "\n")
		for i := range lines {
			lines[i] = strings.TrimLeft(lines[i], " ")
		}
		var want []string
		for line := range strings.Lines(string(install)) {
			want = append(want, strings.TrimLeft(strings.TrimRight(line, "\n"), " "))
		}
		if !strings.Contains(strings.Join(lines, "\n"), strings.Join(want, "\n")) {
			t.Errorf("%s installs permc in another way than ci/install.sh", page)
		}
	}
}

// belowComments returns a text without the comments at its top.
func belowComments(text string) string {
	for strings.HasPrefix(text, "#") {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}
