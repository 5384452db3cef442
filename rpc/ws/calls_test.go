package ws_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"github.com/sourcegraph/jsonrpc2"

	"github.com/girosync/girosync/rpc/ws"
)

// desk is a Caller that tells what it was asked.
type desk struct {
	mu      sync.Mutex
	logouts []string
	entered chan struct{} // a call of "wait" began
	left    chan error    // why it ended
}

func (d *desk) Version() any { return "18.0" }

func (d *desk) Login(_ *http.Request, in ws.Login) (ws.Identity, any, error) {
	if in.Password != "right" && in.Key != "right" {
		return ws.Identity{}, nil, errors.New("denied")
	}
	return ws.Identity{Database: "db", UID: 5, Token: "own"}, map[string]any{"uid": 5}, nil
}

func (d *desk) Logout(_ context.Context, who ws.Identity) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.logouts = append(d.logouts, who.Token)
	return nil
}

func (d *desk) Call(r *http.Request, who ws.Identity, model, method string, args []any, kwargs map[string]any) (json.RawMessage, error) {
	switch method {
	case "wait":
		d.entered <- struct{}{}
		<-r.Context().Done()
		d.left <- r.Context().Err()
		return nil, r.Context().Err()
	case "fail":
		return nil, errors.New("failed")
	case "none":
		return nil, nil
	}
	text, err := json.Marshal([]any{who.UID, model, method, args, kwargs})
	return text, err
}

func (d *desk) Tell(_ *http.Request, err error) *jsonrpc2.Error {
	return &jsonrpc2.Error{Code: 200, Message: err.Error()}
}

// calls opens /rpc over a bus.
func calls(t testing.TB, change ...func(*ws.Options)) (*bus, *desk, string) {
	t.Helper()
	b := newBus(t, change...)
	d := &desk{entered: make(chan struct{}, 10), left: make(chan error, 10)}
	server := httptest.NewUnstartedServer(b.server.Calls(d, ws.CallLimits{Message: 1 << 20, Depth: 8, Calls: 2}))
	server.Config.ConnContext = keepLittle
	server.Start()
	t.Cleanup(server.Close)
	return b, d, "ws" + strings.TrimPrefix(server.URL, "http") + "/rpc"
}

// read returns the next message, its members in order.
func (c *client) read() string {
	c.t.Helper()
	text := c.text()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		c.t.Fatalf("%v in %s", err, text)
	}
	text, _ = json.Marshal(v)
	return string(text)
}

// ask sends a request with id 1 and reads the next message.
func (c *client) ask(method, params string) string {
	c.t.Helper()
	if params != "" {
		params = `,"params":` + params
	}
	c.write(`{"jsonrpc":"2.0","id":1,"method":"` + method + `"` + params + `}`)
	return c.read()
}

func ok(result string) string { return `{"id":1,"jsonrpc":"2.0","result":` + result + `}` }

func failure(id string, code int, message string) string {
	return fmt.Sprintf(`{"error":{"code":%d,"message":"%s"},"id":%s,"jsonrpc":"2.0"}`, code, message, id)
}

func TestCallsOverASocket(t *testing.T) {
	_, d, url := calls(t)
	c := dial(t, url, nil)
	const takes = "call takes {model, method, args?, kwargs?}"
	const loginTakes = "login takes {db, login, password} or {db, key}"
	for _, step := range []struct{ method, params, want string }{
		{"version", "", ok(`"18.0"`)},
		{"session", "", ok(`false`)},
		{"call", `{"model":"m","method":"f"}`, ok(`[0,"m","f",null,null]`)},
		{"login", `{"db":"db","login":"a","password":"wrong"}`, failure("1", 200, "denied")},
		{"login", `{"db":"db","login":"a"}`, failure("1", -32602, loginTakes)},
		{"login", ``, failure("1", -32602, loginTakes)},
		{"login", `["db","a","right"]`, failure("1", -32602, loginTakes)},
		{"login", `{"login":"a","password":"right"}`, ok(`{"uid":5}`)},
		{"session", "", ok(`{"db":"db","uid":5}`)},
		{"call", `{"model":"m","method":"f","args":[1,"x"],"kwargs":{"a":[]}}`, ok(`[5,"m","f",[1,"x"],{"a":[]}]`)},
		{"call", `["m","f",[[1]],{"a":1}]`, ok(`[5,"m","f",[[1]],{"a":1}]`)},
		{"call", `["m","f"]`, ok(`[5,"m","f",null,null]`)},
		{"call", `{"model":"m","method":"f","args":null,"kwargs":null}`, ok(`[5,"m","f",null,null]`)},
		{"call", `["m","f",{},[]]`, ok(`[5,"m","f",null,null]`)}, // what is empty stands for none, whatever it is
		{"call", `["m","f",[1],""]`, ok(`[5,"m","f",[1],null]`)},
		{"call", `["m","f","",0]`, ok(`[5,"m","f",null,null]`)},
		{"call", `{"model":"m","method":"f","args":false,"kwargs":false}`, ok(`[5,"m","f",null,null]`)},
		{"call", `{"model":"m","method":"none"}`, ok(`null`)},
		{"call", `{"model":"m","method":"fail"}`, failure("1", 200, "failed")},
		{"call", `{"model":"m"}`, failure("1", -32602, takes)},
		{"call", ``, failure("1", -32602, takes)},
		{"call", `null`, failure("1", -32602, takes)},
		{"call", `["m","f",{"a":1}]`, failure("1", -32602, takes)},
		{"call", `["m","f",[],[1]]`, failure("1", -32602, takes)},
		{"call", `["m","f",[],true]`, failure("1", -32602, takes)},
		{"call", `["m","f",[],{},1]`, failure("1", -32602, takes)},
		{"call", `{"model":"m","method":1}`, failure("1", -32602, takes)},
		{"cancel", `{"id":77}`, ok(`false`)},
		{"cancel", `{}`, failure("1", -32602, "cancel takes {id}")},
		{"logout", "", ok(`true`)},
		{"session", "", ok(`false`)},
		{"login", `{"key":"right"}`, ok(`{"uid":5}`)},
	} {
		if got := c.ask(step.method, step.params); got != step.want {
			t.Errorf("%s %s: got %s, want %s", step.method, step.params, got, step.want)
		}
	}
	if got := c.ask("explode", ""); !strings.Contains(got, `"code":-32601`) {
		t.Errorf("unknown method: %s", got)
	}
	c.write(`{"jsonrpc":"2.0","method":"call","params":["m","f"]}`) // wants no answer
	if got := c.ask("version", ""); got != ok(`"18.0"`) {
		t.Errorf("after a notification: %s", got)
	}
	c.ws.Close()
	until(t, "the sessions that began on the socket end", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return cmp.Equal(d.logouts, []string{"own", "own"})
	})
}

// until waits for what tells nobody that it happened.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited for: %s", what)
		}
	}
}

func TestWhatIsNoRequestIsAnswered(t *testing.T) {
	_, _, url := calls(t)
	c := dial(t, url, nil)
	for _, text := range []string{`{"id":1,"method":""}`, `{"id":1,"method":5}`, `{"id":1,"method":"version","params":5}`, `{"id":1}`} {
		c.write(text)
		if got := c.read(); !strings.HasPrefix(got, `{"error":{"code":-32600,`) || !strings.HasSuffix(got, `"id":1,"jsonrpc":"2.0"}`) {
			t.Errorf("%s: got %s, want -32600 under its id", text, got)
		}
	}
	for text, code := range map[string]int{
		`{"jsonrpc":`: -32700, ``: -32700, `{"id":1,"method":"version","params":[[[[[[[[[]]]]]]]]]}`: -32700,
		`[{"jsonrpc":"2.0","id":1,"method":"version"}]`: -32600, `5`: -32600, `{}`: -32600,
		`{"id":18446744073709551615,"method":"version"}`: -32600, `{"id":null,"method":"version"}`: -32600,
		`{"id":1.5,"method":"version"}`: -32600,
		`{"id":-1,"method":"version"}`:  -32600, `{"id":[],"method":"version"}`: -32600,
	} {
		c.write(text)
		if got := c.read(); !strings.HasPrefix(got, fmt.Sprintf(`{"error":{"code":%d,`, code)) ||
			!strings.HasSuffix(got, `"id":null,"jsonrpc":"2.0"}`) {
			t.Errorf("%s: got %s, want %d", text, got, code)
		}
	}
	// members that it need not know
	for _, text := range []string{`{"id":1,"method":"version","result":5}`, `{"id":1,"METHOD":5,"method":"version"}`} {
		c.write(text)
		if got := c.read(); got != ok(`"18.0"`) {
			t.Errorf("%s: %s", text, got)
		}
	}
	c.write(`{"jsonrpc":"2.0","id":9,"result":1}`) // a response to nothing is no matter
	c.write(`{"jsonrpc":"2.0","id":"a","method":"version"}`)
	if got := c.read(); got != `{"id":"a","jsonrpc":"2.0","result":"18.0"}` {
		t.Errorf("an id that is a text: %s", got)
	}
}

func TestNotificationsOverASocket(t *testing.T) {
	b, _, url := calls(t)
	cookie := http.Header{"Cookie": {"session_id=token"}}
	c := dial(t, url, cookie)
	for range 3 {
		b.say("private", time.Hour)
	}
	if got := c.ask("session", ""); got != ok(`{"db":"db","uid":2}`) {
		t.Errorf("the cookie's session: %s", got)
	}
	told := func(ids ...int64) string {
		list := make([]string, len(ids))
		for i, id := range ids {
			list[i] = fmt.Sprintf(`{"id":%d,"message":{"payload":{"id":%d},"type":"t"}}`, id, id)
		}
		return `{"jsonrpc":"2.0","method":"notifications","params":[` + strings.Join(list, ",") + `]}`
	}
	if got := c.ask("subscribe", `{"channels":["private"],"last":1}`); got != ok(`{"channels":["broadcast","private"],"last":3}`) {
		t.Errorf("subscribe: %s", got)
	}
	if got := c.read(); got != told(2, 3) {
		t.Errorf("what was missed: %s", got)
	}
	id := b.say("private", 0)
	if got := c.read(); got != told(id) {
		t.Errorf("live: %s", got)
	}
	if got := c.ask("subscribe", `{"channels":["other"]}`); got != ok(fmt.Sprintf(`{"channels":["broadcast","other"],"last":%d}`, id)) {
		t.Errorf("other channels: %s", got)
	}
	b.say("private", 0)
	id = b.say("other", 0)
	if got := c.read(); got != told(id) {
		t.Errorf("on the other channel: %s", got)
	}
	if got := c.ask("unsubscribe", ""); got != ok("true") {
		t.Errorf("unsubscribe: %s", got)
	}
	another := dial(t, url, nil)
	another.ask("subscribe", `{"channels":["other"],"last":0}`)
	id = b.say("other", 0)
	for another.read() != told(id) { // may have what was said before
	}
	if got := c.ask("version", ""); got != ok(`"18.0"`) {
		t.Errorf("after unsubscribe: %s", got)
	}
	for _, params := range []string{``, `{}`, `{"channels":[1]}`, `["private"]`} {
		if got := c.ask("subscribe", params); got != failure("1", -32602, "subscribe takes {channels, last?}") {
			t.Errorf("subscribe %s: %s", params, got)
		}
	}
	nobody := dial(t, url, nil)
	if got := nobody.ask("subscribe", `{"channels":["private"],"last":0}`); !strings.HasPrefix(got, `{"id":1,"jsonrpc":"2.0",`+
		`"result":{"channels":["broadcast"],`) {
		t.Errorf("nobody hears what is private: %s", got)
	}
}

func TestCallsAreCutOff(t *testing.T) {
	b, d, url := calls(t)
	c := dial(t, url, http.Header{"Cookie": {"session_id=token"}})
	wait := func(id int) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"call","params":["m","wait"]}`, id)
	}
	c.write(wait(7))
	<-d.entered
	c.write(wait(8))
	<-d.entered
	c.write(wait(9))
	if got := c.read(); got != failure("9", -32000, "Too many calls at the same time on this connection") {
		t.Errorf("one too many: %s", got)
	}
	answers := map[string]bool{c.ask("cancel", `{"id":7}`): true, c.read(): true}
	if want := map[string]bool{ok("true"): true, failure("7", -32800, "Canceled"): true}; !cmp.Equal(answers, want) {
		t.Errorf("cancelled: %v", answers)
	}
	if err := <-d.left; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	c.ws.NetConn().Close() // as when the network is gone
	if err := <-d.left; !errors.Is(err, context.Canceled) {
		t.Errorf("disconnected: %v", err)
	}
	until(t, "the socket is gone", func() bool { return b.server.Count() == 0 })

	c = dial(t, url, http.Header{"Cookie": {"session_id=token"}})
	c.write(wait(1))
	<-d.entered
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := b.server.Close(ctx); err != nil {
		t.Errorf("a host that stops waits for its calls: %v", err)
	}
	<-d.left
	if code, _ := c.closed(); code != 1001 {
		t.Errorf("closed %d, want 1001", code)
	}
}

func TestCallSocketsCloseWithCodes(t *testing.T) {
	cookie := http.Header{"Cookie": {"session_id=token"}}
	for name, test := range map[string]struct {
		header http.Header
		do     func(b *bus, c *client)
		code   int
	}{
		"a large message before the log-in": {nil, func(_ *bus, c *client) { c.write(strings.Repeat(" ", 64<<10+1)) }, 1009},
		"a very large one after it":         {cookie, func(_ *bus, c *client) { c.write(strings.Repeat(" ", 1<<20+1)) }, 1009},
		"binary": {nil, func(_ *bus, c *client) { _ = c.ws.WriteMessage(websocket.BinaryMessage, []byte("{}")) },
			1007},
		"broken text":         {nil, func(_ *bus, c *client) { c.write("\xff") }, 1007},
		"a session that ends": {cookie, func(b *bus, _ *client) { b.server.EndSession("token") }, 4001},
		"one that ended elsewhere": {cookie, func(b *bus, c *client) {
			b.mu.Lock()
			b.ended["token"] = true
			b.mu.Unlock()
			c.write(`{"jsonrpc":"2.0","id":1,"method":"call","params":["m","f"]}`)
		}, 4001},
		"a database that is dropped": {cookie, func(b *bus, _ *client) { b.server.Drop("db") }, 1001},
		"a client that leaves": {nil, func(_ *bus, c *client) {
			_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4005, "bye"), time.Now().Add(time.Second))
		}, 4005},
	} {
		t.Run(name, func(t *testing.T) {
			b, _, url := calls(t)
			c := dial(t, url, test.header)
			c.ask("version", "") // the client has its answer a moment before the server counts it
			test.do(b, c)
			if code, _ := c.closed(); code != test.code {
				t.Errorf("closed %d, want %d", code, test.code)
			}
		})
	}
}

func TestCallSocketsAreOpenedFromKnownPages(t *testing.T) {
	_, _, url := calls(t)
	conn, response, err := websocket.DefaultDialer.Dial(url, http.Header{"Origin": {"http://evil.example"}})
	if err == nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("an origin that is not allowed: %v %v", conn, response)
	}
	conn, _, err = websocket.DefaultDialer.Dial(url, nil) // no browser
	if err != nil {
		t.Fatalf("no origin: %v", err)
	}
	conn.Close()
	answer, err := http.Get("http" + strings.TrimPrefix(url, "ws"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("no upgrade: %d", answer.StatusCode)
	}
}

func TestASlowCallerIsDropped(t *testing.T) {
	b, _, url := calls(t)
	slow, quick := dialSlowly(t, url), dial(t, url, nil)
	for _, c := range []*client{slow, quick} {
		c.ask("subscribe", `{"channels":["a"]}`)
	}
	const messages = 400
	for i := range messages {
		b.sayMuch("a")
		quick.text()
		if b.server.Count() == 1 {
			t.Logf("dropped after %d messages", i+1)
			return
		}
	}
	until(t, "a client that does not read is dropped", func() bool { return b.server.Count() == 1 })
}
