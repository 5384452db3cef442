package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
)

// TestLimitsHoldOnEveryRoute: each key of [limits] that bounds a request does so
// whichever way the request comes, with an error that names what to do.
func TestLimitsHoldOnEveryRoute(t *testing.T) {
	eachLogged(t, func(c *conf.Config) {
		c.Limits.BodySize, c.Limits.NestingDepth, c.Limits.DomainSize = 20_000, 20, 40
		c.Limits.IDsPerCall, c.Limits.RecordsPerAnswer = 12, 10
	}, func(t *testing.T, host *server.Host, _ *logLines) {
		v := visit(t, host, "192.0.2.1")
		v.login("books", "admin", "admin").must(t, nil)
		var key string
		{
			var id int64
			v.call("res.users.apikeys.description", "create", object{"name": "test", "duration": "1"}).must(t, &id)
			var made struct {
				Context struct {
					Key string `json:"default_key"`
				}
			}
			v.call("res.users.apikeys.description", "make_key", list(id)).must(t, &made)
			key = made.Context.Key
		}
		leaves := func(n int) string {
			return "[" + strings.Repeat(`"|",`, n-1) + strings.TrimSuffix(strings.Repeat(`["id",">",0],`, n), ",") + "]"
		}
		ids := strings.TrimSuffix(strings.Repeat("1,", 13), ",")
		deep := strings.Repeat("[", 30) + strings.Repeat("]", 30)
		for _, c := range []struct{ name, method, args, want string }{
			{"body", "search", `[[["name","=","` + strings.Repeat("x", 20_000) + `"]]]`, "limits.body_size"},
			{"depth", "search", `[` + deep + `]`, "nested"},
			{"domain", "search", `[` + leaves(30) + `]`, "more than 40 terms"},
			{"ids read", "read", `[[` + ids + `],["name"]]`, "limits.ids_per_call"},
			{"ids written", "write", `[[` + ids + `],{"name":"x"}]`, "limits.ids_per_call"},
			{"ids deleted", "unlink", `[[` + ids + `]]`, "limits.ids_per_call"},
			{"records made", "create", `[[` + strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, 13), ",") + `]]`, "limits.ids_per_call"},
			{"records found", "search", `[[]]`, "limits.records_per_answer"},
			{"records read", "search_read", `[[],["name"]]`, "limits.records_per_answer"},
			{"names found", "name_search", `["",[],"ilike",0]`, "limits.records_per_answer"},
			{"records shown", "web_search_read", `[[],{"name":{}}]`, "limits.records_per_answer"},
			{"names shown", "web_name_search", `["",{"display_name":{}},[],"ilike",0]`, "limits.records_per_answer"},
			{"groups", "read_group", `[[],[],["code"]]`, "limits.records_per_answer"},
			{"groups of a page", "web_read_group", `[[],[],["code"],11]`, "limits.records_per_answer"},
			{"groups formatted", "formatted_read_group", `[[],["code"],["__count"]]`, "limits.records_per_answer"},
			{"groups counted", "read_progress_bar", `[[],"code",{"field":"name","colors":{}}]`, "limits.records_per_answer"},
			{"within", "search", `[[],0,10]`, ""},
			{"groups within", "read_group", `[[],[],["code"],0,10]`, ""},
			{"one group of many", "read_group", `[[],[],["create_date:year"]]`, ""},
			{"a page within", "web_read_group", `[[],[],["code"],10]`, ""},
		} {
			for route, got := range map[string]heard{
				"/jsonrpc": v.send("/jsonrpc", "application/json",
					`{"params":{"service":"object","method":"execute_kw","args":["books",2,"admin","res.country","`+c.method+`",`+c.args+`]}}`),
				"/web": v.send("/web/dataset/call_kw", "application/json",
					`{"params":{"model":"res.country","method":"`+c.method+`","args":`+c.args+`,"kwargs":{}}}`),
			} {
				limited(t, c.name+" on "+route, got, c.want)
			}
		}
		v.headers["Authorization"] = "Bearer " + key
		for _, c := range []struct{ name, path, body, want string }{
			{"body", "search", `{"domain":[["name","=","` + strings.Repeat("x", 20_000) + `"]]}`, "limits.body_size"},
			{"depth", "search", `{"domain":` + deep + `}`, "nested"},
			{"domain", "search", `{"domain":` + leaves(30) + `}`, "more than 40 terms"},
			{"ids", "read", `{"ids":[` + ids + `]}`, "limits.ids_per_call"},
			{"records", "search", `{"domain":[]}`, "limits.records_per_answer"},
			{"groups", "formatted_read_group", `{"domain":[],"groupby":["code"],"aggregates":["__count"]}`, "limits.records_per_answer"},
			{"groups within", "formatted_read_group", `{"domain":[],"groupby":["code"],"having":[["__count",">",0]],"limit":10}`, ""},
			{"within", "search", `{"domain":[],"limit":10}`, ""},
		} {
			limited(t, c.name+" on /json/2", v.send("/json/2/res.country/"+c.path, "application/json", c.body), c.want)
		}
		xml := func(domain string) string {
			return `<?xml version="1.0"?><methodCall><methodName>execute_kw</methodName><params>` +
				fmt.Sprintf(`<param><value>books</value></param><param><value><int>2</int></value></param><param><value>admin</value></param>`+
					`<param><value>res.country</value></param><param><value>search</value></param>`+
					`<param><value><array><data><value>%s</value></data></array></value></param>`, domain) + `</params></methodCall>`
		}
		nested := strings.Repeat("<array><data><value>", 30) + strings.Repeat("</value></data></array>", 30)
		leaf := `<value><array><data><value>id</value><value>&gt;</value><value><int>0</int></value></data></array></value>`
		for _, c := range []struct{ name, domain, want string }{
			{"body", strings.Repeat("x", 20_000), "limits.body_size"},
			{"depth", nested, "nested"},
			{"domain", `<array><data>` + strings.Repeat(leaf, 41) + `</data></array>`, "more than 40 terms"},
			{"records", `<array><data></data></array>`, "limits.records_per_answer"},
		} {
			limited(t, c.name+" on /xmlrpc/2", v.send("/xmlrpc/2/object", "text/xml", xml(c.domain)), c.want)
		}
	})
}

// limited checks that an answer says what is wanted, in an error; "" is no error.
func limited(t *testing.T, what string, got heard, want string) {
	t.Helper()
	failed := got.status != http.StatusOK || got.Error != nil || strings.Contains(got.body, "<fault>")
	if failed != (want != "") || !strings.Contains(got.body, want) {
		t.Errorf("%s: status %d, %.300s; want %q", what, got.status, got.body, want)
	}
}

// TestLargestDomainWorks: the default bound is one that both databases can take.
func TestLargestDomainWorks(t *testing.T) {
	eachLogged(t, func(*conf.Config) {}, func(t *testing.T, host *server.Host, _ *logLines) {
		v := visit(t, host, "192.0.2.1")
		v.login("books", "admin", "admin").must(t, nil)
		var domain []any
		for range 4999 {
			domain = append(domain, "|")
		}
		for i := range 5000 {
			domain = append(domain, list("name", "=", fmt.Sprint("name ", i)))
		}
		v.call("res.country", "search", domain).must(t, nil)
		v.call("res.country", "search", append(domain, list("id", "=", 1), list("id", "=", 1))).wantWhy(t, "one more",
			"builtins.ValueError", "more than 10000 terms")
	})
}
