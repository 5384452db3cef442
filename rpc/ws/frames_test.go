package ws_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/rpc/ws"
)

// wire is a socket on which a test writes bytes, not messages.
type wire struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func raw(t *testing.T, url string) *wire {
	t.Helper()
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "ws://"), "/")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	return greet(t, conn, host)
}

// greet opens a socket on a connection.
func greet(t *testing.T, conn net.Conn, host string) *wire {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET "+path+" HTTP/1.1\r\nHost: %s\r\nOrigin: http://here.example\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", host)
	w := &wire{t, conn, bufio.NewReader(conn)}
	_ = conn.SetReadDeadline(time.Now().Add(10 * patience))
	response, err := http.ReadResponse(w.in, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handshake: %v %v", response, err)
	}
	return w
}

// masked is a frame as a client sends it.
func masked(first byte, payload string) string {
	b := []byte{first, 0x80 | byte(min(len(payload), 126))}
	if len(payload) >= 126 {
		b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	}
	b = append(b, 1, 2, 3, 4)
	for i := range len(payload) {
		b = append(b, payload[i]^byte(i%4+1))
	}
	return string(b)
}

func (w *wire) send(bytes ...string) {
	w.t.Helper()
	if _, err := io.WriteString(w.conn, strings.Join(bytes, "")); err != nil {
		w.t.Fatal(err)
	}
}

// frame reads one that the server sends: its first byte and payload.
func (w *wire) frame() (byte, string, error) {
	var head [2]byte
	if _, err := io.ReadFull(w.in, head[:]); err != nil {
		return 0, "", err
	}
	size := int(head[1])
	if size == 126 {
		var long [2]byte
		if _, err := io.ReadFull(w.in, long[:]); err != nil {
			return 0, "", err
		}
		size = int(binary.BigEndian.Uint16(long[:]))
	}
	payload := make([]byte, size)
	_, err := io.ReadFull(w.in, payload)
	return head[0], string(payload), err
}

// goodbye reads to the closing frame, and makes sure that TCP closes after it.
func (w *wire) goodbye() string {
	w.t.Helper()
	for {
		first, payload, err := w.frame()
		if err != nil {
			return "nothing: " + err.Error()
		}
		if first != 0x88 {
			continue
		}
		if _, _, err := w.frame(); !errors.Is(err, io.EOF) {
			w.t.Errorf("after the closing frame: %v, want the end", err)
		}
		return fmt.Sprint(binary.BigEndian.Uint16([]byte(payload)), " ", payload[2:])
	}
}

func code(n uint16, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, n)) + reason
}

// What a frame may not be, with the code and words that Odoo's clients know.
func TestBreachesOfTheProtocol(t *testing.T) {
	_, url := open(t)
	for name, c := range map[string]struct{ sent, want string }{
		"unmasked":             {"\x81\x02hi", "1002 Frame must be masked"},
		"a reserved bit":       {masked(0xC1, "hi"), "1002 Reserved bits must be unset"},
		"an unknown opcode":    {masked(0x83, "hi"), "1002 3 is not a valid Opcode"},
		"an unknown control":   {masked(0x8B, "hi"), "1002 11 is not a valid Opcode"},
		"continuing nothing":   {masked(0x80, "hi"), "1002 Unexpected continuation frame"},
		"a new one inside":     {masked(0x01, "h") + masked(0x81, "i"), "1002 A continuation frame was expected"},
		"a control in parts":   {masked(0x09, "hi"), "1002 Control frames cannot be fragmented"},
		"a long control":       {masked(0x89, strings.Repeat("x", 126)), "1002 Control frames payload must be smaller than 126"},
		"half a close code":    {masked(0x88, "\x03"), "1002 Malformed closing frame"},
		"no close code":        {masked(0x88, code(999, "")), "1002 Invalid close code: 999"},
		"a reserved one":       {masked(0x88, code(1005, "")), "1002 Invalid close code: 1005"},
		"one for no protocol":  {masked(0x88, code(2000, "")), "1002 Invalid close code: 2000"},
		"an endless length":    {"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", "1009 "},
		"a length above 1 MiB": {"\x81\xff\x00\x00\x00\x00\x00\x10\x00\x01", "1009 "},
		"no start byte":        {masked(0x81, "ab\xff"), "1007 'utf-8' codec can't decode byte 0xff in position 2: invalid start byte"},
		"no continuation": {masked(0x81, "\xe2\x28\xa1"),
			"1007 'utf-8' codec can't decode byte 0xe2 in position 0: invalid continuation byte"},
		"half a character": {masked(0x81, "é\xf0\x9f\x98"),
			"1007 'utf-8' codec can't decode bytes in position 2-4: unexpected end of data"},
		"a surrogate": {masked(0x81, "\xed\xa0\x80"),
			"1007 'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"},
		"broken in parts": {masked(0x01, "\xc3") + masked(0x80, "("),
			"1007 'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte"},
		"a broken goodbye": {masked(0x88, code(1000, "\xff")),
			"1007 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"},
		"a goodbye":       {masked(0x88, code(1000, "bye")), "1000 bye"},
		"without a code":  {masked(0x88, ""), "1000 "},
		"of its own":      {masked(0x88, code(4005, "mine")), "4005 mine"},
		"too many frames": {strings.Repeat(masked(0x81, "{}"), 12), "1013 "},
		"too many pings":  {strings.Repeat(masked(0x89, ""), 12), "1013 "},
		"too many scraps": {masked(0x01, "{") + strings.Repeat(masked(0x00, ""), 12), "1013 "},
	} {
		t.Run(name, func(t *testing.T) {
			w := raw(t, url)
			w.send(c.sent)
			if got := w.goodbye(); got != c.want {
				t.Errorf("closed %q, want %q", got, c.want)
			}
		})
	}
}

func TestFramesInPartsWithPingsBetween(t *testing.T) {
	b, url := open(t)
	w := raw(t, url)
	w.send(masked(0x01, `{"event_name":"subs`), masked(0x89, "are you there"), masked(0x00, `cribe","data":{"channels":["a"],`),
		masked(0x80, `"last":0}}`))
	first, payload, err := w.frame()
	if err != nil || first != 0x8A || payload != "are you there" {
		t.Fatalf("got %x %q %v, want the pong", first, payload, err)
	}
	w.send(masked(0x89, "and now"))
	if first, payload, err = w.frame(); err != nil || first != 0x8A || payload != "and now" { // frames are obeyed in their order
		t.Fatalf("got %x %q %v, want the second pong", first, payload, err)
	}
	id := b.say("a", 0)
	if first, payload, err = w.frame(); err != nil || first != 0x81 || !strings.HasPrefix(payload, fmt.Sprintf(`[{"id":%d,`, id)) {
		t.Errorf("got %x %q %v, want message %d", first, payload, err, id)
	}
	long := `{"event_name":"other","data":"` + strings.Repeat("x", 1000) + `"}`
	w.send(masked(0x01, long[:300]), masked(0x00, long[300:600]), masked(0x80, long[600:]))
	id = b.say("a", 0)
	if _, payload, err = w.frame(); err != nil || !strings.HasPrefix(payload, fmt.Sprintf(`[{"id":%d,`, id)) {
		t.Errorf("after a long message: got %q %v", payload, err)
	}
}

func TestTheAnswerToAHandshake(t *testing.T) {
	b, url := open(t)
	b.cookie = &http.Cookie{Name: "session_id", Value: "token", Path: "/", HttpOnly: true}
	c := dialFull(t, url, http.Header{"Cookie": {"session_id=token"}})
	for name, want := range map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST",
		"Set-Cookie": "session_id=token; Path=/; HttpOnly", "Sec-Websocket-Extensions": ""} {
		if got := c.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestMessagesAreASCII(t *testing.T) {
	body := string(ws.AppendMessages(nil, []ws.Message{{ID: 7, Body: []byte(`{"type":"t","payload":"é😀\n<"}`)}}))
	if want := `[{"id":7,"message":{"type":"t","payload":"\u00e9\ud83d\ude00\n<"}}]`; body != want {
		t.Errorf("got %s, want %s", body, want)
	}
}
