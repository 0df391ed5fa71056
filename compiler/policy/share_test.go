package policy

import "testing"

func TestParseShare(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "5": 5, "5%": 5, "0.5": 0.5, "0.125%": 0.125, "99.999": 99.999,
		"100": 100, "100%": 100} {
		if got, err := ParseShare(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", " 5", "5 ", "NaN", "nan", "Inf", "+Inf", "-Inf", "infinity", "-1", "-0",
		"+5", "0x1p3", "0x10",
		"1e1", "1_0", "101", "100.5", "5%%", "5,5", ".5", "5.", "٥", "5.0000", "0005"} {
		if got, err := ParseShare(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
