package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// figures is everything that is measured, in the order of the table.
func figures(h *host, f *floors, dir string, lines int) []figure {
	rpcFloor := func(clients int) func(context.Context) (float64, error) {
		return f.when(f.rpc != "", func(ctx context.Context) (float64, error) {
			return load(ctx, f.rpc+"/jsonrpc", clients, f.post, requestsPerSecond)
		})
	}
	search := filepath.Join(dir, "search_read.lua")
	session := filepath.Join(dir, "call_kw.lua")
	banks := filepath.Join(dir, "institutions.lua")
	write(search, wrkScript("", h.jsonrpc("account.bank.statement.line", "search_read", `[[["id","<",100000001]]]`, searchFields)))
	write(session, wrkScript(h.cookie, h.callKw("account.bank.statement.line", "search_read", `[[["id","<",100000001]]]`, searchFields)))
	write(banks, wrkScript("", h.jsonrpc("account.online.institution", "search_institutions", `["spark"]`, `{"limit":20}`)))
	ours := func(path, script string, clients int, what func(result) float64) func(context.Context) (float64, error) {
		return func(ctx context.Context) (float64, error) { return load(ctx, h.url+path, clients, script, what) }
	}
	return []figure{
		{"search_read 80×8, key, 8 clients", "/s", true, "≥ 0.40 of the floor", ours("/jsonrpc", search, 8, requestsPerSecond), rpcFloor(8)},
		{"search_read 80×8, cookie, 8 clients", "/s", true, "≥ 0.40 of the floor", ours("/web/dataset/call_kw", session, 8, requestsPerSecond), rpcFloor(8)},
		{"search_read 80×8, key, 1 client", "/s", true, "", ours("/jsonrpc", search, 1, requestsPerSecond), rpcFloor(1)},
		{fmt.Sprintf("import of %d through a plugin", lines), "/s", true, "≥ 0.25 of the floor",
			func(ctx context.Context) (float64, error) { return h.importRate(ctx, lines) }, f.when(f.plugin != "", f.importRate)},
		{"fan-out to 1,000 sockets, last", "ms", false, "≤ 1.5 of bare gorilla",
			func(ctx context.Context) (float64, error) { return h.fanOut(ctx, 1000) }, f.when(f.wsfan != "", f.fanOut(1000))},
		{"fan-out to 10,000 sockets, last", "ms", false, "≤ 1.5 of bare gorilla",
			func(ctx context.Context) (float64, error) { return h.fanOut(ctx, 10000) }, f.when(f.wsfan != "", f.fanOut(10000))},
		{"institution search, p50", "µs", false, "< 2000 µs", ours("/jsonrpc", banks, 1, p50), f.when(f.sqlite != "", f.institutionSearch)},
		{"plugin call", "µs", false, "", pluginCall, f.when(f.plugin != "", f.pluginCall)},
		{"host start to ready", "ms", false, "< 300 ms", h.startTime, nil},
	}
}

const searchFields = `{"fields":["name","journal_id","date","amount","payment_ref","partner_name","account_number"],"limit":80,"order":"id desc"}`

func write(path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err) // the folder was made a moment ago
	}
}
