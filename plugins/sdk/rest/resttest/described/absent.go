//go:build !described

package described

import (
	"net/http"
	"testing"
)

// Built says that the gate is part of this build.
const Built = false

// Gate is a transport that lets everything through, and fails its test for each
// breach of the description.
type Gate struct{ http.RoundTripper }

// Open skips the test: what reads descriptions takes minutes to compile, and is
// built only with the tag "described".
func Open(t testing.TB, _ string, _ http.RoundTripper, _ ...string) *Gate {
	t.Helper()
	t.Skip("the gate is not built in: make described")
	return nil
}

// Seen is empty here.
func (*Gate) Seen() map[string]int { return nil }
