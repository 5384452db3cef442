package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
)

// figures is everything that is measured, in the order of the table.
func figures(h *host, f *floors, dir string, lines int) []figure {
	b := bench{h, f, dir, lines}
	var list []figure
	for _, part := range [][]figure{b.pages(), b.queries(), b.imports(), b.push(), b.rest()} {
		list = append(list, part...)
	}
	return list
}

// bench is what the figures are taken of.
type bench struct {
	h     *host
	f     *floors
	dir   string
	lines int
}

const line = "account.bank.statement.line"

// pages of a large journal, as a list view asks for them.
func (b bench) pages() []figure {
	const (
		where  = `[[["id","<",100000001]]]`
		fields = `{"fields":["name","journal_id","date","amount","payment_ref","partner_name","account_number"],` +
			`"limit":80,"order":"id desc"}`
		aim = "≥ 0.60 of the floor"
	)
	key := b.script("", b.h.jsonrpc(line, "search_read", where, fields))
	cookie := b.script(b.h.cookie, b.h.callKw(line, "search_read", where, fields))
	floor := func(clients int) measurement {
		return b.f.when(b.f.rpc != "", func(ctx context.Context) (float64, error) {
			return load(ctx, b.f.rpc+"/jsonrpc", clients, b.f.post, requestsPerSecond)
		})
	}
	return []figure{
		{name: "search_read 80×8, key, 8 clients", unit: "/s", aim: aim, ours: b.load("/jsonrpc", key, 8, requestsPerSecond),
			floor: floor(8)},
		{name: "search_read 80×8, cookie, 8 clients", unit: "/s", aim: aim,
			ours: b.load("/web/dataset/call_kw", cookie, 8, requestsPerSecond), floor: floor(8)},
		{name: "search_read 80×8, key, 1 client", unit: "/s", ours: b.load("/jsonrpc", key, 1, requestsPerSecond), floor: floor(1)},
	}
}

// queries over all lines of a large journal: one client, half of the answers
// come sooner.
func (b bench) queries() []figure {
	asks := func(name, aim, method, args, kwargs string) figure {
		script := b.script("", b.h.jsonrpc(line, method, args, kwargs))
		return figure{name: name, unit: "ms", aim: aim, ours: b.load("/jsonrpc", script, 1, func(r result) float64 { return r.p50 / 1000 })}
	}
	return []figure{
		asks("read_group by month", "< 60 ms", "read_group", `[[],["amount:sum"],["date:month"]]`, `{}`),
		asks("search_count with ilike", "< 40 ms", "search_count", `[[["payment_ref","ilike","market"]]]`, `{}`),
		asks("running_balance of 80, deep", "< 10 ms", "search_read", `[[]]`,
			fmt.Sprintf(`{"fields":["date","amount","running_balance"],"limit":80,"offset":%d}`, b.lines/2)),
	}
}

func (b bench) imports() []figure {
	return []figure{
		{name: fmt.Sprintf("import of %d through a plugin", b.lines), unit: "/s", aim: "≥ 0.45 of the floor",
			ours:  func(ctx context.Context) (float64, error) { return b.h.importRate(ctx, b.lines) },
			floor: b.f.when(b.f.plugin != "", b.f.importRate)},
		{name: fmt.Sprintf("%d known ones imported again", b.lines), unit: "/s", aim: "≥ 100,000 /s",
			ours: func(ctx context.Context) (float64, error) { return b.h.reimportRate(ctx, b.lines) }},
		{name: "500 more to 1,000,000 (or to 10,000)", unit: "ms", aim: "≤ 1.5 of 10,000", long: true, once: true,
			ours: moreTime(1_000_000), floor: moreTime(10_000)},
	}
}

func (b bench) push() []figure {
	fan := func(name, aim string, sockets int) figure {
		return figure{name: name, unit: "ms", aim: aim,
			ours:  func(ctx context.Context) (float64, error) { return b.h.fanOut(ctx, sockets) },
			floor: b.f.when(b.f.wsfan != "", b.f.fanOut(sockets))}
	}
	return []figure{
		fan("fan-out to 1,000 sockets, last", "≤ 1.3 of bare gorilla", 1000),
		fan("fan-out to 10,000 sockets, last", "≤ 1.2 of bare gorilla", 10_000),
		{name: "memory of a socket, 10,000 of them", unit: "KiB", once: true, ours: b.h.idleSocket},
	}
}

func (b bench) rest() []figure {
	banks := b.script("", b.h.jsonrpc("account.online.institution", "search_institutions", `["spark"]`, `{"limit":20}`))
	m := &memory{h: b.h, lines: b.lines}
	return []figure{
		{name: "institution search, p50", unit: "µs", aim: "< 2000 µs", ours: b.load("/jsonrpc", banks, 1, p50),
			floor: b.f.when(b.f.sqlite != "", b.f.institutionSearch)},
		{name: "host start to ready", unit: "ms", aim: "< 300 ms", ours: b.h.startTime},
		{name: "memory after 100,000 (or 10,000) calls", unit: "MiB", aim: "≤ 1.10 of 10,000", once: true, ours: m.later, floor: m.earlier},
	}
}

// script writes what wrk sends.
func (b bench) script(cookie, body string) string {
	text := wrkScript(cookie, body)
	path := filepath.Join(b.dir, fmt.Sprintf("%x.lua", sha256.Sum256([]byte(text))))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err) // the folder was made a moment ago
	}
	return path
}

// load measures what wrk says of a number of clients.
func (b bench) load(path, script string, clients int, what func(result) float64) measurement {
	return func(ctx context.Context) (float64, error) { return load(ctx, b.h.url+path, clients, script, what) }
}
