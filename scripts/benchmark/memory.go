package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// memory measures what the host holds after many calls of all kinds.
type memory struct {
	h     *host
	lines int
	first float64 // after the first tenth
}

// later starts the host again and returns its resident memory, in MiB, after
// 100,000 calls.
func (m *memory) later(ctx context.Context) (float64, error) {
	if _, err := m.h.startTime(ctx); err != nil {
		return 0, err
	}
	if err := m.h.login(ctx); err != nil {
		return 0, err
	}
	err := m.calls(ctx, 0, 10_000)
	if err != nil {
		return 0, err
	}
	if m.first, err = m.h.resident(); err != nil {
		return 0, err
	}
	if err := m.calls(ctx, 10_000, 100_000); err != nil {
		return 0, err
	}
	return m.h.resident()
}

// earlier is what there was after 10,000 of them.
func (m *memory) earlier(context.Context) (float64, error) { return m.first, nil }

// calls sends the calls from first up to last, eight at a time.
func (m *memory) calls(ctx context.Context, first, last int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	next.Store(int64(first))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for i := next.Add(1) - 1; i < int64(last) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := m.send(ctx, client, int(i)); err != nil {
					cancel(err)
				}
			}
		})
	}
	clients.Wait()
	return context.Cause(ctx)
}

func (m *memory) send(ctx context.Context, client *http.Client, i int) error {
	path, body, fails := m.call(i)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.h.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/web/dataset") {
		request.Header.Set("Cookie", m.h.cookie)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && strings.Contains(string(text[:min(len(text), 100)]), `"error"`) != fails {
		return fmt.Errorf("call %d: %.300s", i, text)
	}
	return err
}

// call is the i-th of the mixed calls: of a hundred, most read pages, some
// count, search and change, two are refused.
func (m *memory) call(i int) (path, body string, fails bool) {
	id := 1 + i*7919%m.lines
	ask := func(model, method, args, kwargs string) (string, string, bool) {
		return "/jsonrpc", m.h.jsonrpc(model, method, args, kwargs), false
	}
	switch k := i % 100; {
	case k == 0 && i%1000 == 0:
		return "/web/session/authenticate", fmt.Sprintf(`{"params":{"db":%q,"login":"admin","password":%q}}`, m.h.database, password), false
	case k == 0:
		return ask(line, "read_group", `[[],["amount:sum"],["date:month"]]`, `{}`)
	case k == 1:
		return ask(line, "search_count", fmt.Sprintf(`[[["payment_ref","ilike","market %d"]]]`, i), `{}`)
	case k == 2:
		return ask(line, "write", fmt.Sprintf(`[[%d],{"payment_ref":"Changed in call %d"}]`, id, i), `{}`)
	case k == 3:
		return ask("account.journal", "message_post", `[[1]]`, fmt.Sprintf(`{"body":"Call %d"}`, i))
	case k < 6:
		path, body, _ = ask(line, "search_read", fmt.Sprintf(`[[["no_field_%d","=",1]]]`, i), `{}`)
		return path, body, true
	case k < 12:
		return ask("account.online.institution", "search_institutions", fmt.Sprintf(`["bank %d"]`, i%500), `{"limit":20}`)
	case k < 20:
		return ask("res.partner", "name_search", fmt.Sprintf(`["a%d"]`, i%50), `{}`)
	case k < 40:
		return ask(line, "read", fmt.Sprintf(`[[%d,%d]]`, id, 1+id%m.lines), `{}`)
	case k < 50:
		return "/web/dataset/call_kw", m.h.callKw("account.journal", "web_search_read", `[]`,
			`{"domain":[],"specification":{"display_name":{},"kanban_dashboard":{},"company_id":{"fields":{"display_name":{}}}}}`), false
	}
	return ask(line, "search_read", `[[]]`,
		fmt.Sprintf(`{"fields":["name","date","amount","running_balance","partner_id"],"limit":80,"offset":%d}`, id%2000))
}

// resident is the host's memory in MiB, as the kernel counts it.
func (h *host) resident() (float64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if value, ok := strings.CutPrefix(scanner.Text(), "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, errors.New("the kernel does not tell VmRSS")
}
