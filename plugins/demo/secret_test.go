package demo_test

import (
	"bytes"
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

func TestSecretHoldsNoPassword(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	if bytes.Contains(c.secret, []byte("canary")) {
		t.Errorf("the password is in the secret: %s", c.secret)
	}
}
