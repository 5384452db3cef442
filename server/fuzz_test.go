package server_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// mishaps keeps what the log tells of panics and mistakes of ours.
type mishaps struct {
	mu   sync.Mutex
	told []string
}

func (m *mishaps) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("level=ERROR")) {
		m.mu.Lock()
		m.told = append(m.told, string(line))
		m.mu.Unlock()
	}
	return len(line), nil
}

func (m *mishaps) take() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	told := strings.Join(m.told, "")
	m.told = nil
	return told
}

// FuzzEnvelopes sends bodies to every door that takes calls: the answer is what
// that door's clients can read, and tells nothing of ours.
func FuzzEnvelopes(f *testing.F) {
	const call = `["books",2,"admin","res.partner","search_read",[[["name","ilike","a"]]],{"limit":1,"fields":["name"]}]`
	for _, seed := range []struct {
		door byte
		body string
	}{
		{0, `{"jsonrpc":"2.0","method":"call","id":1,"params":{"service":"object","method":"execute_kw","args":` + call + `}}`},
		{0, `{"params":{"service":"common","method":"login","args":["books","admin","admin"]}}`},
		{0, `{"params":{"service":"db","method":"list","args":[]}}`},
		{0, `{"id":{"a":[1e99]},"params":{"service":"object","method":"execute","args":["books","2","admin","res.users","read",[2],["login"]]}}`},
		{0, `[]`}, {0, `{"params":null}`}, {0, "\xef\xbb\xbf{}"}, {0, `{"params":{"service":5,"method":[],"args":{}}}`},
		{0, `{"id":"\ud800"}`},
		{1, `{"params":{"model":"res.partner","method":"create","args":[{"name":"x"}],"kwargs":{"context":{"lang":"nl_NL"}}}}`},
		{1, `{"params":{"model":"account.journal","method":"search_count","args":[["|",["code","=","x"],[1,"=",1]]],"kwargs":{}}}`},
		{1, `{"params":{"model":"x","method":"_y","args":[],"kwargs":{}}}`},
		{1, `{"params":{"model":"res.users","method":"has_group","args":[[2],"base.group_user"],"kwargs":null}}`},
		{2, `{"domain":[["name","!=",false]],"limit":3}`}, {2, `{"ids":[1],"context":{"tz":5}}`}, {2, ``},
		{2, `{"domain":"x","order":"name; --"}`},
		{3, `<?xml version="1.0"?><methodCall><methodName>execute_kw</methodName><params><param><value>books</value></param><param><value><int>2</int></value></param>` +
			`<param><value>admin</value></param><param><value>res.partner</value></param><param><value>search</value></param>` +
			`<param><value><array><data><value><array><data/></array></value></data></array></value></param></params></methodCall>`},
		{3, `<methodCall><methodName>execute</methodName><params><param><value><struct><member><name>a</name><value><nil/></value></member></struct></value></param></params></methodCall>`},
		{4, `<methodCall><methodName>version</methodName></methodCall>`}, {4, `<!DOCTYPE x [<!ENTITY a "b">]><methodCall>&a;</methodCall>`},
		{4, `<methodCall><methodName>authenticate</methodName><params><param><value>books</value></param><param><value>admin</value></param><param><value>admin</value></param><param><value><struct/></value></param></params></methodCall>`},
		{5, `{"name":"x"}`}, {6, `{"params":{"db":"books","login":"admin","password":"wrong"}}`}, {7, `{}`},
	} {
		f.Add(seed.door, []byte(seed.body))
	}
	log := &mishaps{}
	host := openFurnished(f, ormtest.SQLite, log)
	var key string
	asSystem(f, books(f, host), func(env *orm.Env) (err error) {
		key, err = base.NewAPIKey(env, base.AdminUser, "fuzz")
		return err
	})
	d := openDoor(f, host, "books", "admin", "admin")
	doors := []string{"/jsonrpc", "/web/dataset/call_kw", "/json/2/res.partner/search_read", "/xmlrpc/2/object", "/xmlrpc/2/common",
		"/json/2/res.partner/create", "/web/session/authenticate", "/web/session/get_session_info"}
	f.Fuzz(func(t *testing.T, door byte, body []byte) {
		path := doors[int(door)%len(doors)]
		request := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(path, "/xmlrpc") {
			request.Header.Set("Content-Type", "text/xml")
		}
		if strings.HasPrefix(path, "/json/2") {
			request.Header.Set("Authorization", "Bearer "+key)
		} else if path != "/web/session/authenticate" {
			request.Header.Set("Cookie", d.cookie)
		}
		recorder := httptest.NewRecorder()
		d.handler.ServeHTTP(recorder, request)
		if err := readable(path, recorder); err != nil {
			t.Errorf("%s: %q: %v", path, body, err)
		}
		if told := log.take(); told != "" {
			t.Errorf("%s: %q: %s", path, body, told)
		}
	})
}

// readable looks at an answer as a client of that door does.
func readable(path string, r *httptest.ResponseRecorder) error {
	text := r.Body.Bytes()
	media := r.Header().Get("Content-Type")
	switch {
	case r.Code >= 500:
		if !strings.HasPrefix(path, "/json/2") || !json.Valid(text) { // where it stands for Python's errors
			return fmt.Errorf("%d %.300s", r.Code, text)
		}
	case strings.HasPrefix(media, "application/json") && !json.Valid(text):
		return fmt.Errorf("no JSON: %.300s", text)
	case strings.HasPrefix(media, "text/xml"):
		decoder := xml.NewDecoder(bytes.NewReader(text))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return fmt.Errorf("no XML: %w: %.300s", err, text)
			}
		}
	case strings.HasPrefix(path, "/xmlrpc"), r.Code == http.StatusOK && !strings.HasPrefix(media, "application/json"):
		return fmt.Errorf("%d %s %.300s", r.Code, media, text)
	}
	if bytes.Contains(text, []byte(`"name":"builtins.Exception"`)) && !bytes.Contains(text, []byte("Method not found")) {
		return fmt.Errorf("a mistake of ours: %.300s", text)
	}
	return nil
}

// FuzzSocket speaks to the bus: text in frames, or frames of any kind. The host
// closes what is no frame, and goes on.
func FuzzSocket(f *testing.F) {
	for _, text := range []string{
		`{"event_name":"subscribe","data":{"channels":["account.journal/1","x"],"last":0}}`,
		`{"event_name":"subscribe","data":{"channels":[5],"last":"x"}}`,
		`{"event_name":"subscribe","data":{"channels":["res.users/999999999999999999999","/1","a/","res.company/-1","\ud800/1"],"last":-1}}`,
		`{"event_name":"subscribe","data":{"channels":null,"last":1e400}}`, `{"event_name":["subscribe"],"data":[]}`, `[]`, ``,
		"\xff\xfe", `{"event_name":"update_presence","data":{"inactivity_period":-1}}`,
	} {
		f.Add(true, []byte(text))
		f.Add(false, masked(1, []byte(text)))
	}
	for opcode := range byte(16) {
		f.Add(false, masked(opcode, []byte("x")))
	}
	f.Add(false, []byte{0x81, 0x05, 'n', 'o', 'n', 'e', '!'})
	f.Add(false, []byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Add(false, masked(8, []byte{0x03, 0xe7, 'b', 'y', 'e'}))
	f.Add(false, masked(8, []byte{0x03}))
	f.Add(false, append(masked(9, bytes.Repeat([]byte("p"), 126)), masked(0, nil)...))
	log := &mishaps{}
	host := openFurnished(f, ormtest.SQLite, log)
	d := openDoor(f, host, "books", "admin", "admin")
	web := httptest.NewServer(d.handler)
	f.Cleanup(web.Close)
	f.Fuzz(func(t *testing.T, framed bool, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		if framed {
			data = masked(1, data)
		}
		if err := d.speak(web.Listener.Addr().String(), data); err != nil {
			t.Errorf("%q: %v", data, err)
		}
		if told := log.take(); told != "" {
			t.Errorf("%q: %s", data, told)
		}
	})
}

// speak opens a socket, sends bytes and a farewell, and reads to the end.
func (d *door) speak(address string, data []byte) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	fmt.Fprintf(conn, "GET /websocket?version=18.0-3 HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://%s\r\nCookie: %s\r\n\r\n", address, address, d.cookie)
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("no socket: %d", response.StatusCode)
	}
	if _, err := conn.Write(append(data, masked(8, []byte{0x03, 0xe8})...)); err != nil {
		return nil // closed already
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // a frame that never ends would be waited for
	}
	_, err = io.Copy(io.Discard, reader)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errors.New("the host neither answers nor closes")
	}
	return nil
}

// masked is one final frame as clients send it, with a mask of zeros.
func masked(opcode byte, payload []byte) []byte {
	frame := []byte{0x80 | opcode}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	default:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(min(n, 65535)))
		payload = payload[:min(n, 65535)]
	}
	return append(append(frame, 0, 0, 0, 0), payload...)
}
