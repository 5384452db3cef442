package e2e

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
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
	for range 80 {
		quiet = append(quiet, call())
	}
	quiet = quiet[40:] // the first ones fill caches
	before := peakOf(h.cmd.Process.Pid)
	attackers := exec.CommandContext(t.Context(), "nice", "-n", "19", os.Args[0])
	attackers.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", attacking, h.url, requests, atOnce))
	var report bytes.Buffer
	attackers.Stdout, attackers.Stderr = &report, &report
	if err := attackers.Start(); err != nil {
		t.Fatal(err)
	}
	began, ended := time.Now(), make(chan error, 1)
	go func() { ended <- attackers.Wait() }()
	var loud []time.Duration
	for over := false; !over; {
		select {
		case err := <-ended:
			if over = true; err != nil {
				t.Errorf("the attack: %v", err)
			}
		default:
			loud = append(loud, call())
		}
	}
	took, after := time.Since(began), peakOf(h.cmd.Process.Pid)
	slices.Sort(quiet)
	slices.Sort(loud)
	usual, then := quiet[len(quiet)/2], loud[len(loud)/2]
	t.Logf("answers to the attack, and how often:\n%s", report.String())
	t.Logf("%d requests, %d at once, in %v: memory at most %d MiB, %d MiB before; a call takes %v, %v when quiet",
		requests, atOnce, took.Round(time.Second), after>>10, before>>10, then, usual)
	if soak && after > strangersPeak || after-before > strangersMore {
		t.Errorf("the host had %d KiB of memory, %d KiB before", after, before)
	}
	if soak && then > 3*usual || then > longestCall {
		t.Errorf("a call of somebody who is logged in takes %v, %v when quiet", then, usual)
	}
}

// attacking names, in the environment, the host that this process attacks, how
// many requests it sends and how many at once. Attackers have a process of their
// own, which yields to others: elsewhere they would have a machine of their own.
const attacking = "GIROSYNC_E2E_ATTACK"

// attack sends the requests and returns 0 if the host took none of them for a call.
func attack(order string) (status int) {
	var url string
	var requests, atOnce int
	if _, err := fmt.Sscan(order, &url, &requests, &atOnce); err != nil {
		fmt.Println(err)
		return 2
	}
	kinds := floods()
	next := make(chan int)
	var senders sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	for range atOnce {
		senders.Go(func() {
			for i := range next {
				f := kinds[i%len(kinds)]
				code, err := f.send(url, f.bytes[i/len(kinds)%len(f.bytes)])
				mu.Lock()
				answers[fmt.Sprint(f.name, " ", code)]++
				if err != nil {
					status = 1
					fmt.Println(err)
				}
				mu.Unlock()
			}
		})
	}
	for i := range requests {
		next <- i
	}
	close(next)
	senders.Wait()
	for _, answer := range slices.Sorted(maps.Keys(answers)) {
		fmt.Println(answer, answers[answer])
	}
	return status
}

// send returns the status of the answer; 0 when the host closed the line before.
// An error tells that the host took the request for a call.
func (f flood) send(url string, n int) (int, error) {
	body, length := f.open(n)
	r, err := http.NewRequest(http.MethodPost, url+f.path, body)
	if err != nil {
		return 0, err
	}
	r.ContentLength = length
	r.Header.Set("Content-Type", f.kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if answer.StatusCode == http.StatusOK && !strings.Contains(string(text), `"error"`) && !strings.Contains(string(text), "<fault>") {
		return answer.StatusCode, fmt.Errorf("%s, %d bytes: %v, %.200s", f.name, n, err, text)
	}
	return answer.StatusCode, nil
}
