package browser

import (
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPicture writes the picture of the README: make picture.
func TestPicture(t *testing.T) {
	out := os.Getenv("PERMC_PICTURE")
	if out == "" {
		t.Skip("PERMC_PICTURE names the file to write")
	}
	b := open(t, report(t, "examples/services-hub")+"#matrix", theme("light"), chromedp.EmulateViewport(1400, 800))
	b.do(settled(), chromedp.Click(chromedp.CSS("#grid td.w")), settled())
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(out, png, 0o644); err != nil {
		t.Fatal(err)
	}
}
