package conf

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

const hidden = "(hidden)"

// Secret is a text that no log and no message may show: every way to print it
// prints "(hidden)". Convert it to a string where it is used.
type Secret string

// Format hides the secret, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) {
	if s != "" {
		_, _ = io.WriteString(f, hidden)
	}
}

// MarshalText hides the secret in JSON and in logs.
func (s Secret) MarshalText() ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	return []byte(hidden), nil
}

// Settings are a provider's own: names and values as the provider defines them.
// Any value may be a secret, so printing shows the names only.
type Settings map[string]string

// Format prints the names.
func (s Settings) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "["+strings.Join(slices.Sorted(maps.Keys(s)), " ")+"]")
}

// MarshalJSON hides the values.
func (s Settings) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(s)) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%q", name, hidden)
	}
	return []byte("{" + b.String() + "}"), nil
}
