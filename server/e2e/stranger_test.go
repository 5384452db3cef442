package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// What requests of people who are not known may cost a host.
const (
	strangersPeak = 256 << 10 // KiB of memory, all that the host ever had
	strangersMore = 128 << 10 // KiB more than it had, where the race detector's own memory is in it
	longestCall   = 20 * time.Second
)

// flood is an attack by nobody in particular.
type flood struct {
	name, path, kind     string
	before, unit, behind string
	bytes                []int
}

func floods() []flood {
	const values = `<value><array><data/></array></value>`
	mega := []int{300_000, 6_000_000, 15_000_000, 60_000_000}
	return []flood{
		{"a flat list", "/jsonrpc", "application/json", "[", "[],", "[]]", mega},
		{"as arguments", "/jsonrpc", "application/json", `{"params":{"service":"object","method":"execute_kw","args":[`, "[],", "[]]}}", mega},
		{"with a wrong password", "/jsonrpc", "application/json",
			`{"params":{"service":"object","method":"execute_kw","args":["demo",99,"wrong",`, "{},", "[]]}}", mega},
		{"as log-in", "/web/session/authenticate", "application/json", `{"params":{"db":[`, "[],", "[]]}}", mega},
		{"as a call", "/web/dataset/call_kw", "application/json", `{"params":{"args":[`, "[],", "[]]}}", mega},
		{"without a key", "/json/2/res.partner/search", "application/json", `{"domain":[`, "[],", "[]]}", mega},
		{"in XML", "/xmlrpc/2/object", "text/xml", `<?xml version="1.0"?><methodCall><methodName>execute_kw</methodName><params><param><value><array><data>`,
			values, "</data></array></value></param></params></methodCall>", []int{300_000, 5_000_000, 20_000_000}},
		{"small ones", "/jsonrpc", "application/json", `{"params":{"service":"object","method":"execute_kw","args":[`, "[],", "[]]}}", []int{7_000}},
		{"small ones in XML", "/xmlrpc/2/object", "text/xml", `<methodCall><methodName>execute</methodName><params><param><value><array><data>`,
			values, "</data></array></value></param></params></methodCall>", []int{7_000}},
	}
}

// open is the body of a request of about n bytes, and its true length.
func (f flood) open(n int) (io.Reader, int64) {
	times := n / len(f.unit)
	unit := strings.NewReader(strings.Repeat(f.unit, min(times, 1000)))
	parts := []io.Reader{strings.NewReader(f.before)}
	length := int64(len(f.before) + len(f.behind))
	for left := times; left > 0; left -= 1000 {
		size := int64(min(left, 1000) * len(f.unit))
		parts = append(parts, io.NewSectionReader(unit, 0, size))
		length += size
	}
	return io.MultiReader(append(parts, strings.NewReader(f.behind))...), length
}

// TestStrangersCostLittle and its long form send what nobody in particular may
// send, and look at the host's memory and at a call of somebody who is logged in.
func TestStrangersCostLittle(t *testing.T) {
	attackBy(t, onSQLite, 90, 8)
}

func TestSoakStrangers(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("only with GIROSYNC_SOAK=1")
	}
	onBoth(t, func(t *testing.T, on database) { attackBy(t, on, 1000, 32) })
}

func attackBy(t *testing.T, on database, requests, atOnce int) {
	soak := os.Getenv("GIROSYNC_SOAK") != ""
	h := newHost(t, on, "GIROSYNC_LOG_LEVEL=error")
	h.start(t, "demo")
	h.waitReady(t)
	user := h.client().login(t)
	call := func() time.Duration {
		began := time.Now()
		if err := user.try(nil, "res.partner", "search_read", list{list{}}, object{"fields": list{"name"}, "limit": 20}); err != nil {
			t.Error("a call of somebody who is logged in:", err)
		}
		return time.Since(began)
	}
	var quiet []time.Duration
	for range 40 {
		quiet = append(quiet, call())
	}
	before := peakOf(h.cmd.Process.Pid)
	kinds := floods()
	next, done := make(chan int), make(chan struct{})
	var senders sync.WaitGroup
	var answered sync.Map
	for range atOnce {
		senders.Go(func() {
			for i := range next {
				f := kinds[i%len(kinds)]
				status := f.send(t, h.url, f.bytes[i/len(kinds)%len(f.bytes)])
				answered.Store(fmt.Sprint(f.name, " ", status), true)
			}
		})
	}
	go func() {
		for i := range requests {
			next <- i
		}
		close(next)
		senders.Wait()
		close(done)
	}()
	var loud []time.Duration
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
			loud = append(loud, call())
		}
	}
	after := peakOf(h.cmd.Process.Pid)
	slices.Sort(quiet)
	slices.Sort(loud)
	usual, then := quiet[len(quiet)/2], loud[len(loud)/2]
	answered.Range(func(what, _ any) bool { t.Log(what); return true })
	t.Logf("%d requests, %d at once: memory at most %d MiB, %d MiB before; a call takes %v, %v when quiet", requests, atOnce, after>>10, before>>10, then, usual)
	if soak && after > strangersPeak || after-before > strangersMore {
		t.Errorf("the host had %d KiB of memory, %d KiB before", after, before)
	}
	if most := 3 * max(usual, 30*time.Millisecond); soak && then > most || then > longestCall {
		t.Errorf("a call of somebody who is logged in takes %v, %v when quiet", then, usual)
	}
}

// send returns the status of the answer; 0 when the host closed the line before.
func (f flood) send(t *testing.T, url string, n int) int {
	body, length := f.open(n)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+f.path, body)
	if err != nil {
		t.Error(err)
		return 0
	}
	r.ContentLength = length
	r.Header.Set("Content-Type", f.kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if answer.StatusCode == http.StatusOK && !strings.Contains(string(text), `"error"`) && !strings.Contains(string(text), "<fault>") {
		t.Errorf("%s, %d bytes: %v, %.200s", f.name, n, err, text)
	}
	return answer.StatusCode
}
