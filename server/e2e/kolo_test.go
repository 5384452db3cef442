package e2e

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kolo/xmlrpc"
)

// kolo calls with the XML-RPC client that Go programs for Odoo use.
type kolo struct {
	*xmlrpc.Client
	database, password string
	uid                int64
}

// do calls a method; without named arguments it passes a nil, which the client writes as a parameter without a value.
func (k kolo) do(answer any, model, method string, args list, kwargs object) error {
	var named any
	if kwargs != nil {
		named = kwargs
	}
	return k.Call("execute_kw", []any{k.database, k.uid, k.password, model, method, args, named}, answer)
}

func (k kolo) must(t *testing.T, answer any, model, method string, args list, kwargs object) {
	t.Helper()
	if err := k.do(answer, model, method, args, kwargs); err != nil {
		t.Fatalf("%s.%s: %v", model, method, err)
	}
}

// refused wants the fault that the host sent, as the client tells it.
func (k kolo) refused(t *testing.T, text, model, method string, args list) {
	t.Helper()
	var answer any
	err := k.do(&answer, model, method, args, nil)
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%s.%s: %v, want %s", model, method, err, text)
	}
}

func koloAt(t *testing.T, url string) *xmlrpc.Client {
	t.Helper()
	client, err := xmlrpc.NewClient(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func withKolo(t *testing.T, h *host, login string, offset int) {
	common := koloAt(t, h.url+"/xmlrpc/2/common")
	var version struct {
		Server string `xmlrpc:"server_version"`
	}
	var no bool
	k := kolo{koloAt(t, h.url+"/xmlrpc/2/object"), h.db, secretOfLibraries, 0}
	err := errors.Join(common.Call("version", nil, &version),
		common.Call("authenticate", []any{h.db, login, "wrong", object{}}, &no),
		common.Call("authenticate", []any{h.db, login, secretOfLibraries, object{}}, &k.uid))
	if err != nil || version.Server != "18.0" || no || k.uid == 0 {
		t.Fatalf("%v: version %v, wrong password %v, uid %d", err, version, no, k.uid)
	}
	k.lines(t, offset)
	k.partners(t)
}

func (k kolo) lines(t *testing.T, offset int) {
	const model, text = "account.bank.statement.line", "Nagezien: één < twee & „goed“"
	type line struct {
		ID      int64   `xmlrpc:"id"`
		Date    string  `xmlrpc:"date"`
		Ref     string  `xmlrpc:"payment_ref"`
		Amount  float64 `xmlrpc:"amount"`
		Journal []any   `xmlrpc:"journal_id"`
	}
	var found, read, none []line
	fields := list{"date", "payment_ref", "amount", "journal_id"}
	k.must(t, &found, model, "search_read", list{list{list{"amount", ">", 0}}},
		object{"fields": fields, "order": "amount desc, id", "limit": 3, "offset": offset})
	if len(found) != 3 || found[0].Amount < found[1].Amount || found[1].Amount < found[2].Amount || found[2].Amount <= 0 ||
		len(found[0].Journal) != 2 || len(found[0].Date) != len("2006-01-02") {
		t.Fatalf("lines: %+v", found)
	}
	want := found[2]
	var done bool
	k.must(t, &done, model, "write", list{list{want.ID}, object{"payment_ref": text}}, nil)
	k.must(t, &read, model, "read", list{list{want.ID}}, object{"fields": fields})
	k.must(t, &done, model, "write", list{list{want.ID}, object{"payment_ref": want.Ref}}, nil)
	want.Ref = text
	if diff := cmp.Diff([]line{want}, read); diff != "" || !done {
		t.Errorf("written %v (-want +read):\n%s", done, diff)
	}
	k.must(t, &none, model, "search_read", list{list{list{"id", "=", 0}}}, object{"fields": fields})
	if len(none) != 0 {
		t.Errorf("found %+v", none)
	}
	var shape map[string]map[string]any
	k.must(t, &shape, model, "fields_get", list{}, object{"attributes": list{"type"}})
	if shape["amount"]["type"] != "monetary" {
		t.Errorf("fields_get: %v", shape["amount"])
	}
}

func (k kolo) partners(t *testing.T) {
	const model, name = "res.partner", "Žofie Ångström & Søn"
	var id, left int64
	var read []map[string]any
	var pairs [][]any
	var gone bool
	k.must(t, &id, model, "create", list{object{"name": name, "is_company": true}}, nil)
	k.must(t, &read, model, "read", list{list{id}}, object{"fields": list{"name", "is_company", "parent_id"}})
	k.must(t, &pairs, model, "name_search", list{}, object{"name": "Ångström", "args": list{list{"id", "=", id}}, "limit": 1})
	k.must(t, &gone, model, "unlink", list{list{id}}, nil)
	k.must(t, &left, model, "search_count", list{list{list{"id", "=", id}}}, nil)
	want := []map[string]any{{"id": id, "name": name, "is_company": true, "parent_id": false}}
	if diff := cmp.Diff(want, read); diff != "" || !cmp.Equal(pairs, [][]any{{id, name}}) || !gone || left != 0 {
		t.Errorf("name_search %v, deleted %v, left %d (-want +read):\n%s", pairs, gone, left, diff)
	}
	k.refused(t, "Fault(2): Record does not exist or has been deleted", model, "write", list{list{id}, object{"name": "x"}})
	k.refused(t, "Invalid field 'ghost'", model, "read", list{list{1}, list{"ghost"}})
	k.password = "wrong"
	k.refused(t, "Fault(3): Access Denied", model, "search", list{list{}})
}
