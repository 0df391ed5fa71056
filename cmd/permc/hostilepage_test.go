package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"regexp"
	"strings"
)

var (
	pageStyle  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	pageData   = regexp.MustCompile(`(?s)<script type="application/json" (?:id="\w+"|class="rows")>(.*?)</script>`)
	pageCode   = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	pagePolicy = regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`)
)

// checkPage holds that a page's own style and program are those that it allows,
// that there are no others, and that the data for it show what they hold.
func checkPage(text []byte) error {
	if !pagePolicy.Match(text) {
		return errors.New("the page has no policy")
	}
	allowed := html.UnescapeString(string(pagePolicy.FindSubmatch(text)[1]))
	for _, part := range []*regexp.Regexp{pageStyle, pageCode} {
		for _, m := range part.FindAllSubmatch(text, -1) {
			sum := sha256.Sum256(m[1])
			if !strings.Contains(allowed, base64.StdEncoding.EncodeToString(sum[:])) {
				return fmt.Errorf("the page does not allow %.60q", m[1])
			}
		}
	}
	data := pageData.FindAllSubmatch(text, -1)
	if all := bytes.Count(bytes.ToLower(text), []byte("<script")); all != len(data)+1 {
		return fmt.Errorf("%d scripts, want the data and one program", all)
	}
	for _, m := range data {
		var v any
		if err := json.Unmarshal(m[1], &v); err != nil {
			return err
		}
		if hidden := hiddenIn(v); hidden != "" {
			return fmt.Errorf("the page's program would show %q as it is", hidden)
		}
	}
	return nil
}

// hiddenIn is a string of a value that steers, or "".
func hiddenIn(value any) string {
	switch v := value.(type) {
	case string:
		if strings.ContainsFunc(v, steers) {
			return v
		}
	case []any:
		for _, e := range v {
			if s := hiddenIn(e); s != "" {
				return s
			}
		}
	case map[string]any:
		for k, e := range v {
			if s := hiddenIn(e) + hiddenIn(k); s != "" {
				return s
			}
		}
	}
	return ""
}
