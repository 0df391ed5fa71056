package starter

import (
	"cmp"
	"embed"
	"fmt"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
)

// ci has the files that run permc in CI, with words in capitals for what differs between projects.
//
//go:embed ci
var ci embed.FS

// Source says where CI gets permc: from one of a module, a binary and an image.
type Source struct {
	Module, Version string // a Go module, a git repository or a folder
	Binary, SHA256  string // an address, or a file of the repository
	Image           string
}

// Workflows says for which project CI runs permc.
type Workflows struct {
	Which  string // github or gitlab
	Folder string // of the project, from the top of the repository
	Branch string // on which a push is checked
	Beside bool   // next to those of another project, or to a pipeline of the user's
	From   Source
}

// Places returns the templates of the files, by their path in the repository.
func (w Workflows) Places() map[string]string {
	suffix := ""
	if w.Beside {
		suffix = "-" + cmp.Or(toKebab(w.Folder), "top")
	}
	if w.Which == "github" {
		return map[string]string{
			".github/workflows/permc" + suffix + ".yml":         "github.yml",
			".github/workflows/permc" + suffix + "-comment.yml": "github-comment.yml",
		}
	}
	if w.Beside {
		return map[string]string{".gitlab/permc" + suffix + ".yml": "gitlab.yml"}
	}
	return map[string]string{".gitlab-ci.yml": "gitlab.yml"}
}

// FolderLine returns the line by which a file runs permc for a folder.
func FolderLine(folder string) string { return "FOLDER: '" + folder + "'\n" }

// CI returns the files that run permc in the CI of GitHub or GitLab, by their path in the repository.
func CI(w Workflows) (map[string][]byte, error) {
	if !plainFolder().MatchString(w.Folder) {
		return nil, fmt.Errorf("a workflow cannot name the folder %q: use letters, digits, dots, hyphens, "+
			"underscores and spaces", w.Folder)
	}
	if w.Which == "gitlab" && w.From.Image != "" {
		return nil, fmt.Errorf("a job of GitLab cannot take permc out of an image: use a module or a binary")
	}
	install, err := ci.ReadFile("ci/install.sh")
	if err != nil {
		return nil, err
	}
	words, err := w.words()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for place, name := range w.Places() {
		text, err := ci.ReadFile("ci/" + name)
		if err != nil {
			return nil, err
		}
		files[place] = []byte(words.Replace(insertLines(string(text), "INSTALL_PERMC", string(install))))
	}
	return files, nil
}

// words returns what to replace in the templates. Projects of one repository need jobs and comments of different names.
func (w Workflows) words() (*strings.Replacer, error) {
	branch := w.Branch
	if !plainSource().MatchString(branch) || branch == "" {
		branch = "main"
	}
	words := []string{"'FOLDER_OF_THE_PROJECT'", "'" + w.Folder + "'", "'BRANCH_OF_THE_PROJECT'", "'" + branch + "'"}
	from := w.From
	for word, value := range map[string]string{"MODULE": from.Module, "VERSION": from.Version, "BINARY": from.Binary,
		"SHA256": from.SHA256, "IMAGE": from.Image} {
		if !plainSource().MatchString(value) {
			return nil, fmt.Errorf("a workflow cannot name %q", value)
		}
		words = append(words, "'"+word+"_OF_PERMC'", "'"+value+"'")
	}
	if w.Beside {
		for _, name := range []string{"'permc", "'permc comment"} {
			words = append(words, name+"'", name+" "+w.Folder+"'")
		}
		words = append(words, "'<!-- permc diff -->'", "'<!-- permc diff "+w.Folder+" -->'")
	}
	return strings.NewReplacer(words...), nil
}

// insertLines replaces a line that has a word only by lines with its indentation.
func insertLines(text, word, lines string) string {
	before, after, _ := strings.Cut(text, word+"\n")
	indent := before[strings.LastIndexByte(before, '\n')+1:]
	return before + strings.TrimLeft(strings.ReplaceAll("\n"+strings.TrimRight(lines, "\n"), "\n", "\n"+indent),
		"\n ") + "\n" + after
}

// plainFolder and plainSource match names without special characters in quoted YAML, a shell or an expression of
// GitHub's.
var (
	plainFolder = pattern.Lazy(`^[\pL\pN._/][\pL\pN._/ -]*$`)
	plainSource = pattern.Lazy(`^([A-Za-z0-9._/][A-Za-z0-9._/:@+~=?&%-]*)?$`)
)
