package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// pictureStyle colours a picture outside of a page.
const pictureStyle = `<style>text { font: 12px sans-serif; fill: #1a222c; } .head { font-weight: 600; }` +
	` .box { fill: #f6f8fa; stroke: #e1e6eb; } .who, .role { stroke: #76818e; } .critical { stroke: #b3261e; }` +
	` .edge { fill: none; stroke: #76818e; stroke-width: 1.3; } .helped { stroke-dasharray: 5 3; }</style>` +
	`<rect width="100%" height="100%" fill="#ffffff"/>`

// TestDocsPicture compares the picture in docs/paths.md with that on the page of the same command. PERMC_UPDATE draws
// it again.
func TestDocsPicture(t *testing.T) {
	cmd := exec.Command("permc", "paths", "leo@microsoft.example", "examples/services-hub", "--as-of", "2026-12-01", "-f",
		"html")
	cmd.Dir = "../.."
	page, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	svg := string(regexp.MustCompile(`(?s)<svg class="picture" role="img".*?</svg>`).Find(page))
	svg = strings.Replace(svg, "<svg ", `<svg xmlns="http://www.w3.org/2000/svg" `, 1)
	at := strings.Index(svg, ">") + 1
	want := svg[:at] + pictureStyle + svg[at:] + "\n"
	const file = "../../docs/pictures/paths.svg"
	if os.Getenv("PERMC_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || string(have) != want {
		t.Errorf("%s is not what permc draws (%v): run make update", file, err)
	}
}
