package starter

import (
	"os"
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

// belowComments returns a text without the comments at its top.
func belowComments(text string) string {
	for strings.HasPrefix(text, "#") {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}
