package sdk_test

import (
	"maps"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestSecretParts(t *testing.T) {
	tests := []struct {
		name, secret string
		want         map[string]string
	}{
		{"no JSON", "token-of-the-bank", map[string]string{}},
		{"by its name", `{"tokens":{"refreshToken":"abcdefghijkl"}}`, map[string]string{"abcdefghijkl": "refreshToken"}},
		{"in a list", `{"sessions":["abcdefghijkl"]}`, map[string]string{"abcdefghijkl": "sessions"}},
		{"an address with a password", `{"at":"https://ann:sesame@bank.example"}`,
			map[string]string{"https://ann:sesame@bank.example": "at"}},
		{"what may be told", `{"iban":"NL02ABNA0123456789","at":"https://bank.example","token":"short"}`, map[string]string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := sdk.SecretParts([]byte(test.secret)); !maps.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
