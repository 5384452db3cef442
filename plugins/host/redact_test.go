package host

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestWhatIsBlottedOut(t *testing.T) {
	var r redactor
	r.call(sdk.Call{
		Config: map[string]string{"environment": "sandbox", "key": "key-value", "undeclared": "who-knows", "pin": "123"},
		Secret: []byte(`{"token":"tok<en>-1","n":1,"deep":[{"refresh":"refresh-1"}],"kind":"demo"}`),
	}, []sdk.Field{{Name: "environment", Kind: sdk.TextField}, {Name: "key", Kind: sdk.SecretField}})
	r.answer(sdk.ConnectAnswer{
		FlowState: []byte("flow-state"),
		Step:      &sdk.Step{Fields: []sdk.Field{{Name: "bank", Kind: sdk.ChoiceField}, {Name: "login", Kind: sdk.TextField}}},
	})
	r.typed(map[string]string{"bank": "checking", "login": "ann@example", "other": "line\nbreak"})
	tests := []struct{ text, want string }{
		{"in the sandbox with key-value", "in the sandbox with •••"},
		{"who-knows 123", "••• 123"},
		{`tok<en>-1 and "tok\u003cen\u003e-1"`, `••• and "•••"`},
		{"refresh-1 of demo", "••• of demo"},
		{"flow-state: checking ann@example", "•••: checking •••"},
		{"line\nbreak and " + `line\nbreak`, "••• and •••"},
		{`"tok<en>-1" quoted, "line\nbreak"`, `"•••" quoted, "•••"`},
		{"GET /ann@example?token=tok%3Cen%3E-1: login=ann%40example", "GET /•••?token=•••: login=•••"},
		{"nothing", "nothing"},
	}
	for _, test := range tests {
		if got := r.clean(test.text); got != test.want {
			t.Errorf("%q became %q, want %q", test.text, got, test.want)
		}
	}
}

func TestThePasswordOfAProxyIsBlottedOut(t *testing.T) {
	var r redactor
	r.environment([]string{"HTTPS_PROXY=http://fred:pass%20word@proxy.example:3128", "SSL_CERT_FILE=/etc/ca.pem", "X=:", "Y"})
	for _, text := range []string{"http://fred:pass%20word@proxy.example:3128", "fred, pass word"} {
		if got := r.clean(text); strings.Contains(got, "word") || !strings.Contains(got, "fred") {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestTheRedactorForgetsTheOldest(t *testing.T) {
	var r redactor
	for i := range maxSecrets + 10 {
		r.add("secret-" + string(rune('a'+i%26)) + string(rune(0x4e00+i)))
	}
	if len(r.known) != maxSecrets || len(r.order) != maxSecrets {
		t.Errorf("it remembers %d", len(r.known))
	}
}

// A name that the user typed is blotted out, too, but is no secret; and the state of
// a flow may be a word that says nothing.
func TestWhatIsPrivateIsNoSecret(t *testing.T) {
	blots := 0
	r := redactor{onBlot: func() { blots++ }}
	r.answer(sdk.ConnectAnswer{FlowState: []byte("asked"), Step: &sdk.Step{Fields: []sdk.Field{
		{Name: "login", Kind: sdk.TextField}, {Name: "password", Kind: sdk.SecretField}}}})
	r.typed(map[string]string{"login": "ann@example", "password": "open sesame"})
	tests := []struct {
		text, want string
		blots      int
	}{
		{"it was asked", "it was asked", 0},
		{"ann@example logs in", "••• logs in", 0},
		{"ann@example logs in by open sesame", "••• logs in by •••", 1},
	}
	for _, test := range tests {
		blots = 0
		if got := r.clean(test.text); got != test.want || blots != test.blots {
			t.Errorf("%q became %q, and %d secrets were counted", test.text, got, blots)
		}
	}
}
