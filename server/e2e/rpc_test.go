package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"testing"
)

// object is a JSON object.
type object = map[string]any

// list is a JSON array.
type list = []any

// rpcError is Odoo's error as a client gets it.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    struct {
		Name      string `json:"name"`
		Message   string `json:"message"`
		Arguments list   `json:"arguments"`
		Debug     string `json:"debug"`
	} `json:"data"`
}

func (e *rpcError) Error() string { return e.Data.Name + ": " + e.Data.Message }

// client speaks to a host over HTTP, with the password in each call or, after
// login, with a cookie.
type client struct {
	h      *host
	http   *http.Client
	cookie bool
}

func (h *host) client() *client {
	jar, _ := cookiejar.New(nil) // never fails
	return &client{h: h, http: &http.Client{Jar: jar, Timeout: patience}}
}

// login gets a session.
func (c *client) login(t testing.TB) *client {
	t.Helper()
	_, err := c.post("/web/session/authenticate", object{"db": c.h.db, "login": "admin", "password": "admin"})
	if err != nil {
		t.Fatal(err)
	}
	c.cookie = true
	return c
}

// post sends parameters in Odoo's envelope.
func (c *client) post(path string, params any) (json.RawMessage, error) {
	body, err := json.Marshal(object{"jsonrpc": "2.0", "method": "call", "id": 7, "params": params})
	if err != nil {
		return nil, err
	}
	response, err := c.http.Post(c.h.url+path, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var reply struct {
		Result json.RawMessage
		Error  *rpcError
	}
	if err := json.Unmarshal(text, &reply); err != nil {
		return nil, fmt.Errorf("%s answered %d %.300s", path, response.StatusCode, text)
	}
	if reply.Error != nil {
		return nil, reply.Error
	}
	return reply.Result, nil
}

// try calls a method.
func (c *client) try(result any, model, method string, args list, kwargs object) error {
	if args == nil {
		args = list{}
	}
	if kwargs == nil {
		kwargs = object{}
	}
	var text json.RawMessage
	var err error
	if c.cookie {
		text, err = c.post("/web/dataset/call_kw/"+model+"/"+method,
			object{"model": model, "method": method, "args": args, "kwargs": kwargs})
	} else {
		text, err = c.post("/jsonrpc", object{"service": "object", "method": "execute_kw",
			"args": list{c.h.db, 2, "admin", model, method, args, kwargs}})
	}
	if err != nil || result == nil || text == nil {
		return err
	}
	return json.Unmarshal(text, result)
}

// call is try for what must succeed.
func (c *client) call(t testing.TB, result any, model, method string, args list, kwargs object) {
	t.Helper()
	if err := c.try(result, model, method, args, kwargs); err != nil {
		t.Fatalf("%s.%s: %v\n%s", model, method, err, c.h.tail())
	}
}

func (c *client) count(t testing.TB, model string, domain list) (n int) {
	t.Helper()
	c.call(t, &n, model, "search_count", list{orEmpty(domain)}, nil)
	return n
}

// rows are records as search_read gives them, ordered by id.
func (c *client) rows(t testing.TB, model string, domain list, fields ...string) (rows []object) {
	t.Helper()
	c.call(t, &rows, model, "search_read", list{orEmpty(domain)}, object{"fields": fields, "order": "id"})
	return rows
}

func orEmpty(domain list) list {
	if domain == nil {
		return list{}
	}
	return domain
}

// leaf is one condition of a domain.
func leaf(field, operator string, value any) list { return list{field, operator, value} }
