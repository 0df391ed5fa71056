package signer_test

import (
	"testing"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

func TestIs(t *testing.T) {
	bo := &policy.User{ID: "bo@c.example", Name: "Bo Bérg"}
	for _, text := range []string{
		"bo@c.example", "BO@C.example", " bo@c.example ", "bo@c.example (Bo)", "Eva <eva@c.example>, Bo <bo@c.example>",
		"mailto:bo@c.example", "MAILTO:bo@c.example?subject=x", "<bo@c.example>", "[bo@c.example]", "bo@c.example.",
		"bo\uFF20c.example", "bo_c.example#EXT#@tenant.onmicrosoft.example", "bo+x_c.example#ext#@t.example",
		"bo@c\u3002example", "bo%40c.example", "b\u200Do@c.example", "bo\u00AD@c.example", "bo+waivers@c.example",
		"b\u043E@c.example",
		"Bo Bérg", "bo  BÉRG", "Bérg, Bo", "Be\u0301rg Bo", "Bo\u00A0Bérg", "Bo Bérg (owner)",
		"Bo Bérg <ciso@c.example>", "\uFF22o Bérg", "B\u043E Bérg",
		"ciso@c.example bo@c.example", "ciso@c.example;bo@c.example", "'bo@c.example'", "sip:x@y/bo@c.example",
	} {
		if !signer.Read(text).Is(bo) {
			t.Errorf("%q is Bo", text)
		}
	}
	for _, text := range []string{"", "-", "tbd", "eva@c.example", "Eva Lind <eva@c.example>",
		"Bo Diaz <diaz@c.example>", "bob@c.example", "bo@d.example", "Bo"} {
		if signer.Read(text).Is(bo) {
			t.Errorf("%q is somebody else", text)
		}
	}
	if s := signer.Read("svc-01"); !s.Is(&policy.User{ID: "SVC-01"}) {
		t.Error("an id that is no address is known")
	}
}

func TestIsNobody(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "-": true, "?": true, "42": true, "TBD": true, "n/a": true, "N.A.": true, "self": true, " Me ": true,
		"\u200B": true,
		"eva":    false, "Eva Lind": false, "me@c.example": false, "1@2": true,
	} {
		if got := signer.Read(text).IsNobody(); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestIsAddress(t *testing.T) {
	for text, want := range map[string]bool{
		"eva@c.example": true, "Eva <eva@c.example>": true, "mailto:eva@c.example": true,
		"": false, " ": false, "-": false, "tbd": false, "self": false, "n/a": false, "@": false, "eva@": false,
		"@c.example": false, "a@b@c": false,
	} {
		if got := signer.Read(text).IsAddress(); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
