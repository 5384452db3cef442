package step

import (
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestWhatWasTypedIsCutAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct{ said, value, text, want string }{
		"a token":                 {"", "Canary-7f3e", "the token Canary-7f3e is old", "the token ••• is old"},
		"twice":                   {"", "Canary-7f3e", "Canary-7f3eCanary-7f3e", "••••••"},
		"inside of more":          {"", "Canary-7f3e", "x=Canary-7f3ez", "x=•••z"},
		"a word":                  {"", "sunshine", "no sunshine today", "no ••• today"},
		"a word at the ends":      {"", "sunshine", "sunshine", "•••"},
		"a word inside another":   {"", "rent", "your current account", "your current account"},
		"a word with accents":     {"", "être", "le peut-être et le mieux-êtreà", "le peut-••• et le mieux-êtreà"},
		"a long word":             {"", "sunshinesunshine", "xsunshinesunshinex", "x•••x"},
		"what the provider wrote": {"any password but “wrong”", "wrong", "this was the wrong one", "this was the wrong one"},
		"short":                   {"", "jan", "jan is here", "jan is here"},
		"nothing typed":           {"", "  ", "all of it", "all of it"},
		"dots of its own":         {"", "••••", "x •••• y", "x ••• y"},
	} {
		var typed Typed
		typed.Heard(&sdk.Step{Text: c.said})
		typed.Remember(c.value)
		if got := typed.Cut(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTheLongerValueIsCutFirst(t *testing.T) {
	var typed Typed
	typed.Remember("1234")
	typed.Remember("12345678")
	if got := typed.Cut("12345678 and 1234"); got != "••• and •••" {
		t.Errorf("%q", got)
	}
}
