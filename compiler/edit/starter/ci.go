package starter

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
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

// CI returns the files that run permc in the CI of GitHub or GitLab, by their path in the repository. folder is the
// project's.
func CI(which, folder string, from Source) (map[string][]byte, error) {
	places := map[string]string{"gitlab.yml": ".gitlab-ci.yml"}
	if which == "github" {
		places = map[string]string{
			"github.yml":         ".github/workflows/permc.yml",
			"github-comment.yml": ".github/workflows/permc-comment.yml",
		}
	}
	if !plainFolder.MatchString(folder) {
		return nil, fmt.Errorf("a workflow cannot name the folder %q: use letters, digits, dots, hyphens, "+
			"underscores and spaces", folder)
	}
	if which == "gitlab" && from.Image != "" {
		return nil, fmt.Errorf("a job of GitLab cannot take permc out of an image: use a module or a binary")
	}
	install, err := ci.ReadFile("ci/install.sh")
	if err != nil {
		return nil, err
	}
	words := []string{"'FOLDER_OF_THE_PROJECT'", "'" + folder + "'"}
	for word, value := range map[string]string{"MODULE": from.Module, "VERSION": from.Version, "BINARY": from.Binary,
		"SHA256": from.SHA256, "IMAGE": from.Image} {
		if !plainSource.MatchString(value) {
			return nil, fmt.Errorf("a workflow cannot name %q", value)
		}
		words = append(words, "'"+word+"_OF_PERMC'", "'"+value+"'")
	}
	files := map[string][]byte{}
	for name, place := range places {
		text, err := ci.ReadFile("ci/" + name)
		if err != nil {
			return nil, err
		}
		files[place] = []byte(strings.NewReplacer(words...).Replace(insertLines(string(text), "INSTALL_PERMC", string(install))))
	}
	return files, nil
}

// insertLines replaces a line that has a word only by lines with its indentation.
func insertLines(text, word, lines string) string {
	before, after, _ := strings.Cut(text, word+"\n")
	indent := before[strings.LastIndexByte(before, '\n')+1:]
	return before + strings.TrimLeft(strings.ReplaceAll("\n"+strings.TrimRight(lines, "\n"), "\n", "\n"+indent), "\n ") + "\n" + after
}

// plainFolder and plainSource match names without special characters in quoted YAML, a shell or an expression of
// GitHub's.
var (
	plainFolder = regexp.MustCompile(`^[\pL\pN._/][\pL\pN._/ -]*$`)
	plainSource = regexp.MustCompile(`^([A-Za-z0-9._/][A-Za-z0-9._/:@+~=?&%-]*)?$`)
)
