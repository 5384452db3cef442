package guide_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

type (
	object = map[string]any
	list   = []any
)

// client calls a host over /jsonrpc, with the password in each call, since a moved
// clock ends sessions.
type client struct {
	t     *testing.T
	url   string
	login string // the password is the same, and admin's is admin
	uid   int64
}

// refusal is an error as a client gets it.
type refusal struct {
	Data struct{ Name, Message string }
}

func (r *refusal) Error() string { return r.Data.Name + ": " + r.Data.Message }

// as is another user of the same host, whose password is the login.
func (c *client) as(login string) *client {
	return &client{t: c.t, url: c.url, login: login}
}

// post sends a call of a service and decodes what it gives.
func (c *client) post(result any, service, method string, args ...any) error {
	body, err := json.Marshal(object{"jsonrpc": "2.0", "id": 1, "params": object{"service": service, "method": method, "args": args}})
	if err != nil {
		return err
	}
	response, err := http.Post(c.url+"/jsonrpc", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var reply struct {
		Result json.RawMessage
		Error  *refusal
	}
	if err := json.NewDecoder(response.Body).Decode(&reply); err != nil {
		return fmt.Errorf("status %d: %w", response.StatusCode, err)
	}
	if reply.Error != nil {
		return reply.Error
	}
	return json.Unmarshal(reply.Result, result)
}

// try calls a method of a model; numbers are float64, as JSON has them.
func (c *client) try(model, method string, args ...any) (result any, err error) {
	if c.uid == 0 {
		if err := c.post(&c.uid, "common", "login", "books", c.login, c.login); err != nil {
			return nil, err
		}
	}
	if args == nil {
		args = list{}
	}
	err = c.post(&result, "object", "execute_kw", "books", c.uid, c.login, model, method, args)
	return result, err
}

// call is try for what must succeed.
func (c *client) call(model, method string, args ...any) any {
	c.t.Helper()
	result, err := c.try(model, method, args...)
	if err != nil {
		c.t.Fatalf("%s.%s: %v", model, method, err)
	}
	return result
}

// rows are the records that a domain finds, by id.
func (c *client) rows(model string, domain list, fields ...string) (rows []object) {
	c.t.Helper()
	for _, row := range c.call(model, "search_read", domain, fields, 0, 0, "id").(list) {
		rows = append(rows, row.(object))
	}
	return rows
}

// row is the only record that a domain finds.
func (c *client) row(model string, domain list, fields ...string) object {
	c.t.Helper()
	rows := c.rows(model, domain, fields...)
	if len(rows) != 1 {
		c.t.Fatalf("%s %v: %d records", model, domain, len(rows))
	}
	return rows[0]
}

func (c *client) count(model string, domain ...any) int {
	c.t.Helper()
	if domain == nil {
		domain = list{}
	}
	return int(c.call(model, "search_count", domain).(float64))
}

func leaf(field, op string, value any) list { return list{field, op, value} }

// id is the only record that a domain finds.
func (c *client) id(model string, domain ...any) float64 {
	c.t.Helper()
	return c.row(model, domain, "id")["id"].(float64)
}

// messages are what the chatter of a connection says, the oldest first.
func (c *client) messages(model string, id float64) (texts []string) {
	c.t.Helper()
	for _, m := range c.rows("mail.message", list{leaf("model", "=", model), leaf("res_id", "=", id)}, "body") {
		texts = append(texts, m["body"].(string))
	}
	return texts
}
