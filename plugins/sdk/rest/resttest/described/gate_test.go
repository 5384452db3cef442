//go:build described

package described_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk/rest/resttest/described"
)

const description = `
openapi: 3.1.0
info: {title: shop, version: "1"}
paths:
  /orders/{id}:
    post:
      parameters:
      - {name: id, in: path, required: true, schema: {type: string, format: uuid}}
      - {name: day, in: query, required: true, schema: {type: string, format: date}}
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [what], properties: {what: {type: string}}}}}
      responses:
        "200":
          description: fine
          content: {application/json: {schema: {$ref: '#/components/schemas/Answer', description: what it costs}}}
components:
  schemas:
    Answer: {type: object, required: [price], properties: {price: {$ref: '#/components/schemas/Price', description: in cents}}}
    Price: {type: string, pattern: '^\d+$'}
`

// note is a test that notes how it fails.
type note struct {
	testing.TB
	said []string
}

func (n *note) Errorf(format string, args ...any) {
	n.said = append(n.said, fmt.Sprintf(format, args...))
}
func (n *note) Helper() {}

// What is not as described fails the test, whoever is wrong.
func TestGate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.yml")
	if err := os.WriteFile(file, []byte(description), 0o600); err != nil {
		t.Fatal(err)
	}
	answer := ""
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	const good, id, body = `{"price": "12"}`, "/orders/6f1ce4bd-6b5d-4bd4-8fb3-3e54a5e7a8b1", `{"what": "tea"}`
	for _, test := range []struct {
		name, path, body, answer string
		status                   int
		wrong                    bool
	}{
		{"as described", id + "?day=2026-03-17", body, good, 200, false},
		{"no such path", "/others" + "?day=2026-03-17", body, good, 200, true},
		{"an id of another form", "/orders/7?day=2026-03-17", body, good, 200, true},
		{"a missing parameter", id, body, good, 200, true},
		{"a day that is none", id + "?day=2026-02-30", body, good, 200, true},
		{"a parameter that nobody described", id + "?day=2026-03-17&night=1", body, good, 200, true},
		{"a body without a field", id + "?day=2026-03-17", `{}`, good, 200, true},
		{"a field of another type", id + "?day=2026-03-17", `{"what": 1}`, good, 200, true},
		{"a field that nobody described", id + "?day=2026-03-17", `{"what": "tea", "why": "thirst"}`, good, 200, true},
		{"an answer without a field", id + "?day=2026-03-17", body, `{}`, 200, true},
		{"an answer with a wrong field", id + "?day=2026-03-17", body, `{"price": "-12"}`, 200, true},
		{"an answer with a field too many", id + "?day=2026-03-17", body, `{"price": "12", "tip": "1"}`, 200, true},
		{"another status", id + "?day=2026-03-17", body, good, 404, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, status = test.answer, test.status
			n := &note{TB: t}
			gate := described.Open(n, file, nil)
			client := &http.Client{Transport: gate}
			response, err := client.Post(server.URL+test.path, "application/json", strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if text, _ := io.ReadAll(response.Body); string(text) != test.answer {
				t.Errorf("what came through: %s", text)
			}
			if (len(n.said) > 0) != test.wrong || len(gate.Seen()) != 1 {
				t.Errorf("it says %q, and saw %v", n.said, gate.Seen())
			}
		})
	}
}
