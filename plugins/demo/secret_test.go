package demo_test

import (
	"encoding/json"
	"testing"
)

type kept struct {
	Institution string `json:"institution"`
}

// secretOf reads the little of the secret that a test needs.
func secretOf(t testing.TB, c *connection) kept {
	t.Helper()
	var k kept
	if err := json.Unmarshal(c.secret, &k); err != nil {
		t.Fatal(err)
	}
	return k
}
